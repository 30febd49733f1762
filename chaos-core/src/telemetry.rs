//! What was decided, as `tracing` events that a person can read and a query can find.

mod metrics;

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use tracing::Level;

pub(crate) use self::metrics::Metrics;
use crate::plan::{Mode, Pattern};

/// The most characters of a text that a line of the log has.
const LONGEST_TEXT: usize = 1024;

/// What was done with a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// It was injected.
    Inject,
    /// It would have been, but for dry run.
    DryRun,
    /// It would have been, but CHAOS_ALLOW does not name its mode.
    Block,
    /// It could not be; the function ran as if nothing had been asked.
    Error,
    /// What it had taken was given back.
    Clear,
}

impl Action {
    /// As it stands in the field `action`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Inject => "inject",
            Self::DryRun => "dryrun",
            Self::Block => "block",
            Self::Error => "error",
            Self::Clear => "clear",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One decision about one fault at one point.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Decision {
    /// What was done.
    pub action: Action,
    /// The mode's name, such as `latency`.
    pub mode: &'static str,
    /// The flag's name in the document.
    pub flag: String,
    /// The injection point; `handler` is the handler.
    pub point: String,
    /// The invocation's request id, where one is known.
    pub request_id: Option<String>,
    /// How long was waited, in milliseconds (modes latency and timeout).
    pub latency_ms: Option<f64>,
    /// The status code (mode statuscode).
    pub status_code: Option<u16>,
    /// Megabytes of disk that were taken (mode diskspace).
    pub disk_mb: Option<u64>,
    /// Megabytes of disk that were to be left free (mode diskspace).
    pub leave_free_mb: Option<u64>,
    /// Megabytes of memory that were taken (mode memory).
    pub memory_mb: Option<u64>,
    /// For how many milliseconds at most cores are busy (mode cpu).
    pub cpu_ms: Option<u64>,
    /// How many threads are busy (mode cpu).
    pub cpu_threads: Option<u8>,
    /// The expressions of names that do not resolve, with commas between (mode denylist).
    pub deny_list: Option<String>,
    /// The process's exit code (mode exit).
    pub exit_code: Option<u8>,
    /// What became of the response's body: `replaced` or `mangled` (mode corruption).
    pub body: Option<&'static str>,
    /// How many headers were there and dropped (mode corruption); absent where the response is
    /// made only later, behind an `impl Trait`.
    pub headers_dropped: Option<usize>,
    /// How many headers were set (mode corruption).
    pub headers_set: Option<usize>,
    /// The error's message (modes exception, panic and `lost_reply`), a remark on what was injected, or
    /// why the fault could not be.
    pub message: Option<String>,
}

impl Decision {
    /// With the mode's own figures, as the document asks for them.
    pub(crate) fn new(action: Action, mode: &Mode, flag: &str, point: &str) -> Self {
        let mut decision = Self {
            action,
            mode: mode.name(),
            flag: flag.to_owned(),
            point: point.to_owned(),
            request_id: None,
            latency_ms: None,
            status_code: None,
            disk_mb: None,
            leave_free_mb: None,
            memory_mb: None,
            cpu_ms: None,
            cpu_threads: None,
            deny_list: None,
            exit_code: None,
            body: None,
            headers_dropped: None,
            headers_set: None,
            message: None,
        };
        match mode {
            Mode::StatusCode(status) => decision.status_code = Some(status.code),
            Mode::Exception(exception) | Mode::LostReply(exception) => {
                decision.message = Some(exception.message.clone());
            }
            Mode::Panic(panic) => decision.message = Some(panic.message.clone()),
            Mode::Exit(exit) => decision.exit_code = Some(exit.code),
            Mode::Corruption(fault) => {
                let replaced = fault.body.is_some().then_some("replaced");
                decision.body = replaced.or(fault.mangles().then_some("mangled"));
                let set = fault.set_headers.len();
                decision.headers_set = Some(set).filter(|set| *set > 0);
            }
            // How much that is is known when it is taken.
            Mode::DiskSpace(disk) if disk.leave_free.is_some() => {
                decision.leave_free_mb = disk.leave_free;
            }
            Mode::DiskSpace(disk) => decision.disk_mb = Some(disk.megabytes),
            Mode::Memory(memory) => decision.memory_mb = Some(memory.megabytes),
            Mode::Cpu(cpu) => {
                decision.cpu_ms = Some(cpu.ms);
                decision.cpu_threads = cpu.threads;
            }
            Mode::DenyList(list) => {
                let hosts: Vec<&str> = list.hosts.iter().map(Pattern::as_str).collect();
                decision.deny_list = Some(hosts.join(", "));
            }
            Mode::Latency(_) | Mode::Timeout(_) | Mode::Duplicate => {}
        }
        decision
    }

    pub(crate) fn waiting(mut self, wait: Duration) -> Self {
        self.latency_ms = Some(wait.as_secs_f64() * 1_000.0);
        self
    }

    pub(crate) fn because(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Of what a fault has given back, once it has.
    pub(crate) fn cleared(mut self) -> Self {
        self.action = Action::Clear;
        // What was remarked when it was taken no longer holds.
        self.message = None;
        self
    }

    /// One event. A fault that was asked for and could not be injected is an error: whoever
    /// runs the experiment would otherwise take its absence for resilience. Once a flag is enough:
    /// a document may be shared with a function that takes a million messages.
    pub(crate) fn emit(&self, config_source: &str, loud: bool) {
        let (level, text) = match self.action {
            Action::Inject => (Level::INFO, "chaos injected"),
            Action::Clear => (Level::INFO, "chaos cleared"),
            Action::DryRun => (Level::INFO, "chaos would be injected (dry run)"),
            Action::Block if !loud => (Level::DEBUG, "chaos not allowed, as said"),
            Action::Error if !loud => (Level::DEBUG, "chaos not injected, as said"),
            Action::Block => (
                Level::WARN,
                "chaos not allowed: name its mode in CHAOS_ALLOW",
            ),
            Action::Error => (Level::ERROR, "chaos could not be injected"),
        };
        // A level has to be known when this is compiled, and each event is a kilobyte.
        macro_rules! event {
            ($level:expr) => {
                tracing::event!(
                    target: "chaos",
                    $level,
                    source = "chaos",
                    config_source,
                    mode = self.mode,
                    flag = self.flag,
                    action = self.action.as_str(),
                    point = self.point,
                    request_id = self.request_id,
                    latency_ms = self.latency_ms,
                    status_code = self.status_code,
                    disk_mb = self.disk_mb,
                    leave_free_mb = self.leave_free_mb,
                    memory_mb = self.memory_mb,
                    cpu_ms = self.cpu_ms,
                    cpu_threads = self.cpu_threads,
                    deny_list = self.deny_list.as_deref().map(shown).as_deref(),
                    exit_code = self.exit_code,
                    body = self.body,
                    headers_dropped = self.headers_dropped,
                    headers_set = self.headers_set,
                    detail = self.message.as_deref().map(shown).as_deref(),
                    "{text}"
                )
            };
        }
        match level {
            Level::ERROR => event!(Level::ERROR),
            Level::WARN => event!(Level::WARN),
            Level::INFO => event!(Level::INFO),
            _ => event!(Level::DEBUG),
        }
    }
}

/// The beginning of a text: a deny list may have a quarter of a million characters, and a message 4096.
fn shown(text: &str) -> Cow<'_, str> {
    let cut = text.char_indices().nth(LONGEST_TEXT);
    cut.map_or(text.into(), |(at, _)| format!("{}…", &text[..at]).into())
}

/// In one line, for a test that fails: `inject slow-cache (latency) at cache.get: 50 ms`. The mode
/// is left out where the flag is named after it. For people: not to be taken apart.
impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.action, self.flag)?;
        if self.flag != self.mode {
            write!(f, " ({})", self.mode)?;
        }
        write!(f, " at {}", self.point)?;
        let figures = [
            self.latency_ms.map(|ms| format!("{ms} ms")),
            self.status_code.map(|code| format!("status {code}")),
            self.disk_mb.map(|mb| format!("{mb} MB of disk")),
            self.leave_free_mb.map(|mb| format!("leaving {mb} MB")),
            self.memory_mb.map(|mb| format!("{mb} MB of memory")),
            self.cpu_threads.map(|threads| format!("{threads} threads")),
            self.cpu_ms.map(|ms| format!("for {ms} ms")),
            self.exit_code.map(|code| format!("exit code {code}")),
            self.message.clone(),
        ];
        let figures: Vec<String> = figures.into_iter().flatten().collect();
        if figures.is_empty() {
            return Ok(());
        }
        write!(f, ": {}", figures.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Log;
    use crate::plan::{self, HANDLER_POINT};

    #[test]
    fn a_line_has_the_beginning_of_a_long_deny_list() {
        let reading = plan::read(r#"{ "denylist": { "enabled": true, "deny_list": ["a"] } }"#);
        let mode = &reading.plan.flags[0].mode;
        let shown = |length: usize| {
            let mut decision = Decision::new(Action::Inject, mode, "denylist", HANDLER_POINT);
            decision.deny_list = Some("\u{fc}".repeat(length));
            let (log, _guard) = Log::collect(Level::INFO);
            decision.emit("test", true);
            let lines = log.take();
            let list = lines[0]["deny_list"].as_str();
            list.expect("a list").chars().count()
        };
        assert_eq!(
            [shown(1024), shown(1030)],
            [1024, 1025],
            "and that it goes on"
        );
        assert_eq!(shown(3), 3);
    }
}

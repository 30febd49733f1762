//! The faults, with their figures.

use std::sync::Arc;

use serde_json::Value;

use super::json::json_text;
use super::modes::mode_row;
use super::pattern::Pattern;
use super::table::ModeRow;

/// A fault and its figures, all within the bounds that [`MODES`](super::MODES) states.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Mode {
    /// Waits, then goes on.
    Latency(Latency),
    /// Waits until the deadline.
    Timeout(Timeout),
    /// Takes blocks of the temporary directory.
    DiskSpace(DiskSpace),
    /// Holds resident memory.
    Memory(Memory),
    /// Keeps cores busy.
    Cpu(Cpu),
    /// Keeps names of hosts from being resolved.
    DenyList(DenyList),
    /// Answers with a status code.
    StatusCode(StatusCode),
    /// Fails.
    Exception(Exception),
    /// Panics.
    Panic(Panic),
    /// Ends the process.
    Exit(Exit),
    /// Does the work, and fails in place of its reply; the phase is always after.
    LostReply(Exception),
    /// Does the work twice.
    Duplicate,
    /// Spoils the function's own response; the phase is always after.
    Corruption(Corruption),
}

/// These end, or starve, the process, and are allowed only by name.
pub(crate) const BY_NAME_ONLY: [&str; 4] = ["panic", "exit", "memory", "cpu"];

impl Mode {
    /// The mode's name in documents, such as `latency`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Latency(_) => "latency",
            Self::Timeout(_) => "timeout",
            Self::DiskSpace(_) => "diskspace",
            Self::Memory(_) => "memory",
            Self::Cpu(_) => "cpu",
            Self::DenyList(_) => "denylist",
            Self::StatusCode(_) => "statuscode",
            Self::Exception(_) => "exception",
            Self::Panic(_) => "panic",
            Self::Exit(_) => "exit",
            Self::LostReply(_) => "lost_reply",
            Self::Duplicate => "duplicate",
            Self::Corruption(_) => "corruption",
        }
    }

    /// Whether everything in the process meets the fault, and not only the call that is hit:
    /// tests with such a fault run [one after the other](crate::testing#faults-of-the-whole-process).
    pub fn is_process_wide(&self) -> bool {
        match self {
            Self::DiskSpace(_) | Self::Memory(_) | Self::Cpu(_) | Self::DenyList(_) => true,
            Self::Latency(_)
            | Self::Timeout(_)
            | Self::StatusCode(_)
            | Self::Exception(_)
            | Self::Panic(_)
            | Self::Exit(_)
            | Self::LostReply(_)
            | Self::Duplicate
            | Self::Corruption(_) => false,
        }
    }

    /// Whether functions inject it only where `CHAOS_ALLOW` names it: it ends or starves the
    /// process. (`diskspace` has to be named outside Lambda.)
    pub fn is_allowed_by_name_only(&self) -> bool {
        BY_NAME_ONLY.contains(&self.name())
    }

    /// The mode's row in the table of modes.
    ///
    /// # Panics
    ///
    /// Never: a test holds every mode to its row.
    pub fn row(&self) -> &'static ModeRow {
        mode_row(self.name()).expect("every mode has a row")
    }
}

/// A wait of a length between two bounds, drawn anew for each call.
///
/// With the uniform distribution as in failure-lambda: a lone `min_latency` is also the maximum, a
/// lone `max_latency` starts from 0, and with neither the wait is 0. With the others a draw outside
/// the bounds is the bound, and the bounds are 0 and 900000 unless written.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Latency {
    /// The shortest wait in milliseconds, 0 to 900000.
    pub min_ms: f64,
    /// The longest wait in milliseconds, from `min_ms` to 900000, the longest that a function may
    /// run.
    pub max_ms: f64,
    /// How the waits are spread.
    pub distribution: Distribution,
}

/// How waits are spread.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Distribution {
    /// Evenly between the bounds.
    Uniform,
    /// Round a mean.
    Normal(Spread),
    /// Round a mean with a long tail of long waits, as real ones have.
    LogNormal(Spread),
}

/// The mean and the standard deviation of waits, before the bounds cut them.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Spread {
    /// The mean in milliseconds, 0 to 900000; above 0 where the waits are lognormal.
    pub mean_ms: f64,
    /// The standard deviation in milliseconds, 0 to 900000.
    pub sigma_ms: f64,
}

/// A wait until the invocation's deadline, less a buffer.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Timeout {
    /// How long before the deadline the wait ends, in milliseconds, 0 to 900000; 0 unless written,
    /// as in failure-lambda. With 0 it ends a second after the deadline: Lambda then ends the
    /// invocation.
    pub buffer_ms: f64,
}

/// Blocks taken from the temporary directory while the invocation runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DiskSpace {
    /// How much, in megabytes of 1024 * 1024 bytes, 1 to 10240, the largest that `/tmp` can be;
    /// 100 unless written, as in failure-lambda, and 10240 where `leave_free` is.
    pub megabytes: u64,
    /// How many megabytes to leave free, 0 to 10240; less than `megabytes` are taken then, if more
    /// would not be left.
    pub leave_free: Option<u64>,
}

/// Resident memory, held while the function runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Memory {
    /// How much, in megabytes of 1024 * 1024 bytes, 1 to 10240, the most that a function can have;
    /// 100 unless written.
    pub megabytes: u64,
}

/// Cores that are kept busy while the function runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cpu {
    /// For how long at most, in milliseconds, 1 to 900000, the longest that a function may run,
    /// which it is unless written.
    pub ms: u64,
    /// How many threads are busy, 1 to 64; as many as there are cores unless written.
    pub threads: Option<u8>,
}

/// Names of hosts that do not resolve while the function runs.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct DenyList {
    /// What is found in the name of such a host, whatever the case of its letters: at most 64
    /// expressions in a document, of at most 4096 characters and 16 KiB compiled each. With none,
    /// every name resolves.
    pub hosts: Arc<[Pattern]>,
}

/// A response with a status code of its own.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StatusCode {
    /// The status code, 100 to 599; 500 unless written, as in failure-lambda.
    pub code: u16,
    /// The response's body: a text as it is, anything else as JSON, at most 262144 characters
    /// either way. `None` is failure-lambda's: see [`StatusCode::body_text`].
    pub body: Option<Value>,
    /// Headers of the response, at most 50, in the order of their names, each there once. Names
    /// have at most 256 characters and values at most 4096, both valid as HTTP has them.
    pub headers: Vec<(String, String)>,
    /// The handler's own response is kept and only its code is replaced: so it is whenever the
    /// phase is after, and in chaos-lambda's documents. Body and headers are not used then.
    pub keep_reply: bool,
}

impl StatusCode {
    /// The body as a text. Without one in the document it is failure-lambda's,
    /// `{"message":"Injected status code 503"}`.
    pub fn body_text(&self) -> String {
        match &self.body {
            None => format!(r#"{{"message":"Injected status code {}"}}"#, self.code),
            Some(Value::String(text)) => text.clone(),
            Some(json) => json_text(json),
        }
    }

    /// The content type of [`body_text`](Self::body_text) where the document's headers name none:
    /// `application/json`, as in failure-lambda, or `text/plain; charset=utf-8` for a text of the
    /// document's own that is not JSON.
    pub fn default_content_type(&self) -> &'static str {
        match &self.body {
            Some(Value::String(text))
                if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() =>
            {
                "text/plain; charset=utf-8"
            }
            _ => "application/json",
        }
    }
}

/// An error instead of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exception {
    /// The error's message, at most 4096 characters; "Injected exception" unless written, as in
    /// failure-lambda.
    pub message: String,
    /// The error's type, 1 to 4096 characters; the seam's own choice unless written.
    pub error_type: Option<String>,
}

/// A panic.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Panic {
    /// The panic's message, at most 4096 characters; "Injected panic" unless written.
    pub message: String,
}

/// The end of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exit {
    /// The process's exit code, 0 to 255; 1 unless written.
    pub code: u8,
}

/// What becomes of the function's own response.
///
/// With none of the three, its body is cut short and mangled. With headers alone, the body stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Corruption {
    /// The body that takes the place of the response's own, at most 262144 characters.
    pub body: Option<String>,
    /// The headers that are taken out, at most 50, in lower case, in order and each there once;
    /// names of at most 256 characters, valid as HTTP has them.
    pub drop_headers: Vec<String>,
    /// The headers that are set, whatever the response has under their names: at most 50, in the
    /// order of their names, each there once. Names have at most 256 characters and values at most
    /// 4096, both valid as HTTP has them.
    pub set_headers: Vec<(String, String)>,
}

impl Corruption {
    /// Whether headers are dropped or set.
    pub fn concerns_headers(&self) -> bool {
        !self.drop_headers.is_empty() || !self.set_headers.is_empty()
    }

    /// Whether the body is cut short and mangled.
    pub fn mangles(&self) -> bool {
        self.body.is_none() && !self.concerns_headers()
    }
}

//! What must come of a call, by the document and by what was recorded of each flag.
//!
//! Of a flag that may or may not fire, the record says which. All else follows from the document:
//! which flags must and which cannot fire, in which order, what each does, and that nothing else is
//! done.

use std::borrow::Cow;
use std::iter::Peekable;
use std::slice::Iter;

use chaos_core::plan::{
    self, By, Condition, Flag, Format, HANDLER_POINT, Mode, Phase, Plan, Trigger, text_at,
};
use chaos_core::testing::{Action, Decision};
use serde_json::Value;

use crate::call::{Call, Called, Came, OWN_ERROR};
use crate::reply::{self, Reply};
use crate::waits::Waits;

/// What is returned in the end.
#[derive(Debug)]
enum End {
    Own(Reply),
    OwnError,
    Injected(Value),
    /// With its message, its type and its flag.
    Error(String, String, String),
    Panic(String),
}

/// Goes through the flags as the call did.
struct Walk<'a> {
    call: &'a Call,
    /// The document in the format of today.
    written: Cow<'a, Value>,
    said: Peekable<Iter<'a, Decision>>,
    kinds: Vec<&'static str>,
    waits: Waits,
    /// The flags that hold something until the end.
    holding: Vec<&'a str>,
    runs: usize,
}

/// The kinds of outcome that came, or why the call did not do what it must.
pub(crate) fn compare(
    document: &Value,
    call: &Call,
    called: &Called,
) -> Result<Vec<&'static str>, String> {
    let reading = plan::read_value(document);
    let written = if reading.format == Format::Flags {
        Cow::Borrowed(document)
    } else {
        Cow::Owned(plan::convert(document).unwrap_or_default())
    };
    let mut walk = Walk {
        call,
        written,
        said: called.decisions.iter().peekable(),
        kinds: Vec::new(),
        waits: Waits::of(call),
        holding: Vec::new(),
        runs: 0,
    };
    let firing = walk.firing(&reading.plan)?;
    let end = match walk.before(&firing)? {
        Some(end) => end,
        None => walk.after(&firing)?,
    };
    walk.ended()?;
    is(called.runs == walk.runs, || {
        format!("the body ran {} times and not {}", called.runs, walk.runs)
    })?;
    walk.waits.add_up_to(called.took)?;
    walk.came(&called.came, &end)?;
    Ok(walk.kinds)
}

fn is(holds: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(why()) }
}

/// Whether the flag must fire at the first call, or cannot; `None` where that is a matter of luck.
fn fires(flag: &Flag, call: &Call) -> Option<bool> {
    let trigger = &flag.trigger;
    let concerned = flag.aim.concerns_point(HANDLER_POINT)
        && flag.aim.labels.is_empty()
        && trigger.window_open(call.start)
        && Condition::all_hold(&flag.aim.conditions, &call.event)
        && trigger.counts(1);
    let pinned = |value: Cow<'_, str>| trigger.hits(Trigger::pinned_draw(&flag.name, &value));
    match &trigger.by {
        _ if !concerned || trigger.percentage <= 0.0 => Some(false),
        None if trigger.percentage < 100.0 => None,
        None => Some(true),
        Some(By::Event(path)) => Some(text_at(&call.event, path).is_some_and(pinned)),
        // The call has no labels.
        Some(_) => Some(false),
    }
}

impl<'a> Walk<'a> {
    /// The flags that fire, if the record has them, and whether it must. What is not allowed, or dry,
    /// is said at once.
    fn firing<'p>(&mut self, plan: &'p Plan) -> Result<Vec<(&'p Flag, bool)>, String> {
        let mut firing = Vec::new();
        if !plan.settings.window_open(self.call.start) {
            return Ok(firing);
        }
        for flag in plan.active() {
            let certain = match fires(flag, self.call) {
                Some(false) => continue,
                luck => luck.is_some(),
            };
            let (action, kind) = if !self.call.allowed.contains(&flag.mode.name()) {
                (Action::Block, "blocked")
            } else if plan.settings.dry_run {
                (Action::DryRun, "dry run")
            } else {
                firing.push((flag, certain));
                continue;
            };
            if let Some(said) = self.next_of(flag, certain)? {
                is(said.action == action, || {
                    format!("it is not {kind}: {said:?}")
                })?;
                self.kinds.push(kind);
            }
        }
        Ok(firing)
    }

    /// What is recorded of the flag, if that is what comes next.
    fn next_of(&mut self, flag: &Flag, certain: bool) -> Result<Option<&'a Decision>, String> {
        let about = |said: &&Decision| *said.flag == *flag.name;
        let said = self.said.next_if(about);
        is(said.is_some() || !certain, || {
            let next = self.said.peek().map(ToString::to_string);
            format!("{} must fire and did not; next is {next:?}", flag.name)
        })?;
        if let Some(said) = said {
            let right = said.mode == flag.mode.name() && said.point == HANDLER_POINT;
            is(right && self.of(flag)["enabled"] == true, || {
                format!("{} is not what is recorded: {said:?}", flag.name)
            })?;
        }
        Ok(said)
    }

    /// The flag as the document has it.
    fn of(&self, flag: &Flag) -> &Value {
        &self.written[&*flag.name]
    }

    /// A text that the document has, or what it means without.
    fn text(&self, flag: &Flag, key: &str, unless_written: &str) -> String {
        let text = self.of(flag)[key].as_str();
        text.unwrap_or(unless_written).to_owned()
    }

    fn number(&self, flag: &Flag, key: &str) -> Option<f64> {
        self.of(flag)[key].as_f64()
    }

    /// What is done before the body, up to an answer in its place.
    fn before(&mut self, firing: &[(&Flag, bool)]) -> Result<Option<End>, String> {
        let mut twice = false;
        for &(flag, certain) in firing
            .iter()
            .filter(|(flag, _)| flag.phase == Phase::Before)
        {
            let Some(said) = self.next_of(flag, certain)? else {
                continue;
            };
            let end = match &flag.mode {
                Mode::Latency(_) | Mode::Timeout(_) => {
                    self.wait(flag, said)?;
                    None
                }
                Mode::DiskSpace(_) => {
                    self.hold(flag, said, true)?;
                    None
                }
                Mode::DenyList(list) => {
                    let can = cfg!(all(
                        feature = "dns",
                        target_os = "linux",
                        target_env = "gnu"
                    ));
                    self.hold(flag, said, can && !list.hosts.is_empty())?;
                    None
                }
                Mode::StatusCode(_) => {
                    let code = self.code(flag, said)?;
                    self.kinds.push("answered");
                    Some(End::Injected(reply::injected(self.of(flag), code)))
                }
                Mode::Exception(_) => Some(self.error(flag, said, "error")?),
                Mode::Panic(_) => Some(self.panic(flag, said)?),
                Mode::Duplicate => {
                    // The function cannot be run a third time.
                    self.injected(flag, said, !twice)?;
                    twice = true;
                    self.kinds.push("twice");
                    None
                }
                other => return Err(format!("{} before the body", other.name())),
            };
            if end.is_some() {
                return Ok(end);
            }
        }
        self.runs = if twice { 2 } else { 1 };
        Ok(None)
    }

    /// What is done after the body.
    fn after(&mut self, firing: &[(&Flag, bool)]) -> Result<End, String> {
        let mut reply = (self.call.event["fails"] != true).then(Reply::own);
        for &(flag, certain) in firing.iter().filter(|(flag, _)| flag.phase == Phase::After) {
            let Some(said) = self.next_of(flag, certain)? else {
                continue;
            };
            match (&flag.mode, &mut reply) {
                (Mode::Latency(_) | Mode::Timeout(_), _) => self.wait(flag, said)?,
                (Mode::StatusCode(_), Some(_)) => {
                    let mut own = Reply::own();
                    own.code = self.code(flag, said)?;
                    self.kinds.push("recoded");
                    return Ok(End::Own(own));
                }
                (Mode::Exception(_), _) => return self.error(flag, said, "error"),
                (Mode::LostReply(_), _) => return self.error(flag, said, "lost reply"),
                (Mode::Panic(_), _) => return self.panic(flag, said),
                (Mode::Corruption(fault), Some(reply)) => {
                    let body = self.of(flag)["body"].as_str();
                    let dropped = reply.corrupt(fault, body);
                    self.injected(flag, said, dropped.is_some())?;
                    let counted = dropped.filter(|_| !fault.drop_headers.is_empty());
                    is(dropped.is_none() || said.headers_dropped == counted, || {
                        format!("{dropped:?} headers were dropped: {said:?}")
                    })?;
                    self.kinds.extend(dropped.map(|_| "corrupted"));
                }
                (Mode::StatusCode(_) | Mode::Corruption(_), None) => {
                    self.injected(flag, said, false)?;
                }
                (other, _) => return Err(format!("{} after the body", other.name())),
            }
        }
        self.kinds.push(if reply.is_some() {
            "own"
        } else {
            "error of its own"
        });
        Ok(reply.map_or(End::OwnError, End::Own))
    }

    /// What was held is given back, and nothing else is said.
    fn ended(&mut self) -> Result<(), String> {
        for flag in std::mem::take(&mut self.holding) {
            let given_back = |said: &&Decision| said.action == Action::Clear && said.flag == flag;
            let cleared = self.said.next_if(given_back).is_some();
            is(cleared, || format!("what {flag} took is not given back"))?;
        }
        is(self.said.peek().is_none(), || {
            format!("{:?} follows from nothing", self.said.peek())
        })
    }

    /// Holds the record to whether the fault can be injected.
    fn injected(&mut self, flag: &Flag, said: &Decision, can: bool) -> Result<(), String> {
        let action = if can { Action::Inject } else { Action::Error };
        if !can {
            self.kinds.push("impossible");
        }
        is(said.action == action, || {
            format!("{} is to be {action}: {said:?}", flag.name)
        })
    }

    fn hold(&mut self, flag: &Flag, said: &'a Decision, can: bool) -> Result<(), String> {
        self.injected(flag, said, can)?;
        if can {
            self.kinds.push("taken");
            self.holding.push(&said.flag);
        }
        Ok(())
    }

    /// The status code that the document asks for.
    fn code(&mut self, flag: &Flag, said: &Decision) -> Result<u64, String> {
        self.injected(flag, said, true)?;
        let code = self.number(flag, "status_code").unwrap_or(500.0);
        let recorded = said.status_code.unwrap_or_default();
        is((f64::from(recorded) - code).abs() < f64::EPSILON, || {
            format!("{recorded} is not {code}, which {} asks for", flag.name)
        })?;
        Ok(recorded.into())
    }

    fn error(&mut self, flag: &Flag, said: &Decision, kind: &'static str) -> Result<End, String> {
        self.injected(flag, said, true)?;
        self.kinds.push(kind);
        let message = self.text(flag, "exception_msg", "Injected exception");
        is(said.message.as_ref() == Some(&message), || {
            format!("{message:?} is recorded otherwise: {said:?}")
        })?;
        let of_type = self.text(flag, "exception_type", "InjectedError");
        Ok(End::Error(message, of_type, flag.name.to_string()))
    }

    fn panic(&mut self, flag: &Flag, said: &Decision) -> Result<End, String> {
        self.injected(flag, said, true)?;
        self.kinds.push("panic");
        let message = self.text(flag, "exception_msg", "Injected panic");
        Ok(End::Panic(message))
    }

    fn wait(&mut self, flag: &Flag, said: &Decision) -> Result<(), String> {
        let mode = flag.mode.name();
        let can = mode == "latency" || self.waits.know_a_deadline();
        self.injected(flag, said, can)?;
        if !can {
            return Ok(());
        }
        self.kinds.push(mode);
        let waited = said.latency_ms.ok_or("no wait is recorded")?;
        let flag = &self.written[&*flag.name];
        self.waits.one_more(mode, flag, waited)
    }

    /// Holds what came to what must.
    fn came(&self, came: &Came, end: &End) -> Result<(), String> {
        let right = match (came, end) {
            (Came::Reply(reply), End::Own(own)) => own.is(reply, self.runs),
            (Came::Reply(reply), End::Injected(injected)) => reply == injected,
            (Came::OwnError(error), End::OwnError) => error == OWN_ERROR,
            (Came::Error(error), End::Error(message, of_type, flag)) => {
                (error.message(), error.error_type(), error.flag()) == (message, of_type, flag)
            }
            (Came::Panic(text), End::Panic(message)) => text == message,
            _ => false,
        };
        is(right, || format!("{end:?} is to come"))
    }
}

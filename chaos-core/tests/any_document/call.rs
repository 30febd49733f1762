//! A wrapped handler, called under a document in one of three ways.

use std::any::Any;
use std::cell::Cell;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chaos_core::plan::{self, MODES, Mode};
use chaos_core::testing::{Decision, Scope};
use chaos_core::{InjectedError, inject_chaos, wrap};
use lambda_runtime::{Context, Error, LambdaEvent};
use serde_json::{Value, json};

use crate::generate::Draws;
use crate::reply::{BODY, OWN_HEADER};

/// What the handler fails with where it does so by itself.
pub(crate) const OWN_ERROR: &str = "the handler's own";

thread_local! {
    /// How often the body ran in this call.
    static RUNS: Cell<usize> = const { Cell::new(0) };
    /// Whether a call is under way, whose panics are looked at and need not be printed.
    static CALLING: Cell<bool> = const { Cell::new(false) };
}

fn body(event: &LambdaEvent<Value>) -> Result<Value, Error> {
    RUNS.set(RUNS.get() + 1);
    if event.payload["fails"] == true {
        return Err(OWN_ERROR.into());
    }
    let (name, value) = OWN_HEADER;
    Ok(json!({ "statusCode": 200, "headers": { name: value }, "body": BODY, "run": RUNS.get() }))
}

#[inject_chaos]
async fn handler(event: LambdaEvent<Value>) -> Result<Value, Error> {
    // Not over at once, so that faults and the body are polled in turn.
    tokio::task::yield_now().await;
    body(&event)
}

#[inject_chaos]
fn blocking_handler(event: LambdaEvent<Value>) -> Result<Value, Error> {
    body(&event)
}

/// How the handler is called.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Door {
    Attribute,
    Blocking,
    Wrapped,
}

/// What is asked of one call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) door: Door,
    pub(crate) allowed: Vec<&'static str>,
    pub(crate) event: Value,
    /// What the invocation has, where it has a deadline.
    pub(crate) left: Option<Duration>,
    pub(crate) start: SystemTime,
    seed: u64,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Called {
    pub(crate) came: Came,
    pub(crate) runs: usize,
    pub(crate) took: Duration,
    pub(crate) decisions: Vec<Decision>,
}

#[derive(Debug)]
pub(crate) enum Came {
    Reply(Value),
    Error(InjectedError),
    OwnError(String),
    Panic(String),
}

impl Call {
    pub(crate) fn drawn(draws: &mut Draws, document: &Value) -> Self {
        let allowed = |name: &str, draws: &mut Draws| match name {
            "exit" | "memory" | "cpu" => false,
            // Scopes that may do these take turns, and one waits for the other.
            "denylist" => draws.below(8) == 0,
            "diskspace" => draws.below(8) == 0 && spares_the_disk(document),
            "panic" => draws.below(2) == 0,
            _ => draws.below(64) != 0,
        };
        let names = MODES.iter().map(|row| row.name);
        let allowed = names.filter(|name| allowed(name, draws)).collect();
        let event = json!({ "body": "hello", "headers": { "x-debug": "a" }, "tenant": "acme",
            "path": "/", "fails": draws.below(10) == 0 });
        let lefts = [1, 250, 3_000, 30_000, 30_000, 900_000, 86_400_000];
        // In 1970, in January 2026, and at the moment that documents name.
        let starts = [0, 1_767_225_600_000, 1_796_148_000_000];
        let millis = Duration::from_millis;
        Self {
            door: *draws.one(&[Door::Attribute, Door::Blocking, Door::Wrapped]),
            allowed,
            event,
            left: (draws.below(8) != 0).then(|| millis(*draws.one(&lefts))),
            start: UNIX_EPOCH + millis(*draws.one(&starts)),
            seed: draws.next(),
        }
    }

    /// Makes it under the document, on a paused clock.
    pub(crate) async fn make(&self, document: &Value) -> Called {
        let scope = Scope::builder(document)
            .seed(self.seed)
            .allow(self.allowed.iter().copied())
            .virtual_clock(self.start);
        let (scope, _) = scope.build_lenient();
        let mut context = Context::default();
        context.deadline = self.left.map_or(0, |left| scope.deadline_in(left));
        let event = LambdaEvent::new(self.event.clone(), context);
        RUNS.set(0);
        let begun = tokio::time::Instant::now();
        let came = match self.door {
            Door::Attribute => caught(scope.run(handler(event))).await,
            Door::Wrapped => {
                let wrapped = wrap(async |event: LambdaEvent<Value>| body(&event));
                caught(scope.run(async move { wrapped(event).await })).await
            }
            Door::Blocking => quietly(|| scope.run_blocking(|| blocking_handler(event))),
        };
        let took = match self.door {
            // It does not wait, but sets the scope's own clock forward.
            Door::Blocking => scope.now().duration_since(self.start).unwrap_or_default(),
            _ => begun.elapsed(),
        };
        Called {
            came: came_of(came),
            runs: RUNS.get(),
            took,
            decisions: scope.decisions(),
        }
    }
}

/// What takes more than others on the machine can spare is for the tests of the mode.
fn spares_the_disk(document: &Value) -> bool {
    let plan = plan::read_value(document).plan;
    plan.flags.iter().all(|flag| match flag.mode {
        Mode::DiskSpace(disk) => disk.megabytes <= 2,
        _ => true,
    })
}

type Panicked<T> = Result<T, Box<dyn Any + Send>>;

fn quietly<T>(call: impl FnOnce() -> T) -> Panicked<T> {
    CALLING.set(true);
    let came = catch_unwind(AssertUnwindSafe(call));
    CALLING.set(false);
    came
}

/// Whatever it holds is dropped when it is over.
async fn caught<F: Future>(future: F) -> Panicked<F::Output> {
    let mut future = pin!(future);
    poll_fn(|cx| match quietly(|| future.as_mut().poll(cx)) {
        Ok(poll) => poll.map(Ok),
        Err(panic) => std::task::Poll::Ready(Err(panic)),
    })
    .await
}

fn came_of(came: Panicked<Result<Value, Error>>) -> Came {
    match came {
        Ok(Ok(reply)) => Came::Reply(reply),
        Ok(Err(error)) => match error.downcast::<InjectedError>() {
            Ok(injected) => Came::Error(*injected),
            Err(own) => Came::OwnError(own.to_string()),
        },
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Came::Panic(text.unwrap_or_else(|| "no text".to_owned()))
        }
    }
}

/// Keeps panics of calls from being printed: there are millions.
pub(crate) fn without_noise() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !CALLING.get() {
            usual(panic);
        }
    }));
}

//! The functions that are called, and how.
//!
//! A call is made and polled once, by hand and with a waker that does nothing: none of these
//! functions waits, so one poll is the whole of a call, and what a runtime does round a poll costs
//! more than what is measured here. It happens inside the runtime all the same, for the document
//! is fetched by a task. The future and the context that it is polled with
//! are in memory, as they are in a runtime, and not dissolved into registers.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use chaos_core::{ChaosLayer, inject_chaos};
use lambda_runtime::tower::Layer;
use lambda_runtime::{Error, LambdaEvent, Service, service_fn};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::clients::{Client, Over};
use crate::measure::{Measured, Measuring, Pace};
use crate::process::Build;

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// A handler and nothing else: shows what the measurement itself adds.
    Bare,
    /// A handler with the attribute.
    Attribute,
    /// The same of a function whose argument is a number, so that nothing is copied.
    Small,
    /// A handler in `chaos_core::wrap`.
    Wrap,
    /// The service of a handler in a `ChaosLayer`.
    Layer,
    /// A named point that no handler is round.
    Point,
    /// A named point in a function that a wrapped handler calls.
    PointBelow,
    /// A named point that a wrapped handler calls, in that handler: its invocation's event is known.
    PointWithin,
    /// A block of code as a named point that no handler is round.
    Block,
    /// The same below a wrapped handler.
    BlockBelow,
    /// A fail point of fail-rs.
    FailPoint,
    /// The same while another fail point is configured.
    FailPointBeside,
    /// The service of a handler in tower-resilience-chaos, at rate 0.
    TowerResilience,
    /// A client's, which only some of the programs have in them.
    Client(Client, Over),
}

impl Call {
    /// The programs that it is measured in, unless the setting asks for others.
    pub(crate) fn build(self) -> Build {
        match self {
            Self::Client(..) => Build::Clients,
            _ => Build::Own,
        }
    }

    pub(crate) fn pace(self) -> Pace {
        match self {
            Self::Client(client, over) => client.pace(over),
            _ => Pace::Quick,
        }
    }

    /// Whether it takes the same instructions each time.
    pub(crate) fn is_steady(self) -> bool {
        !matches!(self, Self::Client(_, Over::Tcp))
    }

    /// Measures it beside its bare counterpart.
    pub(crate) fn measure(self, measuring: &Measuring) -> Measured {
        let event = events();
        match self {
            Self::Bare => measuring.pair(|| done(bare::<0>(event())), || done(bare::<1>(event()))),
            Self::Attribute => {
                measuring.pair(|| done(bare::<2>(event())), || done(attribute(event())))
            }
            Self::Small => measuring.pair(
                || done(work::<4>(black_box(7))),
                || done(small(black_box(7))),
            ),
            Self::Wrap => {
                let wrapped = chaos_core::wrap(bare::<3>);
                measuring.pair(|| done(bare::<4>(event())), || done(wrapped(event())))
            }
            Self::Layer => {
                let layered = ChaosLayer::new().layer(service_fn(bare::<5>));
                beside_service(measuring, &event, service_fn(bare::<6>), layered)
            }
            Self::Point => Self::measure_point(measuring),
            Self::PointBelow => {
                done(below(event()));
                Self::measure_point(measuring)
            }
            Self::PointWithin => {
                // Where the handler itself fails, that is what is measured.
                let failing = |_| measuring.pair(|| true, || done(around(event(), measuring)));
                outcome(around(event(), measuring)).unwrap_or_else(failing)
            }
            Self::Block => Self::measure_block(measuring),
            Self::BlockBelow => {
                done(below(event()));
                Self::measure_block(measuring)
            }
            Self::FailPoint => Self::measure_fail_point(measuring),
            Self::FailPointBeside => {
                fail::cfg("bench.other", "return").expect("fail-rs knows `return`");
                Self::measure_fail_point(measuring)
            }
            Self::TowerResilience => {
                let layer = tower_resilience_chaos::ChaosLayer::builder()
                    .latency_rate(0.0)
                    .build();
                let layered = layer.layer(service_fn(bare::<7>));
                beside_service(measuring, &event, service_fn(bare::<8>), layered)
            }
            Self::Client(..) => unreachable!("a client's call is measured by its own"),
        }
    }

    fn measure_point(measuring: &Measuring) -> Measured {
        measuring.pair(
            || done(work::<0>(black_box(7))),
            || done(point(black_box(7))),
        )
    }

    fn measure_block(measuring: &Measuring) -> Measured {
        measuring.pair(
            || done(work::<2>(black_box(7))),
            || done(block(black_box(7))),
        )
    }

    fn measure_fail_point(measuring: &Measuring) -> Measured {
        measuring.pair(
            || done(work::<1>(black_box(7))),
            || done(fail_point(black_box(7))),
        )
    }
}

fn beside_service(
    measuring: &Measuring,
    event: &impl Fn() -> LambdaEvent<Event>,
    mut plain: impl Service<LambdaEvent<Event>>,
    mut service: impl Service<LambdaEvent<Event>>,
) -> Measured {
    measuring.pair(
        || serve(&mut plain, event()),
        || serve(&mut service, event()),
    )
}

/// Calls a service as tower asks for it: first whether it is ready.
fn serve<S: Service<LambdaEvent<Event>>>(service: &mut S, event: LambdaEvent<Event>) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    let ready = service.poll_ready(&mut context);
    assert!(
        matches!(ready, Poll::Ready(Ok(()))),
        "it is not ready at once"
    );
    done(service.call(event))
}

/// Polls a call to its end, and says whether it succeeded.
#[inline]
pub(crate) fn done<T, E>(future: impl Future<Output = Result<T, E>>) -> bool {
    black_box(&outcome(future)).is_ok()
}

/// What comes of a call.
#[inline]
fn outcome<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    match black_box(&mut future)
        .as_mut()
        .poll(black_box(&mut context))
    {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("a call that is measured has nothing to wait for"),
    }
}

/// What a handler is called with.
#[derive(Clone, Debug, Serialize)]
#[repr(align(64))]
pub(crate) struct Event {
    shown: Value,
    /// A request of 6 KB, when it is looked at: shared, so that to make an event costs the same
    /// whatever is in it.
    #[serde(serialize_with = "shared")]
    headers: Arc<BTreeMap<String, String>>,
}

fn shared<S: Serializer>(
    headers: &Arc<BTreeMap<String, String>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    headers.serialize(serializer)
}

/// Makes events, each like the other, without allocating. Each lies in memory, as one does that was
/// deserialized, so that a handler that is inlined here moves it as one that is called would.
fn events() -> impl Fn() -> LambdaEvent<Event> {
    let context = lambda_runtime::Context::default();
    let headers = (0..60).map(|n| (format!("x-header-{n:02}"), "v".repeat(85)));
    let headers = Arc::new(headers.collect());
    move || {
        let event = Event {
            shown: Value::Bool(true),
            headers: Arc::clone(&headers),
        };
        black_box(LambdaEvent::new(event, context.clone()))
    }
}

// --- the functions ---------------------------------------------------------------------------
//
// Each is called in one place, and the bare ones have a number so that there are enough of them:
// what is called in several places is not inlined there, which is worth more than a whole budget.

async fn bare<const ONE: u8>(event: LambdaEvent<Event>) -> Result<Value, Error> {
    Ok(event.payload.shown)
}

#[inject_chaos]
async fn attribute(event: LambdaEvent<Event>) -> Result<Value, Error> {
    Ok(event.payload.shown)
}

#[inject_chaos]
async fn small(number: u64) -> Result<u64, Error> {
    Ok(number.rotate_left(3))
}

#[inject_chaos]
async fn below(event: LambdaEvent<Event>) -> Result<Value, Error> {
    Ok(event.payload.shown)
}

#[inject_chaos]
async fn around(event: LambdaEvent<Event>, measuring: &Measuring) -> Result<Measured, Error> {
    let _ = event;
    Ok(Call::measure_point(measuring))
}

#[expect(clippy::unused_async, reason = "as a function that does its work is")]
async fn work<const ONE: u8>(number: u64) -> Result<u64, Error> {
    Ok(number.rotate_left(3))
}

#[inject_chaos(point = "bench.point")]
async fn point(number: u64) -> Result<u64, Error> {
    Ok(number.rotate_left(3))
}

fn block(number: u64) -> impl Future<Output = Result<u64, Error>> {
    let point = chaos_core::point("bench.block").label("number", move || number);
    point.run(work::<3>(number))
}

#[expect(clippy::unused_async, reason = "as a function that does its work is")]
async fn fail_point(number: u64) -> Result<u64, Error> {
    fail::fail_point!("bench.point", |_| Err("injected".into()));
    Ok(number.rotate_left(3))
}

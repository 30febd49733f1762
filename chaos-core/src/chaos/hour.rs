//! An hour of invocations while Parameter Store refuses, stalls, throttles, lies, is slow by the byte
//! and changes under it: none is lost, held up beyond its bound, or met by what no document in force
//! asks for, and memory stays flat.
//!
//! The clock is paused, so the hour takes seconds. The real attribute is round the handler; the real
//! source and the real SDK are between it and a Parameter Store in memory. As memory is looked at, it
//! runs in a process of its own. A million invocations:
//!
//! ```sh
//! cargo xtask proof --only hour
//! ```

mod check;
mod document;
mod ledger;
mod memory;
mod store;

use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use lambda_runtime::{Context, Error, LambdaEvent};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

use self::check::Tally;
use self::document::Answer;
use self::memory::Memory;
use self::store::ParameterStore;
use super::Chaos;
use crate::clock::{Clock, TimeOfDay, Virtual, millis};
use crate::engine::{self, Engine};
use crate::inject_chaos;
use crate::source::SsmSource;

/// Names how many invocations the hour has.
const INVOCATIONS: &str = "CHAOS_HOUR_INVOCATIONS";
const UNLESS_NAMED: u64 = 50_000;
const HOUR: Duration = Duration::from_hours(1);
/// So many invocations may run at once, as under `run_concurrent`.
const LANES: u64 = 32;
/// The cache time with which most of the invocations are made.
const OFTEN: Duration = Duration::from_secs(1);
/// What an invocation has until its deadline.
const LEFT: Duration = Duration::from_millis(800);

/// How often the handler ran.
static RAN: AtomicU64 = AtomicU64::new(0);

#[inject_chaos(crate = crate)]
async fn handler(event: LambdaEvent<Value>) -> Result<Value, Error> {
    RAN.fetch_add(1, Relaxed);
    Ok(json!({ "statusCode": 200, "body": event.payload["n"].to_string() }))
}

/// One execution environment, and its Parameter Store.
struct Stage {
    engine: Arc<Engine>,
    time: TimeOfDay,
    store: Arc<ParameterStore>,
    tally: Mutex<Tally>,
    memory: Mutex<Memory>,
}

impl Stage {
    fn new(ttl: Duration) -> Arc<Self> {
        engine::expect_scopes();
        let november = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let clock = Arc::new(Virtual::starting_at(november));
        let time = TimeOfDay::Scope {
            clock: Arc::clone(&clock),
            never_blocks: true,
        };
        let store = ParameterStore::new();
        let client = store::client(&store, time.clone());
        let mut chaos = Chaos::from_env()
            .source(SsmSource::with_client(client, store::NAME))
            .cache_ttl(ttl);
        chaos.clock = Clock::Virtual(clock);
        let engine = chaos.build(&|_| None, |source| source).expect("an engine");
        Arc::new(Self {
            engine: Arc::new(engine.with_time(time.clone())),
            time,
            store,
            tally: Mutex::new(Tally::new(ttl)),
            memory: Mutex::default(),
        })
    }

    /// The n-th invocation, and whether what came of it is what a document in force says.
    async fn invoke(&self, n: u64) {
        let mut context = Context::default();
        let deadline = self.time.now() + LEFT;
        context.deadline = millis(deadline.duration_since(UNIX_EPOCH).expect("after 1970"));
        let begun = Instant::now();
        let answer = handler(LambdaEvent::new(document::event(n), context)).await;
        let answer = Answer::of(answer);
        let mut tally = self.tally.lock().unwrap();
        tally.check(n, begun, &answer, &self.store);
    }

    /// Every so many-th invocation, one after the other, each when it is due.
    async fn lane(self: Arc<Self>, begin: Instant, first: u64, of: u64) {
        let pause = HOUR / u32::try_from(of).expect("no more than a u32 counts");
        let mut n = first;
        while n < of {
            sleep_until(begin + pause * u32::try_from(n).expect("less than that")).await;
            self.invoke(n).await;
            self.memory.lock().unwrap().look_at_each_tenth(n, of);
            n += LANES;
        }
    }
}

/// An hour with such a cache time and so many invocations.
async fn hour(ttl: Duration, of: u64) {
    RAN.store(0, Relaxed);
    let stage = Stage::new(ttl);
    let begin = Instant::now();
    let troubles = tokio::spawn(Arc::clone(&stage.store).goes_on());
    let lanes: Vec<_> = (0..LANES.min(of))
        .map(|first| Arc::clone(&stage).lane(begin, first, of))
        .map(|lane| tokio::spawn(engine::scope(Arc::clone(&stage.engine), lane)))
        .collect();
    for lane in lanes {
        lane.await.expect("every invocation as it should be");
    }
    troubles.abort();

    let tally = stage.tally.lock().unwrap();
    let memory = stage.memory.lock().unwrap();
    println!(
        "cache time {ttl:?}: {tally}; {memory}; {}",
        stage.store.told()
    );
    tally.nothing_is_lost(of, RAN.load(Relaxed));
    // where it is asked seldom, some of its moods and documents go by unnoticed
    if ttl == OFTEN {
        stage.store.was_in_every_mood();
        tally.met_everything();
    }
    memory.is_flat();
}

fn invocations() -> u64 {
    let named = std::env::var(INVOCATIONS).ok();
    named.map_or(UNLESS_NAMED, |named| {
        named
            .parse()
            .unwrap_or_else(|_| panic!("{INVOCATIONS}={named} is no number; write 1000000"))
    })
}

#[tokio::test(start_paused = true)]
#[ignore = "looks at the memory of its process; another test runs it in one of its own"]
async fn alone() {
    let all = invocations();
    hour(OFTEN, all).await;
    hour(Duration::from_mins(1), all / 10).await;
    hour(Duration::ZERO, all / 100).await;
}

#[test]
fn an_hour_of_trouble_at_its_source_costs_no_invocation() {
    let (_, path) = module_path!().split_once("::").expect("a path in a crate");
    let own = std::env::current_exe().expect("this test's own program");
    let run = Command::new(own)
        .args(["--exact", &format!("{path}::alone")])
        .args(["--ignored", "--nocapture"])
        .output()
        .expect("it can be run again");
    let said = String::from_utf8_lossy(&run.stdout);
    println!("{said}{}", String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{}", run.status);
    assert!(said.contains("1 passed"), "{said}");
}

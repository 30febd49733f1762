//! Waits and the invocation's deadline.

use std::time::Duration;

use super::caller::Caller;
use super::*;
use crate::clock::Virtual;

const LATE: &str = r#"{ "latency": { "enabled": true, "min_latency": 60000 } }"#;
const OUT_OF_TIME: &str = r#"{ "timeout": { "enabled": true, "timeout_buffer_ms": 1000 } }"#;

/// The wait of a call that begins `later`, ten seconds before its invocation's deadline.
fn wait(document: &str, caller: &Caller, later: Duration) -> Duration {
    let now = SystemTime::now();
    let clock = Arc::new(Virtual::starting_at(now));
    let time = TimeOfDay::Scope {
        clock,
        never_blocks: true,
    };
    let engine = engine(Options::default(), document).0.with_time(time);
    let seen = Seen {
        deadline: Some(now + Duration::from_secs(10)),
        ..Seen::event()
    };
    let engine = EngineRef::Scope(Arc::new(engine));
    let mut call = decide_handler(&engine, &Vec::new(), seen).expect("a flag is on");
    let wait = call.next_wait(Phase::Before, caller, later);
    wait.expect("it waits")
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_begins_later_ends_with_the_invocation_all_the_same() {
    let (now, later) = (Duration::ZERO, Duration::from_secs(4));
    for gives_up in [false, true] {
        let caller = Caller {
            gives_up,
            ..Caller::default()
        };
        let waits = |document| [now, later].map(|later| wait(document, &caller, later));
        assert_eq!(waits(LATE), [10, 6].map(Duration::from_secs));
        assert_eq!(waits(OUT_OF_TIME), [9, 5].map(Duration::from_secs));
    }
}

//! What is counted, and when it is written.

use std::time::Duration;

use super::*;
use crate::telemetry::Metrics;

fn counting() -> (EngineRef, Arc<Shared>) {
    let shared = Arc::new(Shared::counting(Metrics::new(Some("orders"))));
    let engine = Engine::new(Options::default(), None, Arc::clone(&shared));
    (EngineRef::Scope(Arc::new(engine)), shared)
}

/// What was counted and is not written yet.
fn left(shared: &Shared) -> String {
    shared.metrics().expect("metrics").take(Duration::ZERO)
}

#[test]
fn the_end_of_an_invocation_writes_what_was_counted() {
    let (engine, shared) = counting();
    shared.metrics().expect("metrics").called();
    let call = decide_handler(&engine, &Vec::new(), Seen::event());
    drop(call.expect("its end is to be told"));
    assert_eq!(left(&shared), "");
}

#[test]
fn the_end_of_a_point_writes_nothing() {
    let (engine, shared) = counting();
    shared.metrics().expect("metrics").called();
    drop(decide_point(&engine, "store.get", &Vec::new()));
    assert!(left(&shared).contains("CallsSeen"));
}

#[cfg(feature = "inject")]
#[test]
fn a_point_below_a_handler_is_counted_and_leaves_the_writing_to_it() {
    let (EngineRef::Scope(engine), shared) = counting() else {
        panic!("of a scope");
    };
    engine.handler_came_by();
    expect_scopes();
    scope_sync(engine, || drop(begin_point("store.get", Vec::new)));
    assert!(left(&shared).contains("CallsSeen"));
}

//! Which invocation a call is in.

use std::time::{Duration, UNIX_EPOCH};

use super::caller::Caller;
use super::*;

const CORRUPT: &str = r#"{
    "corruption": { "enabled": true },
    "at": { "enabled": true, "mode": "corruption", "point": "store.get" }
}"#;

fn invocation(request_id: Option<&str>, deadline: u64) -> Arc<Seen> {
    Arc::new(Seen {
        request_id: request_id.map(str::to_owned),
        deadline: Some(UNIX_EPOCH + Duration::from_secs(deadline)),
        ..Seen::event()
    })
}

#[test]
fn in_a_spawned_task_it_is_the_only_one_under_way() {
    let (engine, _) = engine(Options::default(), ONCE);
    let [first, second] = [("1", 20), ("2", 10)].map(|(id, end)| invocation(Some(id), end));
    let running = engine.register(&first).expect("not there yet");
    assert!(Arc::ptr_eq(&engine.around(), &first));
    let other = engine.register(&second).expect("not there yet");
    let around = engine.around();
    assert!(!around.known, "it may be either");
    assert_eq!(around.deadline, second.deadline, "the earliest holds");
    drop(running);
    assert!(Arc::ptr_eq(&engine.around(), &second));
    drop(other);
    assert!(!engine.around().known);
}

#[test]
fn an_invocation_is_there_once_however_often_it_is_wrapped() {
    let (engine, _) = engine(Options::default(), ONCE);
    let named = invocation(Some("1"), 20);
    let _running = engine.register(&named).expect("not there yet");
    assert!(engine.register(&invocation(Some("1"), 20)).is_none());
    let nameless = invocation(None, 20);
    let _running = engine.register(&nameless).expect("not there yet");
    assert!(engine.register(&nameless).is_none());
    assert!(engine.register(&invocation(None, 20)).is_some());
}

#[test]
fn only_a_handlers_response_is_an_http_response() {
    let (engine, _) = engine(Options::default(), CORRUPT);
    let engine = EngineRef::Scope(Arc::new(engine));
    let corrupted_http = |call: Option<Injection>| {
        let caller = Caller::default();
        call.expect("a flag is on").after((), &caller);
        caller.http.get()
    };
    let seen = |http| Seen {
        http,
        ..Seen::event()
    };
    let handler = |http| decide_handler(&engine, &Vec::new(), seen(http));
    assert_eq!(corrupted_http(handler(true)), Some(true));
    assert_eq!(corrupted_http(handler(false)), Some(false));
    let _running = engine.register(&Arc::new(seen(true)));
    let point = decide_point(&engine, "store.get", &Vec::new());
    assert_eq!(corrupted_http(point), Some(false));
}

//! What is said once, and what each time: a document may be shared with a function that takes a million
//! messages.

use tracing::Level;

use super::caller::Caller;
use super::*;
use crate::log::Log;

const BROKEN: &str = r#"{ "exception": { "enabled": true } }"#;
const LATE: &str = r#"{ "timeout": { "enabled": true } }"#;
const CHOOSY: &str =
    r#"{ "exception": { "enabled": true, "match": [{ "path": "a", "value": "1" }] } }"#;

/// How loud three calls are, whose events were looked at in vain.
fn levels(options: Options, document: &str) -> Vec<String> {
    let (log, _guard) = Log::collect(Level::DEBUG);
    let engine = EngineRef::Scope(Arc::new(engine(options, document).0));
    for _ in 0..3 {
        let seen = Seen {
            looked: true,
            ..Seen::event()
        };
        if let Some(mut call) = decide_handler(&engine, &Vec::new(), seen) {
            call.before(&Caller::default());
        }
    }
    let of_ours = |line: &serde_json::Value| line["target"] == "chaos";
    let lines = log.take().into_iter().filter(of_ours);
    let level = |line: serde_json::Value| line["level"].as_str().expect("a level").to_owned();
    lines.map(level).collect()
}

#[test]
fn what_is_not_allowed_is_said_once() {
    let said = levels(allowing(&["latency"]), BROKEN);
    assert_eq!(said, ["WARN", "DEBUG", "DEBUG"]);
}

#[test]
fn what_would_be_injected_is_said_each_time() {
    let dry = Options {
        dry_run: true,
        ..Options::default()
    };
    assert_eq!(levels(dry, BROKEN), ["INFO"; 3]);
}

#[test]
fn that_no_event_can_be_looked_at_is_said_once() {
    let said = levels(Options::default(), CHOOSY);
    assert_eq!(said, ["ERROR", "DEBUG", "DEBUG"]);
}

#[test]
fn what_cannot_be_injected_is_said_once() {
    let said = levels(Options::default(), LATE);
    assert_eq!(said, ["ERROR", "DEBUG", "DEBUG"]);
}

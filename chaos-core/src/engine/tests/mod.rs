//! What the engine permits, and what it says of that.
//!
//! - `caller.rs`: a return type that says what the engine asked of it
//! - `counted.rs`: what is counted, and when it is written
//! - `invocation.rs`: which invocation a call is in
//! - `said.rs`: what is said once, and what each time
//! - `waits.rs`: waits and the invocation's deadline

mod caller;
mod counted;
mod invocation;
mod said;
mod waits;

use std::sync::Arc;

use super::*;
use crate::plan;

/// An engine with a document in force, and what it decides.
fn engine(options: Options, document: &str) -> (Engine, Arc<Shared>) {
    let shared = Arc::new(Shared::recording(None));
    shared.apply(plan::read(document).plan);
    (Engine::new(options, None, Arc::clone(&shared)), shared)
}

fn allowing(modes: &[&str]) -> Options {
    Options {
        allow: Allow::only(modes.iter().map(|&mode| mode.to_owned())),
        ..Options::default()
    }
}

const DISK: &str = r#"{ "diskspace": { "enabled": true, "disk_space": 1 } }"#;
const ONCE: &str = r#"{ "exception": { "enabled": true, "limit": 1 } }"#;

#[test]
fn what_others_would_see_is_what_is_allowed_and_no_dry_run() {
    let is_process_wide = |options, document| engine(options, document).0.is_process_wide();
    assert!(is_process_wide(Options::default(), DISK));
    assert!(!is_process_wide(Options::default(), ONCE));
    assert!(!is_process_wide(allowing(&["exception"]), DISK));
    let dry =
        r#"{ "settings": { "dry_run": true }, "diskspace": { "enabled": true, "disk_space": 1 } }"#;
    assert!(!is_process_wide(Options::default(), dry));
    let dry = Options {
        dry_run: true,
        ..Options::default()
    };
    assert!(!is_process_wide(dry, DISK));
}

#[test]
fn what_is_not_allowed_is_blocked_and_counts_against_no_limit() {
    let dry = Options {
        dry_run: true,
        ..Options::default()
    };
    for (options, expected) in [
        (allowing(&["latency"]), vec![Action::Block; 2]),
        // This one would have been injected, once.
        (dry, vec![Action::DryRun]),
    ] {
        let (engine, shared) = engine(options, ONCE);
        for _ in 0..2 {
            let (before, after) = engine.fire(HANDLER, &Vec::new(), &Seen::default());
            assert!(before.is_empty() && after.is_empty());
        }
        let decisions = shared.recorded();
        let actions: Vec<Action> = decisions.iter().map(|one| one.action).collect();
        assert_eq!(actions, expected);
    }
}

#[test]
fn flags_that_have_not_begun_or_are_over_are_told_apart() {
    const LATER: &str = "\"starts_at\": \"2999-01-01T00:00:00Z\"";
    const OVER: &str = "\"expires_at\": \"2001-01-01T00:00:00Z\"";
    let outside = |document: &str| {
        let (_, shared) = engine(Options::default(), document);
        shared.outside_their_time(SystemTime::now())
    };
    assert_eq!(outside(ONCE), "");
    let said = ", 1 of them outside starts_at and expires_at";
    for when in [LATER, OVER] {
        let document = format!(
            r#"{{ "latency": {{ "enabled": true, {when} }}, "exception": {{ "enabled": true }} }}"#
        );
        assert_eq!(outside(&document), said);
    }
    let document = format!(r#"{{ "settings": {{ {OVER} }}, "exception": {{ "enabled": true }} }}"#);
    assert_eq!(outside(&document), said);
}

#[test]
fn an_engine_shows_what_is_in_force() {
    let shown = format!("{:?}", engine(allowing(&["latency"]), ONCE).0);
    assert!(
        shown.contains("latency") && shown.contains("exception"),
        "{shown}"
    );
}

#[test]
fn a_panic_is_allowed_by_name_only() {
    assert!(!engine(Options::default(), ONCE).0.allows_panic());
    assert!(engine(allowing(&["panic"]), ONCE).0.allows_panic());
}

/// Where faults can be injected, a call begins by asking.
#[cfg(feature = "inject")]
mod beginning {
    use super::*;

    const LATE: &str = r#"{ "latency": { "enabled": true, "min_latency": 5 } }"#;
    const CHOOSY: &str =
        r#"{ "exception": { "enabled": true, "match": [{ "path": "a", "value": "1" }] } }"#;
    const TWICE: &str = r#"{ "duplicate": { "enabled": true } }"#;
    const TWICE_AT_A_POINT: &str = r#"{ "duplicate": { "enabled": true, "point": "store.get" } }"#;

    /// The start of a handler's call in an engine with that document, and whether its event is looked at and
    /// its arguments are cloned.
    fn begun(document: &str) -> (Box<Beginning>, Arc<Shared>, bool, bool) {
        expect_scopes();
        let (engine, shared) = engine(Options::default(), document);
        let mut looked = false;
        let beginning = scope_sync(Arc::new(engine), || {
            begin(Vec::new, |wanted| {
                looked = wanted;
                Seen::event()
            })
        });
        let beginning = beginning.expect("something is on");
        let cloned = again(Some(&beginning), || Some(())).is_some();
        (beginning, shared, looked, cloned)
    }

    #[test]
    fn an_event_is_looked_at_and_cloned_where_a_flag_asks_for_it() {
        let asks = |document| {
            let (_, _, looked, cloned) = begun(document);
            (looked, cloned)
        };
        assert_eq!(asks(LATE), (false, false));
        assert_eq!(asks(CHOOSY), (true, false));
        assert_eq!(asks(TWICE), (false, true));
        assert_eq!(asks(TWICE_AT_A_POINT), (false, false));
    }

    #[test]
    fn where_a_scope_may_still_be_entered_nothing_is_decided_yet() {
        let (beginning, ..) = begun(LATE);
        assert!(beginning.is_ready());
        let beginning = begin(Vec::new, |_| Seen::event()).expect("a scope may be on");
        assert!(!beginning.is_ready());
        let shown = format!("{beginning:?}");
        assert!(shown.contains(HANDLER), "{shown}");
    }

    #[test]
    fn a_flag_that_came_after_the_look_at_the_event_says_nothing() {
        let (beginning, shared, ..) = begun(LATE);
        shared.apply(plan::read(CHOOSY).plan);
        assert!(
            beginning
                .decide(false)
                .is_none_or(|injection| injection.before.is_empty())
        );
        assert!(shared.recorded().is_empty());
        // The next call is looked at, and this type cannot be.
        let (beginning, shared, ..) = begun(CHOOSY);
        drop(beginning.decide(false));
        let actions: Vec<Action> = shared.recorded().iter().map(|one| one.action).collect();
        assert_eq!(actions, [Action::Error]);
    }
}

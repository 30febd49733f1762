//! What the engine permits, and what it says of that.

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

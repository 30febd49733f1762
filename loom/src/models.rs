//! What has to hold in every order. Threads do here what `engine/shared.rs` (news of a document),
//! `engine/mod.rs` (who comes to rest) and `engine/known.rs` (what is remembered) do with the gate.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use loom::thread;

use crate::every_order;
use crate::gate::{Gate, HANDLERS, POINTS};

/// A process: its gate, and what is in force.
struct Process {
    gate: Gate,
    /// Whether anything in force concerns handlers and points.
    concerns: AtomicBool,
    /// Which plan is in force.
    plan: AtomicU64,
    /// The state in which nothing concerned a point.
    known: AtomicU64,
}

impl Process {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            gate: Gate::new(),
            concerns: AtomicBool::new(false),
            plan: AtomicU64::new(0),
            known: AtomicU64::new(0),
        })
    }

    /// `Shared::apply`, of a plan that concerns everybody.
    fn news(&self) {
        self.concerns.store(true, Ordering::Relaxed);
        self.plan.store(1, Ordering::Release);
        self.gate.changed();
        self.gate.wake();
    }

    fn is_concerned(&self) -> bool {
        self.concerns.load(Ordering::Relaxed)
    }

    /// `Engine::let_handlers_rest`, or of points.
    fn let_rest(&self, who: u64) {
        if !self.is_concerned() {
            self.gate.rest(who, || self.is_concerned());
        }
    }

    /// `point_arrives`, and whether the point goes by.
    fn point_arrives(&self) -> bool {
        if self.known.load(Ordering::Relaxed) == self.gate.now() {
            return true;
        }
        let before = self.gate.before_looking();
        if self.plan.load(Ordering::Acquire) != 0 {
            return false;
        }
        if let Some(before) = before {
            self.known.store(before, Ordering::Relaxed);
        }
        true
    }
}

fn begun(process: &Arc<Process>, work: impl Fn(&Process) + 'static) -> thread::JoinHandle<()> {
    let process = Arc::clone(process);
    thread::spawn(move || work(&process))
}

#[test]
fn who_comes_to_rest_is_woken_by_news() {
    every_order("who comes to rest is woken by news", || {
        let process = Process::new();
        let resting = begun(&process, |process| process.let_rest(HANDLERS));
        process.news();
        resting.join().unwrap();
        assert!(process.gate.asks(HANDLERS));
        assert!(process.gate.asks(POINTS));
    });
}

#[test]
fn handlers_and_points_come_to_rest_at_once() {
    every_order("handlers and points come to rest at once", || {
        let process = Process::new();
        let handlers = begun(&process, |process| process.let_rest(HANDLERS));
        let points = begun(&process, |process| process.let_rest(POINTS));
        process.news();
        handlers.join().unwrap();
        points.join().unwrap();
        assert!(process.gate.asks(HANDLERS) && process.gate.asks(POINTS));
    });
}

#[test]
fn without_news_somebody_rests() {
    every_order("without news somebody rests", || {
        let process = Process::new();
        let handlers = begun(&process, |process| process.let_rest(HANDLERS));
        process.let_rest(POINTS);
        handlers.join().unwrap();
        // Whoever came second may have to come again.
        assert!(!process.gate.asks(HANDLERS) || !process.gate.asks(POINTS));
    });
}

#[test]
fn what_was_remembered_is_forgotten_with_the_plan() {
    every_order("what was remembered is forgotten with the plan", || {
        let process = Process::new();
        let point = begun(&process, |process| {
            process.point_arrives();
            process.point_arrives();
        });
        process.news();
        point.join().unwrap();
        assert!(
            !process.point_arrives(),
            "it went by, and the new plan concerns it"
        );
    });
}

#[test]
fn what_was_remembered_is_forgotten_whoever_rests_meanwhile() {
    every_order(
        "what was remembered is forgotten whoever rests meanwhile",
        || {
            let process = Process::new();
            let point = begun(&process, |process| {
                process.point_arrives();
            });
            let resting = begun(&process, |process| process.let_rest(HANDLERS));
            process.news();
            point.join().unwrap();
            resting.join().unwrap();
            assert!(
                !process.point_arrives(),
                "it went by, and the new plan concerns it"
            );
            assert!(process.gate.asks(HANDLERS) && process.gate.asks(POINTS));
        },
    );
}

#[test]
fn where_there_are_scopes_everybody_asks() {
    every_order("where there are scopes everybody asks", || {
        let process = Process::new();
        let resting = begun(&process, |process| process.let_rest(HANDLERS | POINTS));
        process.gate.expect_scopes();
        resting.join().unwrap();
        assert!(process.gate.has_scopes());
        assert!(
            process.gate.before_looking().is_none(),
            "something is remembered, though there are scopes"
        );
        assert!(process.gate.asks(HANDLERS) && process.gate.asks(POINTS));
    });
}

/// The model sees what it is there for: without the second look, some order ends at rest.
#[test]
#[should_panic(expected = "asleep while a flag is on")]
fn without_the_second_look_some_order_is_wrong() {
    every_order("without the second look", || {
        let process = Process::new();
        let resting = begun(&process, |process| {
            if !process.is_concerned() {
                process.gate.rest(HANDLERS, || false);
            }
        });
        process.news();
        resting.join().unwrap();
        assert!(process.gate.asks(HANDLERS), "asleep while a flag is on");
    });
}

/// The same of what is remembered: a state that is read after the plan may be that of the next one.
#[test]
#[should_panic(expected = "a plan was missed")]
fn a_state_read_too_late_is_wrong() {
    every_order("a state read too late", || {
        let process = Process::new();
        let point = begun(&process, |process| {
            if process.plan.load(Ordering::Acquire) == 0 {
                process.known.store(process.gate.now(), Ordering::Relaxed);
            }
        });
        process.news();
        point.join().unwrap();
        assert!(!process.point_arrives(), "a plan was missed");
    });
}

use std::sync::atomic::{AtomicUsize, Ordering};

use chaos_core::testing::{Action, Scope};
use chaos_core::{InjectedError, inject_chaos};

use super::*;

/// A store that can be counted on.
#[derive(Default)]
struct Store(AtomicUsize);

impl Store {
    #[inject_chaos(point = "store.put")]
    async fn put(&self) -> Result<(), InjectedError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    #[inject_chaos(point = "store.count")]
    fn count(&self) -> Result<usize, InjectedError> {
        Ok(self.0.fetch_add(1, Ordering::Relaxed))
    }

    #[inject_chaos(point = "store.forget")]
    async fn forget(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

fn lost() -> Value {
    json!({"lost_reply": {
        "enabled": true, "point": "store.*", "exception_msg": "gone", "exception_type": "Reset",
    }})
}

#[tokio::test]
async fn at_a_point_the_work_is_done_and_its_reply_is_an_error() {
    let (scope, store) = (Scope::new(&lost()), Store::default());
    let error = scope.run(store.put()).await.expect_err("no reply");
    assert_eq!((error.message(), error.error_type()), ("gone", "Reset"));
    let error = scope.run_blocking(|| store.count()).expect_err("no reply");
    assert_eq!(error.flag(), "lost_reply");
    assert_eq!(store.0.load(Ordering::Relaxed), 2, "done both times");

    let decision = &scope.decisions()[0];
    assert_eq!(
        (decision.action, decision.mode),
        (Action::Inject, "lost_reply")
    );
    assert_eq!(decision.message.as_deref(), Some("gone"));
}

#[tokio::test]
async fn a_function_that_cannot_fail_keeps_its_reply_and_says_so() {
    let (scope, store) = (Scope::new(&lost()), Store::default());
    scope.run(store.forget()).await;
    assert_eq!(scope.decisions()[0].action, Action::Error);
}

#[tokio::test]
async fn a_dry_run_loses_nothing() {
    let (scope, store) = (Scope::dry_run(&lost()), Store::default());
    scope.run(store.put()).await.expect("a reply");
    assert_eq!(scope.decisions()[0].action, Action::DryRun);
}

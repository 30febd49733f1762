//! Mode `denylist`: names do not resolve while the function runs, and do again however that ends.

use chaos_core::inject_chaos;
use chaos_core::testing::{Action, Scope};
use lambda_runtime::Error;
use tokio::net::lookup_host;

use super::*;

/// It resolves everywhere, without a network.
const HOST: &str = "localhost";

fn document(list: &[&str]) -> Value {
    json!({"denylist": {"enabled": true, "deny_list": list}})
}

fn denying(list: &[&str]) -> Scope {
    Scope::new(&document(list))
}

/// As tokio's clients look a name up, on a thread of its choice.
async fn resolves(host: &str) -> bool {
    lookup_host((host, 80)).await.is_ok()
}

#[inject_chaos]
async fn looks_up(host: &str) -> Result<bool, Error> {
    Ok(resolves(host).await)
}

#[cfg(not(feature = "dns"))]
#[tokio::test]
async fn without_the_feature_names_resolve_and_the_log_says_why() {
    let scope = denying(&["."]);
    assert!(scope.run(looks_up(HOST)).await.expect("an answer"));
    let decision = &scope.decisions()[0];
    assert_eq!(decision.action, Action::Error);
    let why = decision.message.as_deref().expect("a reason");
    assert!(why.contains("feature `dns`"), "{why}");
}

#[cfg(feature = "dns")]
mod with_the_feature {
    use std::fmt::Debug;
    use std::io;
    use std::net::ToSocketAddrs as _;
    use std::sync::Arc;

    use tokio::sync::{Mutex, Notify};

    use super::*;

    /// One at a time: all look up names in the same process.
    static NAMES: Mutex<()> = Mutex::const_new(());
    /// A handler has begun that only a cancellation ends.
    static WAITS: Notify = Notify::const_new();

    /// It never resolves: the C library refuses it as a name that does not exist, and asks nobody.
    const NOBODY: &str = "::1%no-such-interface";

    /// All that a caller can tell of an error.
    fn told(error: &io::Error) -> impl Debug + PartialEq + use<> {
        (error.kind(), error.raw_os_error(), error.to_string())
    }

    #[tokio::test]
    async fn a_denied_name_fails_as_one_that_does_not_exist() {
        #[inject_chaos]
        async fn handler() -> Result<[io::Error; 3], Error> {
            let asynchronous = lookup_host((HOST, 80)).await.map(|_| ());
            let blocking = (HOST, 80).to_socket_addrs().map(|_| ());
            let connecting = std::net::TcpStream::connect((HOST, 80)).map(|_| ());
            let failed = |looked_up: io::Result<()>| looked_up.expect_err("it is denied");
            Ok([asynchronous, blocking, connecting].map(failed))
        }
        let _one = NAMES.lock().await;
        let nobody = (NOBODY, 80).to_socket_addrs().map(|_| ());
        let nobody = nobody.expect_err("nobody has that name");
        let scope = denying(&["^local"]);
        for error in scope.run(handler()).await.expect("an answer") {
            assert_eq!(told(&error), told(&nobody));
        }
        assert!(resolves(HOST).await, "in the next invocation it is back");
        let decision = &scope.decisions()[0];
        assert_eq!(decision.action, Action::Inject);
        assert_eq!(decision.deny_list.as_deref(), Some("^local"));
    }

    #[tokio::test]
    async fn other_names_and_addresses_resolve() {
        let _one = NAMES.lock().await;
        for (list, host, expected) in [
            ("^localhost$", "localhost", false),
            ("LOCALHOST", "localhost", false),
            ("^localhost$", "LocalHost", false),
            ("^localhost$", "localhost.", false),
            (r"\.amazonaws\.com$", "localhost", true),
            ("", "127.0.0.1", true),
            ("", "::1", true),
        ] {
            let scope = denying(&[list]);
            let resolved = scope.run(looks_up(host)).await.expect("an answer");
            assert_eq!(resolved, expected, "{list} {host}");
        }
    }

    #[tokio::test]
    async fn of_two_at_once_the_last_one_out_restores() {
        #[inject_chaos]
        async fn waits(begun: Arc<Notify>, end: Arc<Notify>) -> Result<(), Error> {
            begun.notify_one();
            end.notified().await;
            Ok(())
        }
        let _one = NAMES.lock().await;
        let mut calls = Vec::new();
        // One scope for both, since scopes with this mode take turns.
        let one_scope = denying(&[HOST]);
        // The second denies other names besides.
        for list in [&[HOST][..], &[HOST, "other"][..]] {
            one_scope.flip(&document(list));
            let scope = one_scope.clone();
            let (begun, end) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
            let call = waits(Arc::clone(&begun), Arc::clone(&end));
            calls.push((tokio::spawn(async move { scope.run(call).await }), end));
            begun.notified().await;
            assert!(!resolves(HOST).await);
        }
        for (n, (call, end)) in calls.into_iter().enumerate() {
            assert!(!resolves(HOST).await, "{n} have ended");
            end.notify_one();
            call.await.expect("no panic").expect("no error");
        }
        assert!(resolves(HOST).await, "both have ended");
    }

    #[inject_chaos]
    async fn ends(how: &str) -> Result<(), Error> {
        assert!(!resolves(HOST).await, "denied while the handler runs");
        match how {
            "error" => Err("its own".into()),
            "panic" => panic!("its own"),
            "cancelled" => {
                WAITS.notify_one();
                std::future::pending().await
            }
            _ => Ok(()),
        }
    }

    async fn names_are_back_after(how: &'static str) {
        let _one = NAMES.lock().await;
        let call = tokio::spawn(async move {
            let scope = denying(&["."]);
            tokio::select! {
                _ = scope.run(ends(how)) => assert_ne!(how, "cancelled"),
                () = WAITS.notified() => assert_eq!(how, "cancelled"),
            }
        });
        assert_eq!(call.await.is_err(), how == "panic");
        assert!(resolves(HOST).await, "the name is back");
    }

    #[tokio::test]
    async fn after_a_return() {
        names_are_back_after("return").await;
    }

    #[tokio::test]
    async fn after_an_error() {
        names_are_back_after("error").await;
    }

    #[tokio::test]
    async fn after_a_panic() {
        names_are_back_after("panic").await;
    }

    #[tokio::test]
    async fn after_a_cancellation() {
        names_are_back_after("cancelled").await;
    }

    #[test]
    fn in_a_function_that_is_not_async() {
        #[inject_chaos(point = "store.get")]
        fn get() -> bool {
            (HOST, 80).to_socket_addrs().is_ok()
        }
        let _one = NAMES.blocking_lock();
        let document = json!({"denylist": {
            "enabled": true, "deny_list": ["."], "point": "store.*",
        }});
        assert!(!Scope::new(&document).run_blocking(get));
        assert!(get(), "the name is back");
    }

    #[tokio::test]
    async fn neither_a_dry_run_nor_an_empty_list_denies_any() {
        let _one = NAMES.lock().await;
        let dry = Scope::dry_run(&json!({"denylist": {"enabled": true, "deny_list": ["."]}}));
        let empty = denying(&[]);
        for (scope, action) in [(dry, Action::DryRun), (empty, Action::Error)] {
            assert!(scope.run(looks_up(HOST)).await.expect("an answer"));
            assert_eq!(scope.decisions()[0].action, action);
        }
    }
}

//! What the operator of a function sets, and no document can change.

use chaos_local::ParameterStore;
use chaos_tests::document::{is_on, on};
use chaos_tests::{Launch, PARAMETER, function};
use serde_json::json;

async fn switched_on() -> (ParameterStore, Launch) {
    let params = ParameterStore::start().await.expect("a store");
    params.put(PARAMETER, &on()).expect("the document fits");
    let launch = function!("value").parameter(&params);
    (params, launch)
}

/// Nothing is read and nothing injected, with `init()` too.
#[tokio::test]
async fn the_kill_switch() {
    for switch in ["CHAOS_DISABLED", "FAILURE_LAMBDA_DISABLED"] {
        let (params, launch) = switched_on().await;
        let function = launch.env(switch, "1").with_init().start().await;
        for _ in 0..20 {
            assert!(
                !is_on(&function.answer(json!({})).await),
                "{}",
                function.story()
            );
        }
        assert!(params.requests().is_empty(), "{:?}", params.requests());
    }
}

#[tokio::test]
async fn a_kill_switch_that_says_no_is_none() {
    let (_params, launch) = switched_on().await;
    let function = launch.env("CHAOS_DISABLED", "false").start().await;
    assert!(
        is_on(&function.answer(json!({})).await),
        "{}",
        function.story()
    );
}

#[tokio::test]
async fn a_dry_run_decides_and_injects_nothing() {
    let (_params, launch) = switched_on().await;
    let function = launch.env("CHAOS_DRY_RUN", "1").start().await;
    let reply = function.reply(json!({})).await;
    let answer = reply.payload().expect("it does not fail");
    assert!(!is_on(&answer), "{}", function.story());
    let line = function
        .line("what would be", |line| line.is_action("dryrun"))
        .await;
    assert_eq!(line.field("mode"), "statuscode", "{line}");
    assert_eq!(line.field("flag"), "statuscode", "{line}");
    assert_eq!(line.field("config_source"), "ssm", "{line}");
    assert_eq!(line.field("request_id"), reply.request_id, "{line}");
    assert!(
        function.actions("inject").is_empty(),
        "{}",
        function.story()
    );
}

#[tokio::test]
async fn a_document_can_ask_for_a_dry_run_itself() {
    let document = json!({
        "settings": {"dry_run": true},
        "statuscode": {"enabled": true, "status_code": 503}
    });
    let function = function!("value").document(&document).start().await;
    assert!(
        !is_on(&function.answer(json!({})).await),
        "{}",
        function.story()
    );
    function
        .line("what would be", |line| line.is_action("dryrun"))
        .await;
}

#[tokio::test]
async fn a_mode_that_is_not_allowed_is_blocked() {
    let (_params, launch) = switched_on().await;
    let function = launch.env("CHAOS_ALLOW", "latency,exception").start().await;
    assert!(
        !is_on(&function.answer(json!({})).await),
        "{}",
        function.story()
    );
    let line = function
        .line("what is blocked", |line| line.is_action("block"))
        .await;
    assert_eq!(line.field("mode"), "statuscode", "{line}");
    assert_eq!(line.field("level"), "WARN", "{line}");
}

#[tokio::test]
async fn a_mode_that_is_allowed_goes_on() {
    let (_params, launch) = switched_on().await;
    let function = launch.env("CHAOS_ALLOW", "statuscode").start().await;
    assert!(
        is_on(&function.answer(json!({})).await),
        "{}",
        function.story()
    );
}

/// The first source in the documented order, and a line about the other one.
#[tokio::test]
async fn of_two_sources_the_first_wins() {
    let (params, launch) = switched_on().await;
    let off = json!({"statuscode": {"enabled": false}});
    let function = launch.document(&off).start().await;
    assert!(
        !is_on(&function.answer(json!({})).await),
        "{}",
        function.story()
    );
    assert!(params.requests().is_empty(), "{:?}", params.requests());
    function.settle().await;
    let troubles = function.troubles();
    assert_eq!(troubles.len(), 1, "{}", function.story());
    assert!(
        troubles[0].to_string().contains("CHAOS_PARAM is ignored"),
        "{}",
        troubles[0]
    );
}

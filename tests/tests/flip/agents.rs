//! Documents that come through AWS's agents: `AppConfig`'s, and the Parameters and Secrets extension.

use chaos_local::{AppConfigAgent, Behaviour, ParameterStore, ParametersExtension};
use chaos_tests::document::{is_on, off, on};
use chaos_tests::{Launch, PARAMETER, Running, function, wait};
use serde_json::json;

async fn is_now_on(function: &Running) -> bool {
    is_on(&function.answer(json!({})).await)
}

async fn appconfig() -> (AppConfigAgent, Launch) {
    let agent = AppConfigAgent::start().await.expect("an agent");
    let mut launch = function!("value")
        .env("CHAOS_APPCONFIG_APPLICATION", "tests")
        .env("CHAOS_APPCONFIG_ENVIRONMENT", "local")
        .env("CHAOS_APPCONFIG_CONFIGURATION", "chaos");
    for (name, value) in agent.env() {
        launch = launch.env(name, value);
    }
    (agent, launch)
}

fn put(agent: &AppConfigAgent, document: String) {
    agent.put("tests", "local", "chaos", document);
}

/// The agent has the cache, so the next invocation sees what the agent has.
#[tokio::test]
async fn appconfig_is_read_at_every_invocation() {
    let (agent, launch) = appconfig().await;
    put(&agent, off());
    let function = launch.start().await;
    for (document, wanted) in [(on(), true), (off(), false), (on(), true)] {
        put(&agent, document);
        assert_eq!(is_now_on(&function).await, wanted, "{}", function.story());
    }
    let line = function
        .line("what was injected", |line| line.is_action("inject"))
        .await;
    assert_eq!(line.field("config_source"), "appconfig", "{line}");

    agent.delete("tests", "local", "chaos");
    assert!(!is_now_on(&function).await, "{}", function.story());
    function
        .line("that it is gone", |line| {
            line.to_string()
                .contains("AppConfig has no configuration chaos")
        })
        .await;
}

#[tokio::test]
async fn feature_flags_are_flipped_by_themselves() {
    let (agent, launch) = appconfig().await;
    let flags = |on: bool| {
        let flags = json!({
            "settings": {"enabled": true, "seed": 1},
            "latency": {"enabled": false, "min_latency": 20_000},
            "failing": {"enabled": on, "mode": "statuscode", "status_code": 503}
        });
        agent.put_flags("tests", "local", "chaos", &flags);
    };
    flags(false);
    let function = launch.with_init().start().await;
    assert_eq!(agent.count(), 1, "{}", function.story());
    for on in [false, true, false] {
        flags(on);
        assert_eq!(is_now_on(&function).await, on, "{}", function.story());
    }
    function.settle().await;
    assert!(function.troubles().is_empty(), "{}", function.story());
}

/// One line says what is missing, and the last document stays in force until the agent is back.
#[tokio::test]
async fn an_agent_that_goes_away_is_one_line() {
    let (agent, launch) = appconfig().await;
    put(&agent, on());
    let function = launch.start().await;
    assert!(is_now_on(&function).await, "{}", function.story());
    agent.behave(Behaviour::Refuse).await.expect("it can do so");
    for _ in 0..20 {
        assert!(is_now_on(&function).await, "{}", function.story());
    }
    put(&agent, off());
    agent.behave(Behaviour::Normal).await.expect("it can do so");
    let off = wait::until(wait::LONG, async || !is_now_on(&function).await);
    assert!(off.await, "it never came back\n{}", function.story());
    function.settle().await;
    let troubles = function.troubles();
    assert_eq!(troubles.len(), 1, "{}", function.story());
    let text = troubles[0].to_string();
    assert!(text.contains("AWS-AppConfig-Extension"), "{text}");
}

async fn extension() -> (ParameterStore, ParametersExtension, Launch) {
    let params = ParameterStore::start().await.expect("a store");
    let extension = ParametersExtension::start(&params).await.expect("a port");
    // the test function has the SDK too, where CHAOS_PARAM goes through that
    let mut launch = function!("value").env("TEST_EXTENSION", PARAMETER);
    for (name, value) in extension.env() {
        launch = launch.env(name, value);
    }
    (params, extension, launch)
}

#[tokio::test]
async fn a_parameter_is_read_through_the_extension() {
    let (params, _extension, launch) = extension().await;
    params.put_secure(PARAMETER, &off()).expect("it fits");
    let function = launch.start().await;
    // it would not answer before the first invocation
    assert_eq!(params.count("GetParameter"), 0, "{}", function.story());
    for (document, wanted) in [(on(), true), (off(), false), (on(), true), (off(), false)] {
        params.put(PARAMETER, &document).expect("it fits");
        assert_eq!(is_now_on(&function).await, wanted, "{}", function.story());
    }
    let asked = params.requests();
    assert_eq!(asked.len(), 4, "{}", function.story());
    assert!(
        asked.iter().all(|request| request.with_decryption),
        "{asked:?}"
    );
    function.settle().await;
    assert!(function.troubles().is_empty(), "{}", function.story());
}

#[tokio::test]
async fn without_the_layer_the_function_runs_and_one_line_says_so() {
    let (_params, extension, launch) = extension().await;
    extension
        .behave(Behaviour::Refuse)
        .await
        .expect("it can do so");
    let function = launch.start().await;
    for _ in 0..5 {
        assert!(!is_now_on(&function).await, "{}", function.story());
    }
    function.settle().await;
    let troubles = function.troubles();
    assert_eq!(troubles.len(), 1, "{}", function.story());
    let text = troubles[0].to_string();
    assert!(
        text.contains("AWS-Parameters-and-Secrets-Lambda-Extension"),
        "{text}"
    );
}

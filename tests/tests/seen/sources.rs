//! `config_source` says where the document came from.

use chaos_local::{AppConfigAgent, ParameterStore, ParametersExtension};
use chaos_tests::document::on;
use chaos_tests::{Launch, PARAMETER, function};
use serde_json::json;

/// Asserts that what is injected is said to come from there.
async fn comes_from(source: &str, launch: Launch) {
    let function = launch.start().await;
    function.answer(json!({})).await;
    let line = function
        .line("what was injected", |line| line.is_action("inject"))
        .await;
    assert_eq!(line.json()["config_source"], source, "{line}");
}

#[tokio::test]
async fn the_environment() {
    comes_from("env", function!("value").env("CHAOS_CONFIG", on())).await;
}

#[tokio::test]
async fn a_file() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), on()).expect("the file can be written");
    comes_from("file", function!("value").file(file.path())).await;
}

async fn store() -> ParameterStore {
    let params = ParameterStore::start().await.expect("a store");
    params.put(PARAMETER, &on()).expect("the document fits");
    params
}

#[tokio::test]
async fn a_parameter_through_the_sdk() {
    let params = store().await;
    comes_from("ssm", function!("value").parameter(&params)).await;
}

#[tokio::test]
async fn a_parameter_through_the_extension() {
    let params = store().await;
    let extension = ParametersExtension::start(&params).await.expect("an agent");
    let mut launch = function!("value").env("TEST_EXTENSION", PARAMETER);
    for (name, value) in extension.env() {
        launch = launch.env(name, value);
    }
    comes_from("ssm", launch).await;
}

#[tokio::test]
async fn appconfig() {
    let agent = AppConfigAgent::start().await.expect("an agent");
    agent.put("tests", "local", "chaos", on());
    let mut launch = function!("value")
        .env("CHAOS_APPCONFIG_APPLICATION", "tests")
        .env("CHAOS_APPCONFIG_ENVIRONMENT", "local")
        .env("CHAOS_APPCONFIG_CONFIGURATION", "chaos");
    for (name, value) in agent.env() {
        launch = launch.env(name, value);
    }
    comes_from("appconfig", launch).await;
}

//! `AppConfig` and SSM Parameter Store through their agents, which chaos-local plays.

#![cfg(feature = "extension")]

use std::time::Duration;

use chaos_core::plan;
use chaos_core::source::{AppConfigSource, ExtensionSource, Source, SourceError};
use chaos_local::{AppConfigAgent, Behaviour, ParameterStore, ParametersExtension};
use serde_json::json;

const OFF: &str = r#"{"latency": {"enabled": false}}"#;

async fn agent() -> (AppConfigAgent, AppConfigSource) {
    let agent = AppConfigAgent::start().await.unwrap();
    let source = AppConfigSource::new("orders & co", "prod/eu", "chaos");
    let source = source.port(agent.address().port());
    (agent, source)
}

fn put(agent: &AppConfigAgent, document: &str) {
    agent.put("orders & co", "prod/eu", "chaos", document);
}

async fn extension() -> (ParameterStore, ParametersExtension, ExtensionSource) {
    let params = ParameterStore::start().await.unwrap();
    let extension = ParametersExtension::start(&params).await.unwrap();
    let source = reading(&extension, "/orders/chaos");
    (params, extension, source)
}

fn reading(extension: &ParametersExtension, name: &str) -> ExtensionSource {
    let env = extension.env();
    let token = env.iter().find(|(name, _)| *name == "AWS_SESSION_TOKEN");
    ExtensionSource::new(name)
        .port(extension.address().port())
        .token(&token.unwrap().1)
}

/// The message of a fetch that got no answer about the document.
fn trouble(fetched: Result<String, SourceError>) -> String {
    let error = fetched.unwrap_err();
    assert!(error.is_unavailable(), "{error:?}");
    error.to_string()
}

#[tokio::test]
async fn a_configuration_is_read_as_it_is_now() {
    let (agent, source) = agent().await;
    for document in ["{}", OFF, ""] {
        put(&agent, document);
        assert_eq!(source.fetch().await.unwrap(), document);
    }
    assert_eq!(agent.count(), 3);
}

#[tokio::test]
async fn a_configuration_that_is_not_there_is_missing() {
    let (agent, source) = agent().await;
    let error = source.fetch().await.unwrap_err();
    assert!(error.is_missing(), "{error:?}");
    put(&agent, "{}");
    assert_eq!(source.fetch().await.unwrap(), "{}");
    agent.delete("orders & co", "prod/eu", "chaos");
    assert!(source.fetch().await.unwrap_err().is_missing());
}

#[tokio::test]
async fn feature_flags_are_a_document() {
    let (agent, source) = agent().await;
    let flags = json!({
        "settings": {"enabled": true, "seed": 7},
        "latency": {"enabled": false, "min_latency": 100},
        "slow-cache": {"enabled": false, "mode": "latency", "min_latency": 100, "point": "cache.*"},
        "failing": {
            "enabled": true, "mode": "statuscode", "status_code": 503,
            "match": r#"[{"path": "rawPath", "operator": "exists"}]"#
        }
    });
    agent.put_flags("orders & co", "prod/eu", "chaos", &flags);
    let reading = plan::read(&source.fetch().await.unwrap());
    assert_eq!(reading.findings, []);
    let on: Vec<&str> = reading.plan.active().map(|flag| &*flag.name).collect();
    assert_eq!(on, ["failing"]);
}

#[tokio::test]
async fn trouble_with_appconfig_says_what_to_do() {
    let (agent, source) = agent().await;
    put(&agent, "{}");
    for (behaviour, advice) in [
        (Behaviour::Throttled, "answered 429"),
        (Behaviour::AccessDenied, "appconfig:GetLatestConfiguration"),
        (Behaviour::InternalError, "answered 500"),
        (Behaviour::Refuse, "the layer AWS-AppConfig-Extension"),
        (Behaviour::Refuse, "AWS_APPCONFIG_EXTENSION_HTTP_PORT"),
    ] {
        agent.behave(behaviour).await.unwrap();
        let message = trouble(source.fetch().await);
        assert!(message.contains(advice), "{behaviour:?}: {message}");
    }
    agent.behave(Behaviour::Normal).await.unwrap();
    assert_eq!(source.fetch().await.unwrap(), "{}");
}

/// A fetch that is given up leaves nothing behind, and the next one is not in its way.
#[tokio::test]
async fn a_fetch_can_be_dropped_at_any_point() {
    let (agent, source) = agent().await;
    put(&agent, "{}");
    agent.behave(Behaviour::Silent).await.unwrap();
    let silent = tokio::time::timeout(Duration::from_millis(100), source.fetch());
    assert!(silent.await.is_err());
    agent.behave(Behaviour::Normal).await.unwrap();
    assert_eq!(source.fetch().await.unwrap(), "{}");
}

#[tokio::test]
async fn a_document_that_is_too_large_is_none() {
    let (agent, source) = agent().await;
    put(&agent, &" ".repeat(plan::MAX_DOCUMENT_BYTES));
    let size = source.fetch().await.unwrap().len();
    assert_eq!(size, plan::MAX_DOCUMENT_BYTES);
    put(&agent, &" ".repeat(plan::MAX_DOCUMENT_BYTES + 1));
    let error = source.fetch().await.unwrap_err();
    assert!(error.is_invalid(), "{error:?}");
}

#[tokio::test]
async fn a_parameter_is_read_as_it_is_now_and_decrypted() {
    let (params, extension, source) = extension().await;
    params.put("/orders/chaos", "{}").unwrap();
    assert_eq!(source.fetch().await.unwrap(), "{}");
    params.put_secure("/orders/chaos", OFF).unwrap();
    assert_eq!(source.fetch().await.unwrap(), OFF);
    assert!(
        params
            .requests()
            .iter()
            .all(|request| request.with_decryption)
    );

    let arn = params.get("/orders/chaos").unwrap().arn;
    for (name, value) in [
        ("/orders/chaos:1", "{}"),
        (&*arn, OFF),
        (&*format!("{arn}:2"), OFF),
    ] {
        let source = reading(&extension, name);
        assert_eq!(source.fetch().await.unwrap(), value, "{name}");
    }
}

#[tokio::test]
async fn a_parameter_or_version_that_does_not_exist_is_missing() {
    let (params, extension, source) = extension().await;
    let error = source.fetch().await.unwrap_err();
    assert!(error.is_missing(), "{error:?}");
    params.put("/orders/chaos", "{}").unwrap();
    assert_eq!(source.fetch().await.unwrap(), "{}");
    let version = reading(&extension, "/orders/chaos:9");
    assert!(version.fetch().await.unwrap_err().is_missing());
    assert!(params.delete("/orders/chaos"));
    assert!(source.fetch().await.unwrap_err().is_missing());
}

#[tokio::test]
async fn trouble_with_the_extension_says_what_to_do() {
    let (params, extension, source) = extension().await;
    params.put("/orders/chaos", "{}").unwrap();
    for (behaviour, advice) in [
        (Behaviour::Throttled, "raise SSM_PARAMETER_STORE_TTL"),
        (
            Behaviour::AccessDenied,
            "ssm:GetParameter on arn:aws:ssm:*:*:parameter/orders/chaos",
        ),
        (Behaviour::InternalError, "answered 500"),
        (Behaviour::Refuse, "answered 500"),
    ] {
        params.behave(behaviour).await.unwrap();
        let message = trouble(source.fetch().await);
        assert!(message.contains(advice), "{behaviour:?}: {message}");
    }
    params.behave(Behaviour::Normal).await.unwrap();
    assert_eq!(source.fetch().await.unwrap(), "{}");

    let stranger = source.clone().token("another");
    let message = trouble(stranger.fetch().await);
    assert!(message.contains("AWS_SESSION_TOKEN"), "{message}");

    extension.behave(Behaviour::Refuse).await.unwrap();
    let message = trouble(source.fetch().await);
    for advice in [
        "the layer AWS-Parameters-and-Secrets-Lambda-Extension",
        "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT",
    ] {
        assert!(message.contains(advice), "{message}");
    }
}

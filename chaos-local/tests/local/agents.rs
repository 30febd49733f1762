//! The agents that AWS offers as Lambda layers.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use chaos_local::{AppConfigAgent, Behaviour, ParameterStore, ParametersExtension};
use serde_json::json;

use crate::support::{Response, http, soon};

const PATH: &str = "/applications/orders/environments/production/configurations/chaos";

async fn get(agent: &AppConfigAgent, path: &str) -> Response {
    soon("an answer", http(agent.address(), "GET", path, &[], ""))
        .await
        .unwrap()
}

fn text(response: &Response) -> &str {
    std::str::from_utf8(&response.body).unwrap()
}

#[tokio::test]
async fn a_configuration_is_there_until_it_is_deleted() {
    let agent = AppConfigAgent::start().await.unwrap();
    assert_eq!(get(&agent, PATH).await.status, 404);
    for (version, document) in [("1", "{}"), ("2", "plain")] {
        agent.put("orders", "production", "chaos", document);
        let response = get(&agent, PATH).await;
        assert_eq!((response.status, text(&response)), (200, document));
        assert_eq!(response.headers["configuration-version"], version);
        let is_json = response.headers["content-type"] == "application/json";
        assert_eq!(is_json, document == "{}");
    }
    assert_eq!(
        get(&agent, &PATH.replace("production", "test"))
            .await
            .status,
        404
    );
    assert_eq!(get(&agent, "/applications/orders").await.status, 400);
    assert!(agent.delete("orders", "production", "chaos"));
    assert!(!agent.delete("orders", "production", "chaos"));
    assert_eq!(get(&agent, PATH).await.status, 404);
    assert_eq!(agent.count(), 6);
    soon("the requests", agent.arrived(6)).await;
    let port = agent.address().port().to_string();
    assert_eq!(agent.env(), [("AWS_APPCONFIG_EXTENSION_HTTP_PORT", port)]);
}

#[tokio::test]
async fn of_a_flag_that_is_off_nothing_else_is_told() {
    let agent = AppConfigAgent::start().await.unwrap();
    let flags = json!({"a": {"enabled": true, "n": 1}, "b": {"enabled": false, "n": 2}});
    agent.put_flags("orders", "production", "chaos", &flags);
    let told = get(&agent, PATH).await.json();
    assert_eq!(
        told,
        json!({"a": {"enabled": true, "n": 1}, "b": {"enabled": false}})
    );
}

#[tokio::test]
async fn the_agent_misbehaves_as_it_is_told() {
    let agent = AppConfigAgent::start().await.unwrap();
    agent.put("orders", "production", "chaos", "{}");
    for (behaviour, status) in [
        (Behaviour::Throttled, 429),
        (Behaviour::AccessDenied, 403),
        (Behaviour::InternalError, 500),
        (Behaviour::Normal, 200),
    ] {
        agent.behave(behaviour).await.unwrap();
        assert_eq!(get(&agent, PATH).await.status, status, "{behaviour:?}");
    }
    let wait = Duration::from_millis(200);
    agent.behave(Behaviour::Slow(wait)).await.unwrap();
    let started = Instant::now();
    assert_eq!(get(&agent, PATH).await.status, 200);
    assert!(started.elapsed() >= wait);

    agent.behave(Behaviour::Refuse).await.unwrap();
    let refused = http(agent.address(), "GET", PATH, &[], "")
        .await
        .err()
        .unwrap();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    agent.behave(Behaviour::Normal).await.unwrap();
    assert_eq!(get(&agent, PATH).await.status, 200);
}

/// One request to the extension, with this token.
async fn ask(extension: &ParametersExtension, query: &str, token: Option<&str>) -> Response {
    let path = format!("/systemsmanager/parameters/get?{query}");
    let header = token.map(|token| ("X-Aws-Parameters-Secrets-Token", token));
    let call = http(extension.address(), "GET", &path, header.as_slice(), "");
    soon("an answer", call).await.unwrap()
}

async fn extension() -> (ParameterStore, ParametersExtension, String) {
    let params = ParameterStore::start().await.unwrap();
    let extension = ParametersExtension::start(&params).await.unwrap();
    let env = extension.env();
    let [(port_name, port), (token_name, token)] = env.try_into().unwrap();
    assert_eq!(port_name, "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT");
    assert_eq!(port, extension.address().port().to_string());
    assert_eq!(token_name, "AWS_SESSION_TOKEN");
    (params, extension, token)
}

#[tokio::test]
async fn the_extension_serves_the_store() {
    let (params, extension, token) = extension().await;
    params.put("/a", "one").unwrap();
    params.put_secure("/a", "two").unwrap();
    let ask = async |query: &str| ask(&extension, query, Some(&token)).await;

    let got = ask("name=%2Fa&withDecryption=true").await;
    assert_eq!(got.status, 200);
    assert_eq!(got.json()["Parameter"]["Value"], "two");
    assert_eq!(got.json()["Parameter"]["Type"], "SecureString");
    let opaque = ask("name=%2Fa").await.json();
    assert_ne!(opaque["Parameter"]["Value"], "two");
    let first = ask("name=%2Fa&version=1").await.json();
    assert_eq!(first["Parameter"]["Value"], "one");

    for (query, code) in [
        ("name=/b", "ParameterNotFound"),
        ("name=/a&version=9", "VersionNotFound"),
    ] {
        let missing = ask(query).await;
        assert_eq!(missing.status, 400);
        assert!(text(&missing).contains(code), "{}", text(&missing));
    }
    assert_eq!(ask("withDecryption=true").await.status, 400);
    assert_eq!(params.count("GetParameter"), 5);
    assert!(params.requests()[0].with_decryption);
    assert_eq!(params.requests()[2].names, ["/a:1"]);
}

#[tokio::test]
async fn nobody_is_let_in_without_the_token() {
    let (params, extension, _) = extension().await;
    params.put("/a", "1").unwrap();
    for token in [None, Some(""), Some("another")] {
        let refused = ask(&extension, "name=/a", token).await;
        assert_eq!(refused.status, 401, "{token:?}");
        assert!(!text(&refused).contains("Value"));
    }
    assert_eq!(params.count("GetParameter"), 0);
}

#[tokio::test]
async fn the_stores_behaviour_shows_and_the_extension_has_its_own() {
    let (params, extension, token) = extension().await;
    params.put("/a", "1").unwrap();
    let cases = [
        (Behaviour::Throttled, 400, "ThrottlingException"),
        (Behaviour::AccessDenied, 400, "AccessDeniedException"),
        (Behaviour::InternalError, 500, "InternalServerError"),
        (Behaviour::Normal, 200, "Value"),
    ];
    for (behaviour, status, says) in cases {
        params.behave(behaviour).await.unwrap();
        let answer = ask(&extension, "name=/a", Some(&token)).await;
        assert_eq!(answer.status, status, "{behaviour:?}");
        assert!(text(&answer).contains(says), "{}", text(&answer));
    }
    assert_eq!(params.count("GetParameter"), 4);
    for (behaviour, status, says) in cases {
        extension.behave(behaviour).await.unwrap();
        let answer = ask(&extension, "name=/a", Some(&token)).await;
        assert_eq!(
            (answer.status, text(&answer).contains(says)),
            (status, true)
        );
    }
    assert_eq!(params.count("GetParameter"), 5);

    params.behave(Behaviour::Refuse).await.unwrap();
    assert_eq!(ask(&extension, "name=/a", Some(&token)).await.status, 500);
    extension.behave(Behaviour::Refuse).await.unwrap();
    let refused = http(extension.address(), "GET", "/", &[], "")
        .await
        .err()
        .unwrap();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
}

//! `AppConfig`'s control plane on the wire, and what its agent serves of it.

use std::time::Duration;

use chaos_local::{AppConfig, AppConfigAgent, Behaviour, DeploymentState};
use serde_json::{Value, json};

use crate::support::{Response, http, soon};

const NAMES: [&str; 3] = ["orders", "production", "chaos"];

async fn both() -> (AppConfigAgent, AppConfig) {
    let agent = AppConfigAgent::start().await.unwrap();
    let appconfig = AppConfig::start(&agent).await.unwrap();
    (agent, appconfig)
}

async fn call(appconfig: &AppConfig, method: &str, path: &str, body: &Value) -> Response {
    let json = [("content-type", "application/json")];
    let body = body.to_string();
    let call = http(appconfig.address(), method, path, &json, &body);
    soon("an answer", call).await.unwrap()
}

async fn created(appconfig: &AppConfig, path: &str, body: Value) -> String {
    let response = call(appconfig, "POST", path, &body).await;
    assert_eq!(response.status, 201);
    response.json()["Id"].as_str().unwrap().to_owned()
}

/// The error's code and status; it has a message.
fn refused(response: &Response) -> (u16, &str) {
    assert!(response.json()["Message"].is_string());
    (response.status, &response.headers["x-amzn-errortype"])
}

/// What a function gets.
async fn served(
    agent: &AppConfigAgent,
    [application, environment, profile]: [&str; 3],
) -> (u16, String) {
    let path =
        format!("/applications/{application}/environments/{environment}/configurations/{profile}");
    let answer = http(agent.address(), "GET", &path, &[], "").await.unwrap();
    (answer.status, String::from_utf8(answer.body).unwrap())
}

/// An application with an environment and a profile, made over the wire.
struct Made {
    application: String,
    environment: String,
    profile: String,
}

impl Made {
    async fn by(appconfig: &AppConfig) -> Self {
        let application = created(appconfig, "/applications", json!({"Name": "orders"})).await;
        let at = format!("/applications/{application}");
        let environment = format!("{at}/environments");
        let environment = created(appconfig, &environment, json!({"Name": "production"})).await;
        let profile = format!("{at}/configurationprofiles");
        let fields = json!({"Name": "chaos", "LocationUri": "hosted"});
        let profile = created(appconfig, &profile, fields).await;
        Self {
            application,
            environment,
            profile,
        }
    }

    fn versions(&self) -> String {
        let Self {
            application,
            profile,
            ..
        } = self;
        format!(
            "/applications/{application}/configurationprofiles/{profile}/hostedconfigurationversions"
        )
    }

    fn deployments(&self) -> String {
        let Self {
            application,
            environment,
            ..
        } = self;
        format!("/applications/{application}/environments/{environment}/deployments")
    }

    fn start(&self, version: &str, strategy: &str) -> Value {
        json!({
            "ConfigurationProfileId": self.profile,
            "ConfigurationVersion": version,
            "DeploymentStrategyId": strategy,
        })
    }
}

#[tokio::test]
async fn what_is_deployed_is_served() {
    let (agent, appconfig) = both().await;
    let made = Made::by(&appconfig).await;
    let response = call(&appconfig, "POST", &made.versions(), &json!({"a": 1})).await;
    assert_eq!(response.status, 201);
    assert_eq!(response.headers["version-number"], "1");
    assert_eq!(response.json(), json!({"a": 1}));
    assert_eq!(
        served(&agent, NAMES).await.0,
        404,
        "a version is no deployment"
    );

    let fields = json!({
        "Name": "at once", "DeploymentDurationInMinutes": 0, "FinalBakeTimeInMinutes": 0,
        "GrowthFactor": 100, "ReplicateTo": "NONE",
    });
    let strategy = created(&appconfig, "/deploymentstrategies", fields).await;
    let start = made.start("1", &strategy);
    let started = call(&appconfig, "POST", &made.deployments(), &start).await;
    assert_eq!(
        (started.status, started.json()["State"].as_str()),
        (201, Some("DEPLOYING"))
    );
    let one = format!("{}/1", made.deployments());
    let complete = async {
        while call(&appconfig, "GET", &one, &Value::Null).await.json()["State"] != "COMPLETE" {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    soon("the end of a deployment", complete).await;
    assert_eq!(
        served(&agent, NAMES).await,
        (200, json!({"a": 1}).to_string())
    );
    let ids = [&*made.application, &*made.environment, &*made.profile];
    assert_eq!(served(&agent, ids).await.0, 200, "by ids too");

    let listed = call(&appconfig, "GET", &made.deployments(), &Value::Null)
        .await
        .json();
    assert_eq!(listed["Items"][0]["ConfigurationName"], "chaos");
    assert_eq!(listed["Items"][0]["ConfigurationVersion"], "1");
    assert!(
        listed["Items"][0]["CompletedAt"]
            .as_str()
            .unwrap()
            .ends_with('Z')
    );
}

#[tokio::test]
async fn an_environment_takes_one_deployment_at_a_time() {
    let (agent, appconfig) = both().await;
    appconfig.deploy(NAMES, "first").await.unwrap();
    appconfig.begin(NAMES, "second").unwrap();
    assert_eq!(served(&agent, NAMES).await.1, "first");
    assert_eq!(
        appconfig.begin(NAMES, "third").unwrap_err().code,
        "ConflictException"
    );
    let other = ["orders", "production", "other"];
    assert_eq!(appconfig.begin(other, "x").unwrap_err().status, 409);
    let elsewhere = ["orders", "staging", "chaos"];
    assert!(appconfig.begin(elsewhere, "x").is_ok());

    // Stopped, and another one can begin a moment later.
    let applications = call(&appconfig, "GET", "/applications", &Value::Null)
        .await
        .json();
    let application = applications["Items"][0]["Id"].as_str().unwrap();
    let environments = format!("/applications/{application}/environments");
    let environments = call(&appconfig, "GET", &environments, &Value::Null)
        .await
        .json();
    let production = &environments["Items"][0];
    assert_eq!(
        (&production["Name"], &production["State"]),
        (&json!("production"), &json!("DEPLOYING"))
    );
    let id = production["Id"].as_str().unwrap();
    let two = format!("/applications/{application}/environments/{id}/deployments/2");
    let stopped = call(&appconfig, "DELETE", &two, &Value::Null).await;
    assert_eq!(
        (stopped.status, &stopped.json()["State"]),
        (202, &json!("ROLLING_BACK"))
    );
    let again = call(&appconfig, "DELETE", &two, &Value::Null).await;
    assert_eq!(refused(&again), (400, "BadRequestException"));
    let begun = async {
        while appconfig.begin(NAMES, "fourth").is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    soon("another deployment", begun).await;
    let states: Vec<DeploymentState> = appconfig
        .deployments("orders", "production")
        .iter()
        .map(|deployment| deployment.state)
        .collect();
    assert_eq!(
        states,
        [
            DeploymentState::Complete,
            DeploymentState::RolledBack,
            DeploymentState::Deploying
        ]
    );
    assert_eq!(served(&agent, NAMES).await.1, "first");
}

#[tokio::test]
async fn tokens_that_are_out_of_date_are_refused() {
    let (_agent, appconfig) = both().await;
    let made = Made::by(&appconfig).await;
    let versions = made.versions();
    let add = async |latest: &str| {
        let headers = [
            ("content-type", "application/json"),
            ("latest-version-number", latest),
        ];
        let call = http(appconfig.address(), "POST", &versions, &headers, "{}");
        soon("an answer", call).await.unwrap()
    };
    call(&appconfig, "POST", &made.versions(), &json!({})).await;
    assert_eq!(add("1").await.status, 201);
    assert_eq!(refused(&add("1").await), (409, "ConflictException"));
    appconfig.add_before("CreateHostedConfigurationVersion", NAMES, "between");
    assert_eq!(refused(&add("2").await), (409, "ConflictException"));
    assert_eq!(
        appconfig.versions("orders", "chaos"),
        ["{}", "{}", "between"]
    );

    let mut start = made.start("1", "AppConfig.AllAtOnce");
    start["LatestDeploymentNumber"] = json!(7);
    let answer = call(&appconfig, "POST", &made.deployments(), &start).await;
    assert_eq!(refused(&answer), (409, "ConflictException"));
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let (_agent, appconfig) = both().await;
    let made = Made::by(&appconfig).await;
    let nothing = &Value::Null;
    for (method, path, body) in [
        ("GET", "/applications/abc/environments".to_owned(), nothing),
        ("GET", format!("{}/1", made.versions()), nothing),
        ("GET", format!("{}/1", made.deployments()), nothing),
        (
            "POST",
            made.deployments(),
            &made.start("1", "AppConfig.AllAtOnce"),
        ),
    ] {
        let answer = call(&appconfig, method, &path, body).await;
        assert_eq!(
            refused(&answer),
            (404, "ResourceNotFoundException"),
            "{path}"
        );
    }
    let nameless = call(&appconfig, "POST", "/applications", &json!({})).await;
    assert_eq!(refused(&nameless), (400, "BadRequestException"));
    let unknown = call(&appconfig, "DELETE", "/applications", nothing).await;
    assert_eq!(
        unknown.headers["x-amzn-errortype"],
        "UnknownOperationException"
    );
}

#[tokio::test]
async fn lists_come_in_pages_newest_version_first() {
    let (_agent, appconfig) = both().await;
    for version in 1..=3 {
        appconfig.deploy(NAMES, &version.to_string()).await.unwrap();
    }
    let applications = call(&appconfig, "GET", "/applications", &Value::Null)
        .await
        .json();
    let application = applications["Items"][0]["Id"].as_str().unwrap();
    let profiles = format!("/applications/{application}/configurationprofiles");
    let listed = call(&appconfig, "GET", &profiles, &Value::Null)
        .await
        .json();
    let profile = listed["Items"][0]["Id"].as_str().unwrap();
    let versions = format!("{profiles}/{profile}/hostedconfigurationversions");
    let page = async |query: &str| {
        let path = format!("{versions}?{query}");
        call(&appconfig, "GET", &path, &Value::Null).await
    };
    let first = page("max_results=2").await.json();
    assert_eq!(first["Items"][0]["VersionNumber"], 3);
    let token = first["NextToken"].as_str().unwrap();
    let second = page(&format!("max_results=2&next_token={token}"))
        .await
        .json();
    assert_eq!(second["Items"][0]["VersionNumber"], 1);
    assert!(second["NextToken"].is_null());
    assert_eq!(page("max_results=0").await.status, 400);
}

#[tokio::test]
async fn feature_flags_arrive_as_the_agent_serves_them() {
    let (agent, appconfig) = both().await;
    let content = json!({
        "version": "1",
        "flags": {"latency": {"name": "latency"}},
        "values": {"latency": {"enabled": true, "min_latency": 5, "_updatedAt": "2026"}},
    });
    appconfig
        .deploy_flags(NAMES, &content.to_string())
        .await
        .unwrap();
    let (status, text) = served(&agent, NAMES).await;
    assert_eq!(status, 200);
    let text: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        text,
        json!({"latency": {"enabled": true, "min_latency": 5}})
    );
    agent.put("orders", "production", "chaos", "by hand");
    assert_eq!(
        served(&agent, NAMES).await.1,
        "by hand",
        "what is put goes first"
    );
}

#[tokio::test]
async fn it_misbehaves_as_it_is_told() {
    let (_agent, appconfig) = both().await;
    appconfig.deny(["ListApplications"]);
    let denied = call(&appconfig, "GET", "/applications", &Value::Null).await;
    assert_eq!(refused(&denied), (403, "AccessDeniedException"));
    assert_eq!(
        call(&appconfig, "GET", "/deploymentstrategies", &Value::Null)
            .await
            .status,
        200
    );
    appconfig.deny([]);
    for (behaviour, expected) in [
        (Behaviour::Throttled, (429, "ThrottlingException")),
        (Behaviour::InternalError, (500, "InternalServerException")),
    ] {
        appconfig.behave(behaviour).await.unwrap();
        let answer = call(&appconfig, "GET", "/applications", &Value::Null).await;
        assert_eq!(refused(&answer), expected);
    }
    assert_eq!(appconfig.requests().len(), 4);
}

//! Answers as the service writes them.

use std::time::SystemTime;

use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::deployment::{Record, Strategy};
use super::request::Request;
use super::store::{Application, Environment, Hosted, Profile};
use crate::server::Answer;
use crate::ssm::ServiceError;

pub(super) fn application(application: &Application) -> Value {
    json!({ "Id": application.id, "Name": application.name })
}

pub(super) fn environment(application: &str, environment: &Environment) -> Value {
    let under_way = environment
        .deployments
        .last()
        .is_some_and(|last| last.state().is_under_way());
    json!({
        "ApplicationId": application,
        "Id": environment.id,
        "Name": environment.name,
        "State": if under_way { "DEPLOYING" } else { "READY_FOR_DEPLOYMENT" },
    })
}

pub(super) fn profile(application: &str, profile: &Profile) -> Value {
    json!({
        "ApplicationId": application,
        "Id": profile.id,
        "LocationUri": profile.location,
        "Name": profile.name,
        "Type": profile.kind,
    })
}

pub(super) fn strategy(strategy: &Strategy) -> Value {
    json!({
        "DeploymentDurationInMinutes": strategy.minutes,
        "FinalBakeTimeInMinutes": strategy.bake_minutes,
        "GrowthFactor": strategy.growth,
        "GrowthType": strategy.growth_type,
        "Id": strategy.id,
        "Name": strategy.name,
        "ReplicateTo": "NONE",
    })
}

pub(super) fn summary(record: &Record) -> Value {
    json!({
        "CompletedAt": record.completed_at().map(rfc3339),
        "ConfigurationName": record.profile_name,
        "ConfigurationProfileId": record.profile,
        "ConfigurationVersion": record.version.to_string(),
        "DeploymentDurationInMinutes": record.strategy.minutes,
        "DeploymentNumber": record.number,
        "FinalBakeTimeInMinutes": record.strategy.bake_minutes,
        "GrowthFactor": record.strategy.growth,
        "GrowthType": record.strategy.growth_type,
        "PercentageComplete": record.percentage(),
        "StartedAt": rfc3339(record.began_at),
        "State": record.state().word(),
    })
}

/// All that is known of the deployment that a request is about.
pub(super) fn deployment(status: StatusCode, request: &Request, record: &Record) -> Answer {
    let mut deployment = summary(record);
    deployment["ApplicationId"] = request.part(1).into();
    deployment["EnvironmentId"] = request.part(3).into();
    deployment["DeploymentStrategyId"] = record.strategy.id.clone().into();
    deployment["Description"] = record.description.clone().into();
    deployment["ConfigurationLocationUri"] = "hosted".into();
    deployment["EventLog"] = json!([]);
    reply(status, &deployment)
}

fn rfc3339(time: SystemTime) -> String {
    // Only years beyond 9999 cannot be written.
    OffsetDateTime::from(time)
        .format(&Rfc3339)
        .unwrap_or_default()
}

/// A configuration as it is, with what is known of it in headers.
pub(super) fn hosted(
    status: StatusCode,
    application: &str,
    profile: &str,
    version: &Hosted,
) -> Answer {
    let mut answer = Response::new(Full::new(version.content.clone()));
    *answer.status_mut() = status;
    let number = version.number.to_string();
    let known = [
        (HeaderName::from_static("application-id"), Some(application)),
        (
            HeaderName::from_static("configuration-profile-id"),
            Some(profile),
        ),
        (HeaderName::from_static("version-number"), Some(&number)),
        (
            HeaderName::from_static("description"),
            version.description.as_deref(),
        ),
        (
            HeaderName::from_static("versionlabel"),
            version.label.as_deref(),
        ),
        (header::CONTENT_TYPE, Some(&version.content_type)),
    ];
    for (name, value) in known {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}

pub(super) fn reply(status: StatusCode, body: &Value) -> Answer {
    let mut answer = Response::new(Full::from(body.to_string()));
    *answer.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    answer.headers_mut().insert(header::CONTENT_TYPE, json);
    answer
}

pub(super) fn failure(error: &ServiceError) -> Answer {
    let status = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = reply(status, &json!({ "Message": error.message }));
    let code = HeaderValue::from_static(error.code);
    answer.headers_mut().insert("x-amzn-errortype", code);
    answer
}

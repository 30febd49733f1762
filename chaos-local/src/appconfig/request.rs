//! A request over REST, taken apart.

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};

use super::shown::reply;
use super::store::bad_request;
use crate::server::Answer;
use crate::ssm::ServiceError;

/// The most entries of one page, and so many unless fewer are asked for.
const MOST: usize = 50;

/// A request, taken apart.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) path: Vec<String>,
    pub(super) query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// What a path and a method ask for.
pub(super) fn action(method: &Method, path: &[String]) -> &'static str {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match (method.as_str(), &path[..]) {
        ("POST", ["applications"]) => "CreateApplication",
        ("GET", ["applications"]) => "ListApplications",
        ("POST", ["applications", _, "environments"]) => "CreateEnvironment",
        ("GET", ["applications", _, "environments"]) => "ListEnvironments",
        ("POST", ["applications", _, "configurationprofiles"]) => "CreateConfigurationProfile",
        ("GET", ["applications", _, "configurationprofiles"]) => "ListConfigurationProfiles",
        (
            "POST",
            [
                "applications",
                _,
                "configurationprofiles",
                _,
                "hostedconfigurationversions",
            ],
        ) => "CreateHostedConfigurationVersion",
        (
            "GET",
            [
                "applications",
                _,
                "configurationprofiles",
                _,
                "hostedconfigurationversions",
            ],
        ) => "ListHostedConfigurationVersions",
        (
            "GET",
            [
                "applications",
                _,
                "configurationprofiles",
                _,
                "hostedconfigurationversions",
                _,
            ],
        ) => "GetHostedConfigurationVersion",
        ("POST", ["applications", _, "environments", _, "deployments"]) => "StartDeployment",
        ("GET", ["applications", _, "environments", _, "deployments"]) => "ListDeployments",
        ("GET", ["applications", _, "environments", _, "deployments", _]) => "GetDeployment",
        ("DELETE", ["applications", _, "environments", _, "deployments", _]) => "StopDeployment",
        ("POST", ["deploymentstrategies"]) => "CreateDeploymentStrategy",
        ("GET", ["deploymentstrategies"]) => "ListDeploymentStrategies",
        _ => "",
    }
}

impl Request {
    /// A part of the path; nothing where there is none.
    pub(super) fn part(&self, position: usize) -> &str {
        self.path.get(position).map_or("", String::as_str)
    }

    /// The body's fields; null if it has none.
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub(super) fn field(&self, name: &str) -> Option<String> {
        self.json()[name].as_str().map(str::to_owned)
    }

    /// A field that has to be there.
    pub(super) fn text(&self, name: &str) -> Result<String, ServiceError> {
        let text = self.field(name).filter(|text| !text.is_empty());
        text.ok_or_else(|| bad_request(format!("{name} is missing.")))
    }

    pub(super) fn header<T: std::str::FromStr>(
        &self,
        name: &str,
    ) -> Result<Option<T>, ServiceError> {
        let Some(value) = self.headers.get(name) else {
            return Ok(None);
        };
        let value = value.to_str().ok().and_then(|value| value.parse().ok());
        value
            .map(Some)
            .ok_or_else(|| bad_request(format!("The header {name} is not as it should be.")))
    }

    /// The entries from where the last page ended.
    pub(super) fn page(
        &self,
        entries: impl Iterator<Item = Value>,
    ) -> Result<Answer, ServiceError> {
        let asked = |name: &str| {
            let found = self.query.iter().find(|(key, _)| key == name);
            found.map(|(_, value)| value.parse::<usize>())
        };
        let most = asked("max_results").unwrap_or(Ok(MOST)).ok();
        let start = asked("next_token").unwrap_or(Ok(0)).ok();
        let (Some(most @ 1..=MOST), Some(start)) = (most, start) else {
            return Err(bad_request("max_results or next_token is not valid."));
        };
        let mut items: Vec<Value> = entries.skip(start).take(most + 1).collect();
        let more = items.len() > most;
        items.truncate(most);
        let mut page = json!({ "Items": items });
        if more {
            page["NextToken"] = (start + most).to_string().into();
        }
        Ok(reply(StatusCode::OK, &page))
    }
}

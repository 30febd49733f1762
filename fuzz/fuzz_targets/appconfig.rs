//! AppConfig's control plane and its agent: any requests, one after the other, with and without ids
//! that are there.
#![no_main]

use arbitrary::{Result, Unstructured};
use bytes::Bytes;
use chaos_fuzz::requests::{at_once, body, json, method, part, request, run};
use chaos_local::{AppConfig, AppConfigAgent};
use libfuzzer_sys::fuzz_target;

const WORDS: &[&str] = &[
    "applications",
    "environments",
    "configurationprofiles",
    "hostedconfigurationversions",
    "deployments",
    "deploymentstrategies",
    "configurations",
];
const NAMES: &[&str] = &["orders", "production", "chaos", "1", "0", "é"];
const KEYS: &[&str] = &[
    "Name",
    "Description",
    "Type",
    "LocationUri",
    "DeploymentStrategyId",
    "ConfigurationProfileId",
    "ConfigurationVersion",
    "DeploymentDurationInMinutes",
    "GrowthFactor",
    "GrowthType",
    "FinalBakeTimeInMinutes",
    "ReplicateTo",
    "flags",
    "values",
    "version",
    "enabled",
];
const HEADERS: &[(&str, &[&str])] = &[
    ("content-type", &["application/json", "text/plain", ""]),
    (
        "latest-version-number",
        &["1", "0", "-1", "18446744073709551615", "x"],
    ),
    ("versionlabel", &["a", "1"]),
    ("description", &["a"]),
];

fuzz_target!(|data: &[u8]| {
    run(async {
        // Too few bytes, or too many for what is drawn from them.
        let _ = served(&mut Unstructured::new(data)).await;
    });
});

async fn served(u: &mut Unstructured<'_>) -> Result<()> {
    let agent = AppConfigAgent::start().await.expect("it does not listen");
    let control = AppConfig::start(&agent).await.expect("it does not listen");
    if u.arbitrary()? {
        let names = ["orders", "production", "chaos"];
        // What is no content is refused.
        let _ = control.begin(names, u.arbitrary()?);
    }
    for _ in 0..u.int_in_range(1..=6)? {
        let mut path = String::new();
        let mut ids = Vec::new();
        for _ in 0..u.int_in_range(1..=6)? {
            path = format!("{path}/{}", part(u, WORDS)?);
            if u.ratio(3, 4)? {
                path = format!("{path}/{}", id(u, &control, &mut ids)?);
            }
        }
        if u.ratio(1, 4)? {
            path = format!(
                "{path}?max_results={}&next_token={}",
                part(u, &["1", "51"])?,
                part(u, &["0", "1", "18446744073709551615"])?
            );
        }
        let (asked, body) = (method(u)?, body(u, KEYS)?);
        if u.ratio(3, 4)? {
            at_once(&control, request(u, asked, &path, HEADERS, body)?)
                .expect("its answer does not come at once");
        } else {
            at_once(&agent, request(u, asked, &path, HEADERS, Bytes::new())?)
                .expect("its answer does not come at once");
        }
    }
    Ok(())
}

/// A name, or an id of what is there.
fn id(u: &mut Unstructured<'_>, control: &AppConfig, ids: &mut Vec<String>) -> Result<String> {
    if u.arbitrary()? {
        return part(u, NAMES);
    }
    if ids.is_empty() {
        let list = http::Request::get("/applications").body(Bytes::new());
        let list =
            at_once(control, list.expect("a request")).expect("its answer does not come at once");
        let items = json(&list)["Items"].as_array().cloned().unwrap_or_default();
        ids.extend(
            items
                .iter()
                .filter_map(|one| one["Id"].as_str().map(str::to_owned)),
        );
    }
    Ok(match ids.first() {
        Some(id) => id.clone(),
        None => "0".to_owned(),
    })
}

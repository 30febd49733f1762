//! What is known of parameters beside their values: `DescribeParameters`, and every version that is
//! kept: `GetParameterHistory`.

use serde::Deserialize;
use serde_json::{Value, json};

use super::error::ServiceError;
use super::protocol::{modified, value};
use super::store::{Parameter, Store};

/// The most entries of one page, and so many unless fewer are asked for.
const MOST: usize = 50;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetParameterHistory {
    name: String,
    #[serde(default)]
    with_decryption: bool,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DescribeParameters {
    #[serde(default)]
    parameter_filters: Vec<Filter>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Filter {
    key: String,
    option: Option<String>,
    #[serde(default)]
    values: Vec<String>,
}

pub(super) fn history(store: &Store, request: &GetParameterHistory) -> Result<Value, ServiceError> {
    let versions = store.history(&request.name)?.iter().map(|version| {
        let mut entry = metadata(version);
        entry["Value"] = value(version, request.with_decryption).into();
        entry["Labels"] = json!([]);
        entry
    });
    page(
        &versions.collect::<Vec<_>>(),
        request.max_results,
        request.next_token.as_deref(),
    )
}

pub(super) fn describe(store: &Store, request: &DescribeParameters) -> Result<Value, ServiceError> {
    let mut found = Vec::new();
    for parameter in store.all() {
        let mut meets = true;
        for filter in &request.parameter_filters {
            meets &= filter.meets(parameter)?;
        }
        if meets {
            let mut entry = metadata(parameter);
            entry["ARN"] = parameter.arn.clone().into();
            found.push(entry);
        }
    }
    page(&found, request.max_results, request.next_token.as_deref())
}

impl Filter {
    fn meets(&self, parameter: &Parameter) -> Result<bool, ServiceError> {
        let option = self.option.as_deref().unwrap_or("Equals");
        let any = |meets: &dyn Fn(&str) -> bool| self.values.iter().any(|value| meets(value));
        match (&*self.key, option) {
            ("Name", "Equals") => Ok(any(&|value| value == parameter.name)),
            ("Name", "BeginsWith") => Ok(any(&|value| parameter.name.starts_with(value))),
            ("Name", "Contains") => Ok(any(&|value| parameter.name.contains(value))),
            ("Type", "Equals") => Ok(any(&|value| json!(parameter.kind) == value)),
            (key, option) => Err(ServiceError::invalid_filter(format!(
                "The option {option} of the filter key {key} is not known here."
            ))),
        }
    }
}

fn metadata(parameter: &Parameter) -> Value {
    let mut metadata = json!({
        "DataType": "text",
        "LastModifiedDate": modified(parameter),
        "LastModifiedUser": parameter.last_modified_user,
        "Name": parameter.name,
        "Policies": [],
        "Tier": parameter.tier,
        "Type": parameter.kind,
        "Version": parameter.version,
    });
    if let Some(key) = &parameter.key_id {
        metadata["KeyId"] = key.clone().into();
    }
    metadata
}

/// The entries from where the last page ended.
fn page(
    entries: &[Value],
    most: Option<usize>,
    token: Option<&str>,
) -> Result<Value, ServiceError> {
    let most = most.unwrap_or(MOST);
    if !(1..=MOST).contains(&most) {
        let constraint = format!("have value between 1 and {MOST}");
        return Err(ServiceError::constraint(
            &format!("'{most}'"),
            "maxResults",
            &constraint,
        ));
    }
    let start = match token {
        None => 0,
        Some(token) => token
            .parse()
            .ok()
            .filter(|start| *start <= entries.len())
            .ok_or_else(ServiceError::invalid_token)?,
    };
    let end = entries.len().min(start + most);
    let mut page = json!({ "Parameters": entries[start..end] });
    if end < entries.len() {
        page["NextToken"] = end.to_string().into();
    }
    Ok(page)
}

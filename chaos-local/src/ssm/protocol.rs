//! The service's actions in AWS JSON 1.1: fields in, fields out.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::UNIX_EPOCH;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::error::ServiceError;
use super::metadata;
use super::name::Reference;
use super::store::{Parameter, ParameterType, Put, Store, Tier};

/// `GetParameters` takes no more names than this.
const MAX_NAMES: usize = 10;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetParameter {
    name: String,
    #[serde(default)]
    with_decryption: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetParameters {
    names: Vec<String>,
    #[serde(default)]
    with_decryption: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutParameter {
    name: String,
    value: String,
    #[serde(rename = "Type")]
    kind: Option<String>,
    tier: Option<String>,
    key_id: Option<String>,
    #[serde(default)]
    overwrite: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeleteParameter {
    name: String,
}

pub(crate) fn perform(
    store: &mut Store,
    action: &str,
    body: &Value,
) -> Result<Value, ServiceError> {
    match action {
        "GetParameter" => get_parameter(store, &fields(body)?),
        "GetParameterHistory" => metadata::history(store, &fields(body)?),
        "DescribeParameters" => metadata::describe(store, &fields(body)?),
        "GetParameters" => get_parameters(store, &fields(body)?),
        "PutParameter" => put_parameter(store, &fields(body)?),
        "DeleteParameter" => delete_parameter(store, &fields(body)?),
        _ => Err(ServiceError::unknown_operation()),
    }
}

/// The names that a request is about.
pub(crate) fn names(body: &Value) -> Vec<String> {
    let one = body["Name"].as_str();
    let several = body["Names"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str);
    one.into_iter().chain(several).map(str::to_owned).collect()
}

/// The resource that a denial names.
pub(crate) fn resource(names: &[String]) -> String {
    names
        .first()
        .map_or_else(|| "*".to_owned(), |name| Reference::parse(name).arn())
}

fn fields<T: DeserializeOwned>(body: &Value) -> Result<T, ServiceError> {
    T::deserialize(body).map_err(|error| {
        let error = error.to_string();
        match error
            .strip_prefix("missing field `")
            .and_then(|rest| rest.split_once('`'))
        {
            Some((field, _)) => ServiceError::constraint("null", &camel_case(field), "not be null"),
            None => ServiceError::serialization(error),
        }
    })
}

fn camel_case(field: &str) -> String {
    let (first, rest) = field.split_at(1);
    first.to_ascii_lowercase() + rest
}

fn get_parameter(store: &Store, request: &GetParameter) -> Result<Value, ServiceError> {
    let parameter = store.get(&request.name)?;
    Ok(json!({ "Parameter": describe(parameter, &request.name, request.with_decryption) }))
}

fn get_parameters(store: &Store, request: &GetParameters) -> Result<Value, ServiceError> {
    if !(1..=MAX_NAMES).contains(&request.names.len()) {
        let value = format!("'[{}]'", request.names.join(", "));
        let (word, limit) = if request.names.is_empty() {
            ("greater", 1)
        } else {
            ("less", MAX_NAMES)
        };
        let constraint = format!("have length {word} than or equal to {limit}");
        return Err(ServiceError::constraint(&value, "names", &constraint));
    }
    let (mut found, mut invalid) = (Vec::new(), Vec::new());
    for name in &request.names {
        match store.get(name) {
            Ok(parameter) => found.push(describe(parameter, name, request.with_decryption)),
            Err(_) => invalid.push(name),
        }
    }
    Ok(json!({ "Parameters": found, "InvalidParameters": invalid }))
}

fn put_parameter(store: &mut Store, request: &PutParameter) -> Result<Value, ServiceError> {
    let put = Put {
        name: &request.name,
        value: &request.value,
        kind: parse_kind(request.kind.as_deref())?,
        tier: parse_tier(request.tier.as_deref())?,
        key_id: request.key_id.as_deref(),
        overwrite: request.overwrite,
    };
    let parameter = store.put(&put)?;
    Ok(json!({ "Tier": parameter.tier, "Version": parameter.version }))
}

fn delete_parameter(store: &mut Store, request: &DeleteParameter) -> Result<Value, ServiceError> {
    store.delete(&request.name)?;
    Ok(json!({}))
}

fn parse_kind(kind: Option<&str>) -> Result<Option<ParameterType>, ServiceError> {
    parse_enum(kind, "type", "[SecureString, StringList, String]")
}

fn parse_tier(tier: Option<&str>) -> Result<Option<Tier>, ServiceError> {
    parse_enum(tier, "tier", "[Standard, Advanced, Intelligent-Tiering]")
}

fn parse_enum<T: DeserializeOwned>(
    word: Option<&str>,
    field: &str,
    known: &str,
) -> Result<Option<T>, ServiceError> {
    let Some(word) = word else { return Ok(None) };
    T::deserialize(Value::from(word)).map(Some).map_err(|_| {
        let constraint = format!("satisfy enum value set: {known}");
        ServiceError::constraint(&format!("'{word}'"), field, &constraint)
    })
}

fn describe(parameter: &Parameter, reference: &str, decrypt: bool) -> Value {
    let mut description = json!({
        "ARN": parameter.arn,
        "DataType": "text",
        "LastModifiedDate": modified(parameter),
        "Name": parameter.name,
        "Type": parameter.kind,
        "Value": value(parameter, decrypt),
        "Version": parameter.version,
    });
    if let Some(version) = Reference::parse(reference).version {
        description["Selector"] = format!(":{version}").into();
    }
    description
}

pub(super) fn value(parameter: &Parameter, decrypt: bool) -> String {
    match parameter.kind {
        ParameterType::SecureString if !decrypt => ciphertext(parameter),
        _ => parameter.value.clone(),
    }
}

/// Seconds with milliseconds, which is as fine as the service counts.
pub(super) fn modified(parameter: &Parameter) -> f64 {
    let modified = parameter
        .last_modified
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    (modified.as_secs_f64() * 1000.0).round() / 1000.0
}

/// Looks like what KMS makes, in base64, and tells nothing of the value but its length.
fn ciphertext(parameter: &Parameter) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    // The header that KMS writes, then three bytes in four characters.
    let length = 200 + parameter.value.len().div_ceil(3) * 4;
    let characters = (0..length).map(|position| {
        let mut hasher = DefaultHasher::new();
        (
            &parameter.arn,
            &parameter.value,
            parameter.version,
            position,
        )
            .hash(&mut hasher);
        char::from(ALPHABET[(hasher.finish() % 64) as usize])
    });
    "AQICAH".chars().chain(characters).collect()
}

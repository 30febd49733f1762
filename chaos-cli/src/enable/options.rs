//! An attribute of the table of modes as an option of the command line.

use chaos_core::plan::{Attribute, Kind};
use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches};
use serde_json::{Map, Number, Value};

use super::condition;
use crate::times;

/// The option's name: `min-latency`, `label`.
pub(super) fn name(attribute: &Attribute) -> String {
    let key = attribute.key.replace('_', "-");
    match attribute.kind {
        // Given once for each, they read better as one.
        Kind::Labels | Kind::Headers | Kind::HeaderNames => {
            key.strip_suffix('s').unwrap_or(&key).to_owned()
        }
        _ => key,
    }
}

pub(super) fn option(attribute: &'static Attribute, heading: &'static str) -> Arg {
    let option = Arg::new(attribute.key)
        .long(name(attribute))
        .value_name(placeholder(attribute))
        .help(help(attribute))
        .help_heading(heading)
        // A text may well begin with a hyphen.
        .allow_hyphen_values(true);
    let option = match attribute.kind {
        Kind::Choice(choices) => option.value_parser(PossibleValuesParser::new(choices)),
        _ => option,
    };
    if is_list(attribute) {
        option.action(ArgAction::Append)
    } else {
        option.action(ArgAction::Set)
    }
}

fn is_list(attribute: &Attribute) -> bool {
    matches!(
        attribute.kind,
        Kind::Globs
            | Kind::Labels
            | Kind::Conditions
            | Kind::Headers
            | Kind::HeaderNames
            | Kind::Patterns
    )
}

fn placeholder(attribute: &Attribute) -> &'static str {
    match attribute.kind {
        Kind::Number { .. } | Kind::Integer { .. } => match attribute.unit {
            Some("ms") => "MS",
            Some("MB") => "MB",
            _ => "NUMBER",
        },
        Kind::Choice(_) => "CHOICE",
        Kind::Time => "TIME",
        Kind::Globs => "GLOB",
        Kind::Labels | Kind::Headers => "NAME=VALUE",
        Kind::Conditions => "CONDITION",
        Kind::HeaderNames => "NAME",
        Kind::Patterns => "REGEX",
        _ => "TEXT",
    }
}

fn help(attribute: &Attribute) -> String {
    let mut help = attribute.help.to_owned();
    if let Some(first) = help.get(..1) {
        let first = first.to_uppercase();
        help.replace_range(..1, &first);
    }
    let write = match attribute.kind {
        Kind::Number { .. } | Kind::Integer { .. } if attribute.unit == Some("ms") => {
            format!(" ({}, or with a unit as 2s)", attribute.wanted())
        }
        Kind::Number { .. } | Kind::Integer { .. } | Kind::By => {
            format!(" ({})", attribute.wanted())
        }
        Kind::Time => " (RFC 3339, as 2026-12-01T18:00:00Z)".to_owned(),
        Kind::Conditions => " (PATH=VALUE, PATH^=START, PATH~=REGEX or PATH; ! before it turns it \
                              round); can be repeated"
            .to_owned(),
        _ if is_list(attribute) => "; can be repeated".to_owned(),
        _ => String::new(),
    };
    help + &write
}

/// What the options say of an attribute, if they say anything, for the validation to judge.
pub(super) fn value(
    attribute: &'static Attribute,
    matches: &ArgMatches,
) -> Result<Option<Value>, String> {
    let texts: Vec<String> = matches
        .get_many::<String>(attribute.key)
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    if texts.is_empty() {
        return Ok(None);
    }
    parsed(attribute, texts)
        .map(Some)
        .map_err(|why| format!("--{}: {why}", name(attribute)))
}

/// A value of the attribute's kind, from how it is typed.
pub(super) fn parsed(attribute: &Attribute, texts: Vec<String>) -> Result<Value, String> {
    let one = || texts.last().cloned().unwrap_or_default();
    Ok(match attribute.kind {
        Kind::Number { .. } | Kind::Integer { .. } => number(attribute, one()),
        Kind::Boolean => one()
            .parse()
            .map_or_else(|_| Value::from(one()), Value::Bool),
        Kind::Body => body(one()),
        Kind::Globs | Kind::HeaderNames => match <[String; 1]>::try_from(texts) {
            Ok([only]) => only.into(),
            Err(several) => several.into(),
        },
        Kind::Patterns => texts.into(),
        Kind::Conditions => {
            let conditions = texts.iter().map(|text| condition::parsed(text));
            Value::Array(conditions.collect::<Result<_, _>>()?)
        }
        Kind::Labels => labels(&texts)?,
        Kind::Headers => headers(&texts)?,
        _ => one().into(),
    })
}

/// What is no number is left to the validation, which says what to write.
fn number(attribute: &Attribute, text: String) -> Value {
    if let Ok(number) = text.parse::<u64>() {
        return number.into();
    }
    if let Some(number) = text.parse().ok().and_then(Number::from_f64) {
        return Value::Number(number);
    }
    if attribute.unit == Some("ms")
        && let Ok(duration) = times::duration(&text)
        && let Ok(ms) = u64::try_from(duration.as_millis())
    {
        return ms.into();
    }
    text.into()
}

/// JSON if it is a list or an object, else the text.
fn body(text: String) -> Value {
    let is_json = text.trim_start().starts_with(['{', '[']);
    match serde_json::from_str(&text) {
        Ok(value) if is_json => value,
        _ => text.into(),
    }
}

/// Of one that is named several times, any value will do.
fn labels(texts: &[String]) -> Result<Value, String> {
    let mut labels: Vec<(String, Vec<String>)> = Vec::new();
    for text in texts {
        let (name, value) = text
            .split_once('=')
            .filter(|(name, _)| !name.is_empty())
            .ok_or_else(|| format!("write NAME=VALUE, as tenant=a; this is {text:?}"))?;
        match labels.iter_mut().find(|(known, _)| known == name) {
            Some((_, values)) => values.push(value.to_owned()),
            None => labels.push((name.to_owned(), vec![value.to_owned()])),
        }
    }
    let labels = labels.into_iter().map(|(name, mut values)| {
        let value = if values.len() == 1 {
            Value::from(values.remove(0))
        } else {
            Value::from(values)
        };
        (name, value)
    });
    Ok(Value::Object(labels.collect()))
}

/// `Retry-After=5`, or as HTTP writes it: `Retry-After: 5`.
fn headers(texts: &[String]) -> Result<Value, String> {
    let mut headers = Map::new();
    for text in texts {
        let (name, value) = text
            .split_once(['=', ':'])
            .ok_or_else(|| format!("write NAME=VALUE, as Retry-After=5; this is {text:?}"))?;
        headers.insert(name.trim().to_owned(), value.trim().into());
    }
    Ok(Value::Object(headers))
}

#[cfg(test)]
mod tests {
    use chaos_core::plan::{FLAG_ATTRIBUTES, mode_row};
    use serde_json::json;

    use super::*;

    fn typed(mode: &str, key: &str, texts: &[&str]) -> Result<Value, String> {
        let row = mode_row(mode).unwrap();
        let common = FLAG_ATTRIBUTES
            .iter()
            .find(|attribute| attribute.key == key);
        let attribute = row.attribute(key).or(common).unwrap();
        parsed(attribute, texts.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn each_kind_is_read_as_it_is_typed() {
        let cases = [
            ("latency", "min_latency", &["200"][..], json!(200)),
            ("latency", "min_latency", &["2s"], json!(2000)),
            ("latency", "percentage", &["0.5"], json!(0.5)),
            ("latency", "percentage", &["lots"], json!("lots")),
            ("latency", "limit", &["3"], json!(3)),
            ("latency", "point", &["cache.*"], json!("cache.*")),
            ("latency", "point", &["a", "b"], json!(["a", "b"])),
            (
                "latency",
                "labels",
                &["t=a", "t=b", "u=c"],
                json!({"t": ["a", "b"], "u": "c"}),
            ),
            (
                "latency",
                "match",
                &["a=1"],
                json!([{"path": "a", "value": "1"}]),
            ),
            ("statuscode", "body", &["oops"], json!("oops")),
            ("statuscode", "body", &["{\"a\": 1}"], json!({"a": 1})),
            (
                "statuscode",
                "headers",
                &["Retry-After: 5"],
                json!({"Retry-After": "5"}),
            ),
            ("corruption", "body", &["{}"], json!("{}")),
            ("corruption", "drop_headers", &["a", "b"], json!(["a", "b"])),
            ("denylist", "deny_list", &["a"], json!(["a"])),
            ("exception", "exception_msg", &["boom"], json!("boom")),
        ];
        for (mode, key, texts, expected) in cases {
            assert_eq!(
                typed(mode, key, texts),
                Ok(expected),
                "{mode}.{key} {texts:?}"
            );
        }
        assert!(typed("latency", "labels", &["tenant"]).is_err());
        assert!(typed("latency", "match", &["=1"]).is_err());
    }
}

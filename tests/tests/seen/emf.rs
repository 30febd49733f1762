//! CloudWatch's embedded metric format: what a line must be for CloudWatch to take it, and what it
//! then makes of it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chaos_tests::Running;
use jsonschema::Validator;
use serde_json::{Map, Value};

/// The longest line that is taken, in bytes.
const LONGEST: usize = 256 * 1024;

/// A metric of one set of dimensions: its name, and the dimensions with their values.
pub(crate) type Series = (String, BTreeMap<String, String>);

/// The lines of metrics so far, each valid.
pub(crate) fn lines(function: &Running) -> Vec<Value> {
    let lines = function.lines().into_iter().map(|line| line.json().clone());
    let lines: Vec<Value> = lines.filter(|line| !line["_aws"].is_null()).collect();
    lines.iter().for_each(check);
    lines
}

/// What CloudWatch sums up from the lines.
pub(crate) fn sums(lines: &[Value]) -> BTreeMap<Series, u64> {
    let mut sums = BTreeMap::new();
    for (series, value) in lines.iter().flat_map(data) {
        *sums.entry(series).or_default() += value;
    }
    sums
}

/// A series in what [`sums`] makes, or 0.
pub(crate) fn sum(sums: &BTreeMap<Series, u64>, name: &str, dimensions: &[(&str, &str)]) -> u64 {
    let dimensions = dimensions.iter().copied();
    let dimensions = dimensions.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let series = (name.to_owned(), dimensions.collect());
    sums.get(&series).copied().unwrap_or(0)
}

/// The data points of a line: one for each metric and set of dimensions.
fn data(line: &Value) -> Vec<(Series, u64)> {
    let mut data = Vec::new();
    for directive in items(&line["_aws"]["CloudWatchMetrics"]) {
        for metric in items(&directive["Metrics"]) {
            let name = text(&metric["Name"]);
            let value = line[&name].as_u64().expect("counts are whole");
            for set in items(&directive["Dimensions"]) {
                let names = items(set).iter().map(text);
                let dimensions = names
                    .map(|name| (name.clone(), text(&line[name])))
                    .collect();
                data.push(((name.clone(), dimensions), value));
            }
        }
    }
    data
}

/// Asserts that CloudWatch takes the line, and all of it.
fn check(line: &Value) {
    static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
        let schema = serde_json::from_str(include_str!("emf.json")).expect("JSON");
        jsonschema::draft202012::new(&schema).expect("a schema")
    });
    if let Err(error) = SCHEMA.validate(line) {
        panic!("{error}: {line}");
    }
    assert!(line.to_string().len() <= LONGEST, "{line}");

    let mut left: Map<String, Value> = line.as_object().expect("an object").clone();
    left.remove("_aws");
    for directive in items(&line["_aws"]["CloudWatchMetrics"]) {
        assert_eq!(directive["Namespace"], "Chaos", "{line}");
        for name in items(&directive["Dimensions"]).iter().flat_map(items) {
            check_dimension(&line[text(name)]);
            left.remove(&text(name));
        }
        for metric in items(&directive["Metrics"]) {
            assert_eq!(metric["Unit"], "Count", "{line}");
            // A count of nothing is not worth a line.
            assert!(line[text(&metric["Name"])].as_u64() > Some(0), "{line}");
            left.remove(&text(&metric["Name"]));
        }
    }
    assert!(left.is_empty(), "nothing refers to {left:?} in {line}");
}

/// As `API_Dimension` of CloudWatch's reference says.
fn check_dimension(value: &Value) {
    let value = text(value);
    let printable = value.chars().all(|letter| matches!(letter, ' '..='~'));
    let blank = value.trim().is_empty();
    assert!(printable && !blank, "{value:?}");
    assert!(value.len() <= 1024 && !value.starts_with(':'), "{value:?}");
}

fn items(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

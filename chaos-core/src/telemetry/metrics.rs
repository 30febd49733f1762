//! Metrics: lines in CloudWatch's embedded metric format, which CloudWatch takes from the log.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::clock::millis;
use crate::plan::json_text;

const NAMESPACE: &str = "Chaos";
/// The longest value of a dimension, in characters.
const LONGEST: usize = 1024;

/// What is counted between two writings.
#[derive(Debug)]
pub(crate) struct Metrics {
    /// The dimension of everything, where the function has a name.
    function: Option<String>,
    calls: AtomicU64,
    failed_fetches: AtomicU64,
    /// Of each flag and mode, in their order. Of one document there are as many as it has flags,
    /// which is bounded.
    injected: Mutex<Vec<Injected>>,
    /// The second since 1970 in which was written last, where no handler says when.
    second: AtomicU64,
}

/// How often a flag was injected.
#[derive(Debug)]
struct Injected {
    flag: String,
    mode: &'static str,
    count: u64,
}

impl Metrics {
    /// Of a function with this name; outside Lambda it may have none.
    pub(crate) fn new(function: Option<&str>) -> Self {
        Self {
            function: function.map(dimension),
            calls: AtomicU64::new(0),
            failed_fetches: AtomicU64::new(0),
            injected: Mutex::default(),
            second: AtomicU64::new(0),
        }
    }

    /// A handler or a point was called.
    pub(crate) fn called(&self) {
        self.calls.fetch_add(1, Relaxed);
    }

    /// A fetch of the document failed.
    pub(crate) fn fetch_failed(&self) {
        self.failed_fetches.fetch_add(1, Relaxed);
    }

    /// A fault was injected.
    pub(crate) fn injected(&self, flag: &str, mode: &'static str) {
        let mut injected = self.injected.lock().unwrap_or_else(PoisonError::into_inner);
        let place =
            injected.binary_search_by(|known| (known.flag.as_str(), known.mode).cmp(&(flag, mode)));
        match place {
            Ok(place) => injected[place].count += 1,
            Err(place) => {
                let flag = flag.to_owned();
                let count = 1;
                injected.insert(place, Injected { flag, mode, count });
            }
        }
    }

    /// Writes what was counted since the last time, if anything was, to the standard output. Lambda
    /// takes metrics from nowhere else.
    pub(crate) fn write(&self) {
        self.write_at(since_1970());
    }

    /// The same, at most once a second: for a function without a wrapped handler, whose invocations
    /// have no end that is known.
    pub(crate) fn write_now_and_then(&self) {
        let now = since_1970();
        if self.second.swap(now.as_secs(), Relaxed) != now.as_secs() {
            self.write_at(now);
        }
    }

    fn write_at(&self, now: Duration) {
        let lines = self.take(now);
        if !lines.is_empty() {
            // In one go, so that no other line gets in between. Where nobody reads, nothing is lost.
            let _ = io::stdout().lock().write_all(lines.as_bytes());
        }
    }

    /// The lines of what was counted, which begins anew: one for the function, and one for each flag
    /// that was injected, since a line has but one value of each dimension.
    pub(crate) fn take(&self, now: Duration) -> String {
        let injected =
            std::mem::take(&mut *self.injected.lock().unwrap_or_else(PoisonError::into_inner));
        let mut lines = String::new();
        let totals = [
            ("CallsSeen", self.calls.swap(0, Relaxed)),
            ("FetchesFailed", self.failed_fetches.swap(0, Relaxed)),
        ];
        let counted: Vec<_> = totals.into_iter().filter(|(_, count)| *count > 0).collect();
        if !counted.is_empty() {
            let _ = writeln!(lines, "{}", json_text(&self.line(now, &counted, None)));
        }
        for Injected { flag, mode, count } in injected {
            let counted = [("Injected", count)];
            let line = self.line(now, &counted, Some((&flag, mode)));
            let _ = writeln!(lines, "{}", json_text(&line));
        }
        lines
    }

    /// One line. The counts of a flag are in the function's sum as well.
    fn line(&self, now: Duration, counts: &[(&str, u64)], flag: Option<(&str, &str)>) -> Value {
        let function: &[&str] = match self.function {
            Some(_) => &["FunctionName"],
            None => &[],
        };
        let mut dimensions = vec![function.to_vec()];
        if flag.is_some() {
            dimensions.push([function, &["Flag", "Mode"]].concat());
        }
        let metrics: Vec<Value> = counts
            .iter()
            .map(|(name, _)| json!({ "Name": name, "Unit": "Count" }))
            .collect();
        let mut line = json!({
            "_aws": {
                "Timestamp": millis(now),
                "CloudWatchMetrics": [{
                    "Namespace": NAMESPACE,
                    "Dimensions": dimensions,
                    "Metrics": metrics,
                }],
            },
        });
        if let Some(name) = &self.function {
            line["FunctionName"] = json!(name);
        }
        if let Some((flag, mode)) = flag {
            line["Flag"] = json!(dimension(flag));
            line["Mode"] = json!(mode);
        }
        for &(name, count) in counts {
            line[name] = json!(count);
        }
        line
    }
}

fn since_1970() -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap_or_default()
}

/// A text as CloudWatch takes the value of a dimension: printable ASCII, not blank, no colon first,
/// and not too long. What is none of that is escaped as in Rust; what is left is put in quotes, or
/// cut.
fn dimension(text: &str) -> String {
    let mut value = String::new();
    for letter in text.chars() {
        if matches!(letter, ' '..='~') && letter != '\\' {
            value.push(letter);
        } else {
            value.extend(letter.escape_default());
        }
        if value.len() > LONGEST {
            break;
        }
    }
    if value.trim().is_empty() || value.starts_with(':') {
        value = format!("\"{value}\"");
    }
    value.truncate(LONGEST);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_millis(1_700_000_000_123);

    fn lines(metrics: &Metrics) -> Vec<Value> {
        let lines = metrics.take(NOW);
        lines
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    }

    #[test]
    fn what_was_counted_is_written_once() {
        let metrics = Metrics::new(Some("orders"));
        assert_eq!(lines(&metrics), Vec::<Value>::new());
        metrics.called();
        metrics.called();
        metrics.fetch_failed();
        let totals = json!({
            "_aws": {
                "Timestamp": 1_700_000_000_123_u64,
                "CloudWatchMetrics": [{
                    "Namespace": "Chaos",
                    "Dimensions": [["FunctionName"]],
                    "Metrics": [
                        {"Name": "CallsSeen", "Unit": "Count"},
                        {"Name": "FetchesFailed", "Unit": "Count"},
                    ],
                }],
            },
            "FunctionName": "orders",
            "CallsSeen": 2,
            "FetchesFailed": 1,
        });
        assert_eq!(lines(&metrics), [totals]);
        assert_eq!(lines(&metrics), Vec::<Value>::new());
    }

    #[test]
    fn each_flag_has_a_line() {
        let metrics = Metrics::new(Some("orders"));
        metrics.injected("slow", "latency");
        metrics.injected("broken", "exception");
        metrics.injected("slow", "latency");
        let lines = lines(&metrics);
        let told: Vec<_> = lines
            .iter()
            .map(|line| (&line["Flag"], &line["Mode"], &line["Injected"]))
            .collect();
        assert_eq!(
            told,
            [
                (&json!("broken"), &json!("exception"), &json!(1)),
                (&json!("slow"), &json!("latency"), &json!(2)),
            ]
        );
        assert_eq!(
            lines[0]["_aws"]["CloudWatchMetrics"][0]["Dimensions"],
            json!([["FunctionName"], ["FunctionName", "Flag", "Mode"]])
        );
    }

    #[test]
    fn a_function_without_a_name_has_no_dimension_of_that_name() {
        let metrics = Metrics::new(None);
        metrics.called();
        metrics.injected("slow", "latency");
        let lines = lines(&metrics);
        let dimensions = |line: &Value| line["_aws"]["CloudWatchMetrics"][0]["Dimensions"].clone();
        assert_eq!(dimensions(&lines[0]), json!([[]]));
        assert_eq!(dimensions(&lines[1]), json!([[], ["Flag", "Mode"]]));
        assert_eq!(lines[1]["FunctionName"], Value::Null);
    }

    #[test]
    fn any_name_of_a_flag_becomes_a_value_that_cloudwatch_takes() {
        for (name, value) in [
            ("slow-cache", "slow-cache"),
            ("a b \"c\" 'd'", "a b \"c\" 'd'"),
            ("", "\"\""),
            ("  ", "\"  \""),
            (":a", "\":a\""),
            ("a:b", "a:b"),
            ("é", "\\u{e9}"),
            ("\\u{e9}", "\\\\u{e9}"),
            ("a\nb\t", "a\\nb\\t"),
            ("\u{7f}", "\\u{7f}"),
        ] {
            assert_eq!(dimension(name), value, "{name:?}");
        }
        for long in ["a", "é", " ", ":", "\u{1F600}"] {
            let value = dimension(&long.repeat(5_000));
            assert_eq!(value.len(), LONGEST, "{long:?}");
            assert!(value.bytes().all(|byte| matches!(byte, b' '..=b'~')));
            assert!(!value.trim().is_empty() && !value.starts_with(':'));
        }
    }
}

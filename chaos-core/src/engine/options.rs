//! What the operator of a function sets, and no document can: the kill switch, dry run, the
//! modes that are allowed.

use http::HeaderName;

use crate::plan::{BY_NAME_ONLY, MODES};
use crate::source::options::Env;

/// What holds whatever the document says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub(crate) config_source: String,
    pub(crate) dry_run: bool,
    /// Whether what happens is counted and written as metrics.
    pub(crate) metrics: bool,
    /// Whether the points that are reached are said and listed.
    pub(crate) list_points: bool,
    pub(crate) allow: Allow,
    /// The response header that names the flags that fired, where it is asked for.
    pub(crate) response_header: Option<HeaderName>,
    /// Labels that every call has.
    pub(crate) labels: Vec<(&'static str, String)>,
}

/// The modes that a document may use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Allow {
    /// Exactly these, where CHAOS_ALLOW is set.
    named: Option<Vec<String>>,
    /// Outside Lambda a disk is somebody's own.
    outside_lambda: bool,
}

impl Allow {
    /// Everything, for tests, whose documents are their own.
    pub(crate) fn in_tests() -> Self {
        Self::default()
    }

    pub(crate) fn only(modes: impl IntoIterator<Item = String>) -> Self {
        let modes = modes.into_iter().map(|mode| mode.to_ascii_lowercase());
        Self {
            named: Some(modes.collect()),
            outside_lambda: false,
        }
    }

    pub(crate) fn allows(&self, mode: &str) -> bool {
        match &self.named {
            Some(named) => named.iter().any(|name| name == mode),
            None if mode == "diskspace" => !self.outside_lambda,
            None => !BY_NAME_ONLY.contains(&mode),
        }
    }

    fn from_env(env: Env<'_>) -> Self {
        let named = env("CHAOS_ALLOW").map(|names| {
            let names = names.split([',', ' ']).filter(|name| !name.is_empty());
            names.map(str::to_ascii_lowercase).collect()
        });
        Self {
            named,
            // `cargo lambda watch` has a Runtime API too, but does not say how it initializes.
            outside_lambda: env("AWS_LAMBDA_INITIALIZATION_TYPE").is_none(),
        }
    }

    /// Names that are no mode's: a slip would otherwise look like resilience.
    pub(crate) fn doubts(&self) -> Vec<String> {
        let known = || MODES.iter().map(|row| row.name);
        let named = self.named.iter().flatten();
        named
            .filter(|name| !known().any(|mode| mode == *name))
            .map(|name| {
                let known: Vec<&str> = known().collect();
                let known = known.join(", ");
                format!("CHAOS_ALLOW names {name:?}, which is no mode; write some of {known}")
            })
            .collect()
    }
}

impl Options {
    /// What the environment sets, and what is wrong with it.
    pub(crate) fn from_env(env: Env<'_>) -> (Self, Vec<String>) {
        let labels = [
            ("lambda.function", "AWS_LAMBDA_FUNCTION_NAME"),
            ("lambda.version", "AWS_LAMBDA_FUNCTION_VERSION"),
            ("lambda.region", "AWS_REGION"),
        ];
        let allow = Allow::from_env(env);
        let mut doubts = allow.doubts();
        let options = Self {
            config_source: String::new(),
            dry_run: is_set(env("CHAOS_DRY_RUN").as_deref()),
            metrics: is_set(env("CHAOS_METRICS").as_deref()),
            list_points: is_set(env("CHAOS_LIST_POINTS").as_deref()),
            allow,
            response_header: response_header(env, &mut doubts),
            labels: labels
                .into_iter()
                .filter_map(|(label, variable)| Some((label, env(variable)?)))
                .collect(),
        };
        (options, doubts)
    }

    /// The function's name, where the environment says it.
    pub(crate) fn function(&self) -> Option<&str> {
        let mut labels = self.labels.iter();
        let (_, name) = labels.find(|(label, _)| *label == "lambda.function")?;
        Some(name)
    }
}

fn response_header(env: Env<'_>, doubts: &mut Vec<String>) -> Option<HeaderName> {
    let name = env("CHAOS_RESPONSE_HEADER").filter(|name| !name.is_empty())?;
    let header = HeaderName::try_from(&name).ok();
    if header.is_none() {
        doubts.push(format!(
            "CHAOS_RESPONSE_HEADER is {name:?}, which is no name of an HTTP header; write letters, \
             digits and hyphens"
        ));
    }
    header
}

/// The kill switch: nothing is read and nothing injected.
pub(crate) fn killed(env: Env<'_>) -> bool {
    ["CHAOS_DISABLED", "FAILURE_LAMBDA_DISABLED"]
        .iter()
        .any(|variable| is_set(env(variable).as_deref()))
}

/// Set to anything but empty, `0`, `false`, `no` or `off`.
fn is_set(value: Option<&str>) -> bool {
    value.is_some_and(|value| {
        let value = value.trim().to_ascii_lowercase();
        !matches!(&*value, "" | "0" | "false" | "no" | "off")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env<'a>(set: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        |name| {
            let found = set.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        }
    }

    #[test]
    fn the_kill_switch_takes_anything_that_does_not_say_no() {
        for on in ["1", "true", "yes", "on", "anything"] {
            assert!(killed(&env(&[("CHAOS_DISABLED", on)])), "{on}");
            assert!(killed(&env(&[("FAILURE_LAMBDA_DISABLED", on)])), "{on}");
        }
        for off in ["", " ", "0", "false", "FALSE", "no", "off"] {
            assert!(!killed(&env(&[("CHAOS_DISABLED", off)])), "{off:?}");
        }
        assert!(!killed(&env(&[])));
    }

    #[test]
    fn metrics_are_off_unless_they_are_set() {
        let metrics = |set: &[(&str, &str)]| Options::from_env(&env(set)).0.metrics;
        assert!(!metrics(&[]));
        for off in ["", "0", "false", "No", "off"] {
            assert!(!metrics(&[("CHAOS_METRICS", off)]), "{off:?}");
        }
        for on in ["1", "true", "yes"] {
            assert!(metrics(&[("CHAOS_METRICS", on)]), "{on:?}");
        }
    }

    #[test]
    fn the_function_has_the_name_that_lambda_gives() {
        let (options, _) = Options::from_env(&env(&[("AWS_LAMBDA_FUNCTION_NAME", "orders")]));
        assert_eq!(options.function(), Some("orders"));
        assert_eq!(Options::default().function(), None);
    }

    #[test]
    fn unset_allows_what_does_not_end_the_process() {
        let allow = Allow::from_env(&env(&[("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")]));
        assert!(allow.allows("latency") && allow.allows("diskspace"));
        for mode in BY_NAME_ONLY {
            assert!(!allow.allows(mode), "{mode}");
        }
    }

    #[test]
    fn set_allows_exactly_what_is_named() {
        let allow = Allow::from_env(&env(&[("CHAOS_ALLOW", "latency, Panic")]));
        assert!(allow.allows("latency") && allow.allows("panic"));
        assert!(!allow.allows("exception") && !allow.allows("diskspace"));
        assert!(!Allow::from_env(&env(&[("CHAOS_ALLOW", "")])).allows("latency"));
    }

    #[test]
    fn a_slip_in_the_modes_that_are_allowed_is_said() {
        let (_, doubts) = Options::from_env(&env(&[("CHAOS_ALLOW", "latency,latancy")]));
        assert_eq!(doubts.len(), 1);
        assert!(doubts[0].contains("\"latancy\""), "{doubts:?}");
        assert!(doubts[0].contains("latency, "), "{doubts:?}");
    }

    #[test]
    fn a_response_header_needs_a_name_that_http_takes() {
        let header = |name| Options::from_env(&env(&[("CHAOS_RESPONSE_HEADER", name)]));
        let (options, doubts) = header("X-Chaos");
        assert_eq!(options.response_header.expect("a header"), "x-chaos");
        assert!(doubts.is_empty());
        let (options, doubts) = header("x chaos\r\n");
        assert_eq!(options.response_header, None);
        assert!(doubts[0].contains(r#""x chaos\r\n""#), "{doubts:?}");
        assert!(header("").0.response_header.is_none() && header("").1.is_empty());
    }

    #[test]
    fn a_disk_outside_lambda_is_taken_only_by_name() {
        assert!(!Allow::from_env(&env(&[])).allows("diskspace"));
        assert!(Allow::from_env(&env(&[("CHAOS_ALLOW", "diskspace")])).allows("diskspace"));
    }
}

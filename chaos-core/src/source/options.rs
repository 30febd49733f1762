//! What the environment says about the source: which one, and how often it is read.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use super::refresh::Timing;
use super::{EnvSource, FileSource, Source};

/// An environment, so that tests need not touch the process's own.
pub(crate) type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What the environment chose.
pub(crate) struct Chosen {
    /// The source and its timing; `None` if the environment names none that can be read.
    pub(crate) source: Option<(Arc<dyn Source>, Timing)>,
    /// What is wrong with the environment, each naming the variable and what to write.
    pub(crate) warnings: Vec<String>,
}

const CONFIG: &str = "CHAOS_CONFIG";
const FILE: &str = "CHAOS_CONFIG_FILE";
const PARAM: [&str; 2] = ["CHAOS_PARAM", "FAILURE_INJECTION_PARAM"];
/// Both prefixes of `AppConfig`'s variables, and what follows them.
const APPCONFIG: [&str; 2] = ["CHAOS_APPCONFIG_", "FAILURE_APPCONFIG_"];
const APPCONFIG_PARTS: [&str; 3] = ["APPLICATION", "ENVIRONMENT", "CONFIGURATION"];
const CACHE_TTL: [&str; 2] = ["CHAOS_CACHE_TTL", "FAILURE_CACHE_TTL"];
const FETCH_TIMEOUT: &str = "CHAOS_FETCH_TIMEOUT_MS";
const MAX_STALE: &str = "CHAOS_MAX_STALE";

const DEFAULT_FETCH_TIMEOUT: Duration = Duration::from_millis(500);
const DEFAULT_MAX_STALE: Duration = Duration::from_mins(5);

/// The source that the environment names, and its timing. The first that is set wins.
pub(crate) fn from_env(env: Env<'_>) -> Chosen {
    let mut warnings = Vec::new();
    let source = choose(env, &mut warnings).map(|source| {
        let timing = timing(env, source.cache_ttl(), &mut warnings);
        (source, timing)
    });
    Chosen { source, warnings }
}

/// The timing that the environment asks for, of a source whose cache time is `ttl` by default.
pub(crate) fn timing(env: Env<'_>, ttl: Option<Duration>, warnings: &mut Vec<String>) -> Timing {
    let ttl = ttl.map(|ttl| ttl.min(Timing::DAY));
    let default = ttl.unwrap_or_default();
    let day = Timing::DAY.as_secs_f64();
    let least = Timing::LEAST_STALE.as_secs_f64();
    let cache = first(env, &CACHE_TTL)
        .and_then(|(name, value)| seconds(name, &value, 0.0..=day, default, warnings));
    let max_stale = set(env, MAX_STALE)
        .and_then(|value| seconds(MAX_STALE, &value, least..=day, DEFAULT_MAX_STALE, warnings))
        .unwrap_or(DEFAULT_MAX_STALE);
    let fetch_timeout = set(env, FETCH_TIMEOUT)
        .and_then(|value| milliseconds(&value, warnings))
        .unwrap_or(DEFAULT_FETCH_TIMEOUT);
    // a document that never changes has no cache time to set
    let ttl = ttl.map(|default| cache.unwrap_or(default));
    Timing {
        ttl,
        fetch_timeout,
        max_stale,
    }
    .bounded()
}

fn choose(env: Env<'_>, warnings: &mut Vec<String>) -> Option<Arc<dyn Source>> {
    let named = [CONFIG, FILE].into_iter().chain(PARAM);
    let mut named = named.filter_map(|name| Some((name, set(env, name)?)));
    let chosen = named.next();
    if let Some((first, chosen)) = &chosen {
        for (name, value) in named {
            // both names of one parameter are one source
            if !(PARAM.contains(first) && value == *chosen) {
                warnings.push(format!(
                    "{name} is ignored, as {first} is set and goes first; unset one of them"
                ));
            }
        }
    }
    for prefix in APPCONFIG {
        let parts = APPCONFIG_PARTS.map(|part| format!("{prefix}{part}"));
        if let Some(name) = parts.iter().find(|part| set(env, part).is_some()) {
            warnings.push(format!(
                "{name} is ignored, as this version cannot read AppConfig; put the document into \
                 a parameter and its name into CHAOS_PARAM"
            ));
        }
    }
    let (name, value) = chosen?;
    match name {
        CONFIG => Some(Arc::new(EnvSource::new(name, value))),
        FILE => Some(Arc::new(FileSource::new(value))),
        _ => parameter(name, value, warnings),
    }
}

#[cfg(feature = "ssm")]
#[expect(clippy::unnecessary_wraps, reason = "the same without the feature")]
fn parameter(_: &str, parameter: String, _: &mut Vec<String>) -> Option<Arc<dyn Source>> {
    Some(Arc::new(super::SsmSource::new(parameter)))
}

#[cfg(not(feature = "ssm"))]
fn parameter(name: &str, _: String, warnings: &mut Vec<String>) -> Option<Arc<dyn Source>> {
    warnings.push(format!(
        "{name} is ignored, as chaos-core was built without the feature `ssm`; add it to the \
         features of chaos-core in Cargo.toml"
    ));
    None
}

/// The value of a variable; an empty one counts as unset.
fn set(env: Env<'_>, name: &str) -> Option<String> {
    env(name).filter(|value| !value.trim().is_empty())
}

fn first(env: Env<'_>, names: &[&'static str]) -> Option<(&'static str, String)> {
    names.iter().find_map(|name| Some((*name, set(env, name)?)))
}

fn seconds(
    name: &str,
    value: &str,
    bounds: RangeInclusive<f64>,
    default: Duration,
    warnings: &mut Vec<String>,
) -> Option<Duration> {
    let number = value.trim().parse().ok();
    let fits = number.filter(|number| bounds.contains(number));
    if fits.is_none() {
        let (least, most) = bounds.into_inner();
        let default = default.as_secs_f64();
        warnings.push(bad(name, value, "seconds", least, most, default));
    }
    fits.map(Duration::from_secs_f64)
}

fn milliseconds(value: &str, warnings: &mut Vec<String>) -> Option<Duration> {
    let longest = crate::clock::millis(Timing::LONGEST_INVOCATION);
    let fits = value.trim().parse().ok();
    let fits = fits.filter(|number| *number <= longest);
    if fits.is_none() {
        let default = DEFAULT_FETCH_TIMEOUT.as_millis();
        let unit = "whole milliseconds";
        let (least, most) = (0, longest);
        warnings.push(bad(FETCH_TIMEOUT, value, unit, least, most, default));
    }
    fits.map(Duration::from_millis)
}

fn bad(
    name: &str,
    value: &str,
    unit: &str,
    least: impl Display,
    most: impl Display,
    default: impl Display,
) -> String {
    format!(
        "{name}={value:?} is not used; write {unit} from {least} to {most}. Until then it is {default}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(vars: &[(&str, &str)]) -> Chosen {
        from_env(&|name| {
            let var = vars.iter().find(|(key, _)| *key == name);
            var.map(|(_, value)| (*value).to_owned())
        })
    }

    /// The location and timing of a choice that must give no warnings.
    fn clean(vars: &[(&str, &str)]) -> (String, Timing) {
        let chosen = chosen(vars);
        assert_eq!(chosen.warnings, Vec::<String>::new());
        let (source, timing) = chosen.source.unwrap();
        (source.location(), timing)
    }

    /// The source's name and the only warning.
    fn warned(vars: &[(&str, &str)]) -> (Option<String>, String) {
        let chosen = chosen(vars);
        let [warning] = chosen.warnings.try_into().unwrap();
        (
            chosen.source.map(|(source, _)| source.name().to_owned()),
            warning,
        )
    }

    const ENV: (&str, &str) = ("CHAOS_CONFIG", "{}");
    const FILE: (&str, &str) = ("CHAOS_CONFIG_FILE", "/etc/chaos.json");

    #[test]
    fn without_variables_there_is_no_source() {
        for vars in [&[][..], &[("CHAOS_CONFIG", ""), ("CHAOS_PARAM", " ")]] {
            let chosen = chosen(vars);
            assert!(chosen.source.is_none());
            assert!(chosen.warnings.is_empty());
        }
    }

    #[test]
    fn each_variable_names_its_source() {
        assert_eq!(clean(&[ENV]).0, "environment variable CHAOS_CONFIG");
        assert_eq!(clean(&[FILE]).0, "file /etc/chaos.json");
    }

    #[cfg(feature = "ssm")]
    #[test]
    fn both_names_of_the_parameter_are_read() {
        for name in ["CHAOS_PARAM", "FAILURE_INJECTION_PARAM"] {
            assert_eq!(clean(&[(name, "/a")]).0, "parameter /a");
        }
        let both = [("CHAOS_PARAM", "/a"), ("FAILURE_INJECTION_PARAM", "/a")];
        assert_eq!(clean(&both).0, "parameter /a");
        let (_, warning) = warned(&[("CHAOS_PARAM", "/a"), ("FAILURE_INJECTION_PARAM", "/b")]);
        assert!(warning.starts_with("FAILURE_INJECTION_PARAM is ignored"));
    }

    #[cfg(not(feature = "ssm"))]
    #[test]
    fn a_parameter_without_its_feature_is_a_warning_that_names_it() {
        let (source, warning) = warned(&[("CHAOS_PARAM", "/a")]);
        assert_eq!(source, None);
        assert!(
            warning.contains("CHAOS_PARAM") && warning.contains("`ssm`"),
            "{warning}"
        );
    }

    #[test]
    fn the_first_that_is_set_wins_and_a_second_one_is_warned_about() {
        let (source, warning) = warned(&[("CHAOS_PARAM", "/a"), FILE]);
        assert_eq!(source.as_deref(), Some("file"));
        assert_eq!(
            warning,
            "CHAOS_PARAM is ignored, as CHAOS_CONFIG_FILE is set and goes first; unset one of them"
        );
        let (source, warning) = warned(&[FILE, ENV]);
        assert_eq!(source.as_deref(), Some("env"));
        assert!(warning.starts_with("CHAOS_CONFIG_FILE is ignored"));
    }

    #[test]
    fn appconfig_is_warned_about() {
        for prefix in APPCONFIG {
            let [application, profile] =
                ["APPLICATION", "CONFIGURATION"].map(|part| format!("{prefix}{part}"));
            let (source, warning) = warned(&[(&application, "a"), (&profile, "c"), ENV]);
            assert_eq!(source.as_deref(), Some("env"));
            assert!(warning.contains(&application) && warning.contains("cannot read AppConfig"));
        }
    }

    #[test]
    fn the_timing_has_the_documented_defaults() {
        let timing = clean(&[FILE]).1;
        assert_eq!(timing.ttl, Some(Duration::from_secs(1)));
        assert_eq!(timing.fetch_timeout, Duration::from_millis(500));
        assert_eq!(timing.max_stale, Duration::from_mins(5));
    }

    #[test]
    fn the_timing_can_be_set() {
        let timing = clean(&[
            FILE,
            ("CHAOS_CACHE_TTL", "2.5"),
            ("FAILURE_CACHE_TTL", "9"),
            ("CHAOS_FETCH_TIMEOUT_MS", "0"),
            ("CHAOS_MAX_STALE", "20"),
        ])
        .1;
        assert_eq!(timing.ttl, Some(Duration::from_millis(2500)));
        assert_eq!(timing.fetch_timeout, Duration::ZERO);
        assert_eq!(timing.max_stale, Duration::from_secs(20));

        let timing = clean(&[FILE, ("FAILURE_CACHE_TTL", "0")]).1;
        assert_eq!(timing.ttl, Some(Duration::ZERO));
    }

    #[test]
    fn the_staleness_is_never_less_than_twice_the_cache_time() {
        let timing = clean(&[FILE, ("CHAOS_CACHE_TTL", "200"), ("CHAOS_MAX_STALE", "60")]).1;
        assert_eq!(timing.max_stale, Duration::from_secs(400));
    }

    #[test]
    fn a_source_may_ask_for_any_cache_time() {
        let mut warnings = Vec::new();
        let timing = timing(&|_| None, Some(Duration::MAX), &mut warnings);
        assert_eq!(timing.ttl, Some(Duration::from_hours(24)));
        assert_eq!(timing.max_stale, Duration::from_hours(48));
        assert_eq!(warnings, Vec::<String>::new());
    }

    #[test]
    fn a_document_in_the_environment_never_changes() {
        assert_eq!(clean(&[ENV, ("CHAOS_CACHE_TTL", "5")]).1.ttl, None);
    }

    #[test]
    fn a_bad_value_is_a_warning_and_the_default_is_used() {
        let default = clean(&[FILE]).1;
        for name in [
            "CHAOS_CACHE_TTL",
            "FAILURE_CACHE_TTL",
            "CHAOS_FETCH_TIMEOUT_MS",
            "CHAOS_MAX_STALE",
        ] {
            for value in ["soon", "-1", "NaN", "inf", "1e99", "60s"] {
                let chosen = chosen(&[FILE, (name, value)]);
                let [warning] = chosen.warnings.try_into().unwrap();
                assert!(
                    warning.contains(name) && warning.contains(value),
                    "{warning}"
                );
                assert_eq!(chosen.source.unwrap().1, default);
            }
        }
        assert_eq!(
            warned(&[FILE, ("CHAOS_MAX_STALE", "0")]).1,
            "CHAOS_MAX_STALE=\"0\" is not used; write seconds from 1 to 86400. Until then it is 300"
        );
    }
}

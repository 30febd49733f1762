//! What the environment says about the source: which one, and how often it is read.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::Source;
use super::choose::choose;
use super::refresh::Timing;

/// An environment, so that tests need not touch the process's own.
pub(crate) type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// What the environment chose.
pub(crate) struct Chosen {
    /// The source and its timing; `None` if the environment names none that can be read.
    pub(crate) source: Option<(Arc<dyn Source>, Timing)>,
    /// What is wrong with the environment, each naming the variable and what to write.
    pub(crate) warnings: Vec<String>,
}

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

/// The value of a variable; an empty one counts as unset.
pub(super) fn set(env: Env<'_>, name: &str) -> Option<String> {
    env(name).filter(|value| !value.trim().is_empty())
}

pub(super) fn first(env: Env<'_>, names: &[&'static str]) -> Option<(&'static str, String)> {
    names.iter().find_map(|name| Some((*name, set(env, name)?)))
}

fn seconds(
    name: &str,
    value: &str,
    bounds: RangeInclusive<f64>,
    default: Duration,
    warnings: &mut Vec<String>,
) -> Option<Duration> {
    let fits = decimal(value.trim()).filter(|number| bounds.contains(number));
    if fits.is_none() {
        let (least, most) = bounds.into_inner();
        let default = default.as_secs_f64();
        warnings.push(bad(name, value, "seconds", least, most, default));
    }
    fits.map(Duration::from_secs_f64)
}

/// As JSON has numbers, and `+60`, `060`, `60.` and `.5` too: parsing an `f64` would bring the standard
/// library's tables along.
fn decimal(text: &str) -> Option<f64> {
    let text = text.strip_prefix('+').unwrap_or(text);
    let text = match text.strip_suffix('.') {
        Some(whole) if !whole.is_empty() => whole,
        _ => text,
    };
    // JSON has no zero before another digit, and one before a point.
    let digits = text.trim_start_matches('0');
    let zero = match digits.chars().next() {
        Some('1'..='9' | '-') => "",
        Some('.') => "0",
        _ if digits.len() < text.len() => "0",
        _ => "",
    };
    let number: Value = serde_json::from_str(&format!("{zero}{digits}")).ok()?;
    number.as_f64()
}

fn milliseconds(value: &str, warnings: &mut Vec<String>) -> Option<Duration> {
    let longest = crate::clock::millis(Timing::LONGEST_INVOCATION);
    let fits = value.trim().parse().ok();
    let fits = fits.filter(|number| *number <= longest);
    if fits.is_none() {
        let default = crate::clock::millis(DEFAULT_FETCH_TIMEOUT);
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

        for (value, milliseconds) in [
            (" .5 ", 500),
            ("00.5", 500),
            ("0", 0),
            ("000", 0),
            ("0.", 0),
            ("+60", 60_000),
            ("060", 60_000),
            ("60.", 60_000),
            ("6e1", 60_000),
            ("0e1", 0),
        ] {
            let timing = clean(&[FILE, ("CHAOS_CACHE_TTL", value)]).1;
            assert_eq!(
                timing.ttl,
                Some(Duration::from_millis(milliseconds)),
                "{value}"
            );
        }
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
            for value in [
                "soon", "-1", "NaN", "inf", "1e99", "60s", "+", ".", "0-1", "++1", "0x9", "é",
                "６0", "“60”", "−1", "0é", "\u{fffd}",
            ] {
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

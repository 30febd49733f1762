//! The flag that comes of what is wanted and what is there.

use std::time::SystemTime;

use chaos_core::plan::{self, Finding, Format, Severity};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::wanted::Wanted;
use crate::edit::{Attributes, Draft};
use crate::ending::Ending;
use crate::times;

/// A document with the flag switched on.
#[derive(Debug)]
pub(crate) struct Enabled {
    pub(crate) text: String,
    /// What is worth knowing and no reason not to.
    pub(crate) warnings: Vec<String>,
    /// When it ends.
    pub(crate) expires_at: Option<SystemTime>,
}

/// Switches the flag on in the document, and lets the validation judge what comes of it.
pub(crate) fn enabled(text: &str, wanted: &Wanted, now: SystemTime) -> Result<Enabled, Ending> {
    let before = plan::read(text);
    if before.format != Format::Flags {
        return Err(Ending::Usage(
            "the document is in an older format, which has one fault only; turn it into this one \
             with `cargo chaos convert` first"
                .to_owned(),
        ));
    }
    let draft = Draft::of(text).map_err(|why| {
        Ending::Usage(format!(
            "{why}; `cargo chaos disable --all` puts a sound one in its place"
        ))
    })?;
    let mut warnings = Vec::new();
    let flag = flag(&draft, wanted, now, &mut warnings)?;
    draft.set(&wanted.name, &flag);
    let text = draft.into_text();

    let after = plan::read(&text);
    let new = |finding: &&Finding| !before.findings.contains(finding);
    let errors: Vec<String> = after
        .findings
        .iter()
        .filter(new)
        .filter(|finding| finding.severity == Severity::Error)
        .map(ToString::to_string)
        .collect();
    if !errors.is_empty() {
        return Err(Ending::Usage(format!(
            "nothing is written, as the flag would not be valid\n  {}",
            errors.join("\n  ")
        )));
    }
    if !after.usable {
        let why: Vec<String> = after.findings.iter().map(ToString::to_string).collect();
        return Err(Ending::Usage(format!(
            "nothing is written, as functions use nothing of this document until it is mended\n  {}",
            why.join("\n  ")
        )));
    }
    let said = after.findings.iter().filter(new);
    warnings.extend(said.map(ToString::to_string));
    warnings.extend(held_back(&after.plan.settings, now));
    let placed = after
        .plan
        .flags
        .iter()
        .find(|flag| *flag.name == *wanted.name);
    if placed.is_some_and(|flag| flag.mode.is_allowed_by_name_only()) {
        warnings.push(format!(
            "{} happens only in functions whose CHAOS_ALLOW names it",
            wanted.row.name
        ));
    }
    Ok(Enabled {
        text,
        warnings,
        expires_at: placed.and_then(|flag| flag.trigger.expires_at),
    })
}

/// What the flag is to say.
fn flag(
    draft: &Draft,
    wanted: &Wanted,
    now: SystemTime,
    warnings: &mut Vec<String>,
) -> Result<Attributes, Ending> {
    let there = draft.attributes(&wanted.name);
    let mut flag = match there {
        Some(there) if !wanted.reset => {
            of_this_mode(&there, wanted)?;
            there
        }
        _ => vec![("enabled".to_owned(), json!(true))],
    };
    put(&mut flag, "enabled", json!(true));
    if wanted.name != wanted.row.name {
        put(&mut flag, "mode", json!(wanted.row.name));
    }
    for (key, value) in &wanted.preset {
        if !flag.iter().any(|(known, _)| known == key) {
            put(&mut flag, key, value.clone());
        }
    }
    for (key, value) in &wanted.given {
        put(&mut flag, key, value.clone());
    }
    if let Some(lasting) = wanted.lasting {
        let end = now.checked_add(lasting).unwrap_or(now);
        put(&mut flag, "expires_at", times::rfc3339(end).into());
    } else if !wanted.given.iter().any(|(key, _)| key == "expires_at") {
        flag.retain(|(key, value)| {
            let over = key == "expires_at" && is_over(value, now);
            if over {
                warnings.push(format!(
                    "{} had expired; it now has no end until --for gives it one",
                    wanted.name
                ));
            }
            !over
        });
    }
    flag.retain(|(key, _)| !wanted.unset.contains(key));
    Ok(flag)
}

/// A flag keeps its mode, since its attributes are that mode's.
fn of_this_mode(there: &Attributes, wanted: &Wanted) -> Result<(), Ending> {
    let mode = there
        .iter()
        .find(|(key, _)| key == "mode")
        .and_then(|(_, mode)| mode.as_str())
        .unwrap_or(&wanted.name);
    // Without a mode and with a name that is none it is no flag yet.
    if mode == wanted.row.name || plan::mode_row(mode).is_none() {
        return Ok(());
    }
    Err(Ending::Usage(format!(
        "there is a flag {} of the mode {mode} already; give this one another --name, or write \
         over it with --reset",
        wanted.name
    )))
}

fn put(flag: &mut Attributes, key: &str, value: Value) {
    match flag.iter_mut().find(|(known, _)| known == key) {
        Some((_, old)) => *old = value,
        None => flag.push((key.to_owned(), value)),
    }
}

fn is_over(time: &Value, now: SystemTime) -> bool {
    let time = time
        .as_str()
        .map(|text| OffsetDateTime::parse(text, &Rfc3339));
    matches!(time, Some(Ok(time)) if SystemTime::from(time) <= now)
}

/// What the settings do to every flag.
fn held_back(settings: &plan::Settings, now: SystemTime) -> Vec<String> {
    let mut said = Vec::new();
    if !settings.enabled {
        said.push("settings.enabled is false, and so nothing is on".to_owned());
    }
    if !settings.window_open(now) {
        said.push("settings.expires_at is over, and so nothing is injected".to_owned());
    }
    if settings.dry_run {
        said.push("settings.dry_run is true, and so nothing is injected but in the log".to_owned());
    }
    said
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chaos_core::plan::mode_row;

    use super::*;

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)
    }

    fn latency(given: &[(&str, Value)]) -> Wanted {
        let mut wanted = Wanted::plain(mode_row("latency").unwrap());
        for (key, value) in given {
            wanted.give(key, value.clone());
        }
        wanted
    }

    fn done(text: &str, wanted: &Wanted) -> (Value, Vec<String>) {
        let enabled = enabled(text, wanted, now()).unwrap();
        (
            serde_json::from_str(&enabled.text).unwrap(),
            enabled.warnings,
        )
    }

    fn refused(text: &str, wanted: &Wanted) -> String {
        match enabled(text, wanted, now()).unwrap_err() {
            Ending::Usage(said) => said,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_the_flag_says_stays_unless_it_is_said_anew() {
        let text = r#"{"latency": {"enabled": false, "min_latency": 5, "percentage": 7}}"#;
        let (document, warnings) = done(text, &latency(&[("percentage", json!(9))]));
        let expected = json!({"enabled": true, "min_latency": 5, "percentage": 9});
        assert_eq!(document["latency"], expected);
        assert_eq!(warnings, [] as [&str; 0]);

        let mut anew = latency(&[("min_latency", json!(3))]);
        anew.reset = true;
        let (document, _) = done(text, &anew);
        assert_eq!(
            document["latency"],
            json!({"enabled": true, "min_latency": 3})
        );

        let mut less = latency(&[]);
        less.unset = vec!["percentage".to_owned()];
        let (document, _) = done(text, &less);
        assert_eq!(
            document["latency"],
            json!({"enabled": true, "min_latency": 5})
        );
    }

    #[test]
    fn a_second_flag_says_its_mode() {
        let mut second = latency(&[("min_latency", json!(3))]);
        second.name = "slow".to_owned();
        let (document, _) = done("{}", &second);
        let expected = json!({"slow": {"enabled": true, "mode": "latency", "min_latency": 3}});
        assert_eq!(document, expected);
        let text = r#"{"slow": {"enabled": false, "mode": "exception"}}"#;
        assert!(refused(text, &second).contains("give this one another --name"));
    }

    #[test]
    fn an_end_that_is_over_goes() {
        let mut brief = latency(&[("min_latency", json!(3))]);
        brief.lasting = Some(Duration::from_millis(2500));
        let enabled = enabled("{}", &brief, now()).unwrap();
        assert_eq!(
            enabled.expires_at,
            Some(now() + Duration::from_millis(2500))
        );
        assert!(
            enabled.text.contains("2023-11-14T22:13:22.5Z"),
            "{}",
            enabled.text
        );

        let over = r#"{"latency": {"enabled": true, "min_latency": 1, "expires_at": "2023-11-14T22:13:20Z"}}"#;
        let (document, warnings) = done(over, &latency(&[]));
        assert_eq!(
            document["latency"],
            json!({"enabled": true, "min_latency": 1})
        );
        assert!(warnings[0].contains("had expired"), "{warnings:?}");

        let ahead = over.replace("20Z", "21Z");
        let (document, warnings) = done(&ahead, &latency(&[]));
        assert!(document["latency"]["expires_at"].is_string());
        assert_eq!(warnings, [] as [&str; 0]);
    }

    #[test]
    fn what_is_not_valid_is_not_written() {
        let said = refused("{}", &latency(&[("percentage", json!(101))]));
        assert!(
            said.contains("latency.percentage: 101 is out of range; write a number from 0 to 100"),
            "{said}"
        );
        let said = refused(r#"{"settings": {"dry_runn": true}}"#, &latency(&[]));
        assert!(said.contains("dry_runn"), "{said}");
        assert!(refused("{", &latency(&[])).contains("disable --all"));
        let old = r#"{"isEnabled": true, "failureMode": "latency", "rate": 1}"#;
        assert!(refused(old, &latency(&[])).contains("cargo chaos convert"));
    }

    #[test]
    fn what_is_wrong_elsewhere_is_no_reason() {
        let text = r#"{"panic": {"enabled": true, "percentage": 101}}"#;
        let (document, warnings) = done(text, &latency(&[("min_latency", json!(1))]));
        assert_eq!(document["panic"]["percentage"], 101);
        assert_eq!(warnings, [] as [&str; 0]);
    }

    #[test]
    fn settings_that_hold_it_back_are_said() {
        let text = r#"{"settings": {"dry_run": true, "enabled": false, "expires_at": "2020-01-01T00:00:00Z"}}"#;
        let (_, warnings) = done(text, &latency(&[("min_latency", json!(1))]));
        assert_eq!(warnings.len(), 3, "{warnings:?}");
    }
}

//! What is asked of somebody at a terminal who left something out.

use std::fmt;

use chaos_core::plan::{MODES, ModeRow};

use super::options;
use super::wanted::Wanted;
use crate::edit::Draft;
use crate::ending::Ending;
use crate::terminal;

struct Choice(&'static ModeRow);

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(row) = self;
        write!(f, "{:<12} {}", row.name, row.title)
    }
}

/// Which mode is meant.
pub(crate) fn ask_for_mode() -> Result<Wanted, Ending> {
    let modes = MODES.iter().map(Choice).collect();
    let Choice(row) = terminal::chosen("Which fault?", modes)?;
    Ok(Wanted::plain(row))
}

/// What the mode does nothing without: at a terminal it is asked for, elsewhere it is missing.
pub(crate) fn ask_for_least(text: &str, wanted: &mut Wanted) -> Result<(), Ending> {
    let row = wanted.row;
    let there = Draft::of(text)
        .ok()
        .filter(|_| !wanted.reset)
        .and_then(|draft| draft.attributes(&wanted.name))
        .unwrap_or_default();
    let said = there.iter().chain(&wanted.preset).chain(&wanted.given);
    let has_one = said
        .filter(|(key, _)| !wanted.unset.contains(key))
        .any(|(key, _)| row.least.contains(&&**key));
    let Some(key) = row.least.first().filter(|_| !has_one) else {
        return Ok(());
    };
    let Some(attribute) = row.attribute(key) else {
        return Ok(());
    };
    if !terminal::is_there() {
        let names: Vec<String> = row
            .least
            .iter()
            .filter_map(|key| row.attribute(key))
            .map(|attribute| format!("--{}", options::name(attribute)))
            .collect();
        return Err(Ending::Usage(format!(
            "{} does nothing without {}: {}; write {}",
            row.name,
            names.join(" or "),
            attribute.help,
            attribute.wanted()
        )));
    }
    let answer = terminal::text(&format!("{key}, {}:", attribute.help), &attribute.wanted())?;
    let value = options::parsed(attribute, vec![answer]).map_err(Ending::Usage)?;
    wanted.give(key, value);
    Ok(())
}

//! How long a function takes to build from nothing, with each set of features.

use std::fmt::Write as _;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};

use super::build::{debug, target};
use super::sets::SETS;
use crate::measure::Effort;
use crate::process::Programs;
use crate::sections::Page;

/// The section of the page; for a look without what takes long.
pub(crate) fn section(_: &Programs, effort: Effort) -> Result<Page> {
    let mut text = String::from(
        "## Build time of a function\n\n\
         Seconds of `cargo build --package chaos-benches-function --features …` from an empty target \
         directory, in cargo's own dev profile and with the sources of its dependencies on this machine already.\n\n\
         | features | seconds |\n\
         | --- | ---: |\n",
    );
    let target = target()?.join("function-cold");
    let sets = SETS.iter().filter(|set| !set.small);
    for set in sets.filter(|set| effort != Effort::QUICK || !set.long) {
        eprintln!("[build] {}", set.name);
        clear(&target)?;
        let begun = Instant::now();
        debug(set, &target)?;
        let _ = writeln!(
            text,
            "| {} | {:.0} |",
            set.name,
            begun.elapsed().as_secs_f64()
        );
    }
    clear(&target)?;
    Ok(text.into())
}

fn clear(target: &Path) -> Result<()> {
    match fs::remove_dir_all(target) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", target.display()))
        }
        _ => Ok(()),
    }
}

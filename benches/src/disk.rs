//! How long `diskspace` takes for its blocks, beside a loop of writes of as many.

use std::env;
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use chaos_core::testing::Scope;
use chaos_core::{InjectedError, inject_chaos};
use serde_json::json;
use tokio::runtime::Builder;

use crate::measure::{Effort, median};
use crate::process::Programs;
use crate::sections::Page;

const MEGABYTE: usize = 1 << 20;

#[inject_chaos]
async fn handler() -> Result<(), InjectedError> {
    Ok(())
}

/// The section of the page.
pub(crate) fn section(_: &Programs, effort: Effort) -> Result<Page> {
    let mut page = String::from(
        "## Disk that is taken\n\n\
         Milliseconds of one call, taken and given back again: the median.\n\n\
         | blocks | `diskspace` | a loop of writes of 1 MB |\n\
         | ---: | ---: | ---: |\n",
    );
    let rounds = if effort == Effort::QUICK { 3 } else { 11 };
    for megabytes in [100, 1000] {
        eprintln!("[disk] {megabytes} MB");
        let (mut taken, mut written) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            taken.push(take(megabytes)?);
            written.push(write(megabytes)?);
        }
        let (taken, written) = (median(&mut taken), median(&mut written));
        let _ = writeln!(page, "| {megabytes} MB | {taken:.2} | {written:.1} |");
    }
    Ok(page.into())
}

fn take(megabytes: usize) -> Result<f64> {
    let scope = Scope::new(&json!({ "diskspace": { "enabled": true, "disk_space": megabytes } }));
    let runtime = Builder::new_current_thread().enable_time().build()?;
    let start = Instant::now();
    runtime.block_on(scope.run(handler()))?;
    let took = start.elapsed();
    let said: Vec<String> = scope.decisions().iter().map(ToString::to_string).collect();
    let took_all =
        |said: &String| said.contains(&format!("{megabytes} MB")) && !said.contains("full");
    if !said.first().is_some_and(took_all) {
        bail!("{megabytes} MB were not taken ({said:?}); {}", room());
    }
    Ok(took.as_secs_f64() * 1000.0)
}

fn write(megabytes: usize) -> Result<f64> {
    let piece = vec![0; MEGABYTE];
    let start = Instant::now();
    let mut file = tempfile::tempfile_in(env::temp_dir()).with_context(room)?;
    for _ in 0..megabytes {
        file.write_all(&piece).with_context(room)?;
    }
    drop(file);
    Ok(start.elapsed().as_secs_f64() * 1000.0)
}

fn room() -> String {
    let folder = env::temp_dir();
    format!(
        "make room for a gigabyte in {}, or set TMPDIR",
        folder.display()
    )
}

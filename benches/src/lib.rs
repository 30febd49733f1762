//! What a wrapped function costs while there is nothing to do, beside its rivals.
//!
//! `cargo xtask bench` builds and runs it, and prints one page in Markdown. One file an idea:
//!
//! - `sections.rs`: the sections of the page, each a file of its own
//! - `rows.rs`: the rows of the table, each a call and what the environment says
//! - `calls.rs`: the functions that are called, and how
//! - `measure.rs`: how a call is timed, and its allocations and instructions counted
//! - `process.rs`: every row in a process of its own
//! - `table.rs`: the table of all calls
//! - `threads.rs`, `clients.rs`, `expiry.rs`, `latencies.rs`, `disk.rs`, `function/`: the other sections
//! - `clients/`: the calls of clients, in programs that have them
//! - `bin/`: the programs. Counting allocations costs time at every one of them, which would be
//!   held against rivals that allocate, so one program takes the times and another one counts.
//!   Instructions are counted by callgrind (Debian's package valgrind) in the one that takes times.
//!   Another one has the AWS SDK for Parameter Store in it (feature `ssm`). Both of the two are there
//!   again with the clients in them (feature `clients`), so that none of these is in the first, and
//!   without the feature `inject`.
//!
//! A new measurement is a row, and perhaps a call.

mod calls;
mod clients;
mod conditions;
mod disk;
mod expiry;
mod function;
mod latencies;
mod measure;
mod process;
mod rows;
mod sections;
mod table;
mod threads;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

pub use self::calls::Call;
pub use self::clients::{Client, Over};
pub use self::expiry::make_requests;
use self::measure::Measuring;
pub use self::measure::{Counts, Effort, Measured, Side};
pub use self::process::{Build, Program, Programs, Report, count_instructions, measure};
pub use self::rows::{Budget, Row, Setting};
use self::sections::SECTIONS;

/// The program that counts allocations, for one row.
///
/// # Errors
///
/// An argument that it does not know.
pub fn count(args: &[String], counts: fn() -> Counts) -> Result<()> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["row", name, "times", _] => process::child(name, &Measuring::Allocations(counts)),
        _ => bail!("run `cargo xtask bench`, which starts this program"),
    }
}

/// The program that takes the times: the page or some of its sections, or the one row that it was
/// started for.
///
/// # Errors
///
/// An argument that it does not know, a row that cannot be measured.
pub fn time(args: &[String]) -> Result<ExitCode> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let timing = std::env::current_exe().context("this program does not know where it is")?;
    let programs = Programs::beside(&timing);
    let over: Vec<String> = match args[..] {
        ["row", name, "times", effort] => {
            let effort = Effort::named(effort).with_context(|| unknown("effort", effort))?;
            process::child(name, &Measuring::Times(effort))?;
            return Ok(ExitCode::SUCCESS);
        }
        ["row", name, "calls", side, calls] => {
            let side = Side::named(side).with_context(|| unknown("side", side))?;
            process::child(name, &Measuring::Nothing(side, calls.parse()?))?;
            return Ok(ExitCode::SUCCESS);
        }
        ["threads", case, threads, calls] => {
            threads::child(case, threads.parse()?, calls.parse()?)?;
            return Ok(ExitCode::SUCCESS);
        }
        ["--check"] => {
            let reports = process::counted(&programs)?;
            reports.iter().filter_map(Report::over_budget).collect()
        }
        ["--check-size"] => function::size::check()?,
        ["--quick", ref only @ ..] => page(&programs, Effort::QUICK, only)?,
        ref only => page(&programs, Effort::FULL, only)?,
    };
    for line in &over {
        eprintln!("over budget: {line}");
    }
    if !over.is_empty() {
        eprintln!(
            "spend less, or raise the budget and say why: in benches/src/rows.rs and clients.rs, of bytes in \
             benches/src/function/sets.rs"
        );
    }
    Ok(if over.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn unknown(what: &str, name: &str) -> String {
    format!("there is no {what} `{name}`; run `cargo xtask bench`, which starts this program")
}

/// Prints the sections of these names, or all; returns what is over its budget.
fn page(programs: &Programs, effort: Effort, only: &[&str]) -> Result<Vec<String>> {
    let names = SECTIONS.map(|section| section.name);
    if let Some(unknown) = only.iter().find(|name| !names.contains(name)) {
        bail!(
            "there is no section `{unknown}`; there are {}",
            names.join(", ")
        );
    }
    let mut over = Vec::new();
    println!("{}\n", table::origin(effort, only));
    for section in SECTIONS {
        if only.is_empty() || only.contains(&section.name) {
            let page = (section.measure)(programs, effort)?;
            println!("{}", page.text);
            over.extend(page.over);
        }
    }
    Ok(over)
}

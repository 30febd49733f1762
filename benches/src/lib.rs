//! What a wrapped function costs while there is nothing to do, beside its rivals.
//!
//! `cargo xtask bench` builds and runs it, and prints one table in Markdown. One file an idea:
//!
//! - `rows.rs`: the rows of the table, each a call and what the environment says
//! - `calls.rs`: the functions that are called, and how
//! - `measure.rs`: how a call is timed, and its allocations and instructions counted
//! - `process.rs`: every row in a process of its own
//! - `table.rs`: the table
//! - `bin/`: two programs. Counting allocations costs time at every one of them, which would be
//!   held against rivals that allocate, so one program takes the times and another one counts.
//!   Instructions are counted by callgrind (Debian's package valgrind) in the one that takes times.
//!
//! A new measurement is a row, and perhaps a call.

mod calls;
mod measure;
mod process;
mod rows;
mod table;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

pub use self::calls::Call;
use self::measure::Measuring;
pub use self::measure::{Counts, Effort, Measured, Side};
pub use self::process::{Program, Report, count_instructions, measure};
pub use self::rows::{Budget, Row, Setting};

/// The program that counts allocations, for one row.
///
/// # Errors
///
/// An argument that it does not know.
pub fn count(args: &[String], counts: fn() -> Counts) -> Result<()> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["row", name, "times", _] => process::child(name, &Measuring::Allocations(counts)),
        _ => bail!("run `chaos-benches`, which starts this program"),
    }
}

/// The program that takes the times: all rows, or the one that it was started for.
///
/// # Errors
///
/// An argument that it does not know, a row that cannot be measured.
pub fn time(args: &[String]) -> Result<ExitCode> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let effort = match args[..] {
        ["row", name, "times", effort] => {
            let effort = Effort::named(effort).context("there is no such effort")?;
            process::child(name, &Measuring::Times(effort))?;
            return Ok(ExitCode::SUCCESS);
        }
        ["row", name, "calls", side, calls] => {
            let side = Side::named(side).context("there is no such side")?;
            process::child(name, &Measuring::Nothing(side, calls.parse()?))?;
            return Ok(ExitCode::SUCCESS);
        }
        [] => Some(Effort::FULL),
        ["--quick"] => Some(Effort::QUICK),
        ["--check"] => None,
        _ => bail!("usage: chaos-benches [--quick | --check]"),
    };
    let timing = std::env::current_exe().context("this program does not know where it is")?;
    let counting = timing.with_file_name("chaos-benches-counting");
    let programs = [Program::at(&timing), Program::at(&counting)];
    let reports = match effort {
        Some(effort) => {
            let reports = process::all(&programs, effort)?;
            println!("{}", table::table(&reports));
            println!("{}", table::origin(effort));
            reports
        }
        None => process::counted(&programs)?,
    };
    let over: Vec<String> = reports.iter().filter_map(Report::over_budget).collect();
    for line in &over {
        eprintln!("over budget: {line}");
    }
    Ok(if over.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

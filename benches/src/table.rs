//! The table, in Markdown.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use anyhow::Result;
use time::OffsetDateTime;

use crate::measure::{Effort, Measured};
use crate::process::{self, Programs, Report};
use crate::rows::Row;
use crate::sections::Page;

/// The section of the page.
pub(crate) fn section(programs: &Programs, effort: Effort) -> Result<Page> {
    let reports = process::all(programs, &Row::of_calls(), effort)?;
    Ok(Page {
        text: format!(
            "## One call while there is nothing to do\n\n{}",
            table(&reports)
        ),
        over: reports.iter().filter_map(Report::over_budget).collect(),
    })
}

/// One line a row. Times are nanoseconds a call.
pub(crate) fn table(reports: &[Report]) -> String {
    let mut table = String::from(
        "| call | median ns | best ns | ns over bare | lowest to highest | aim | instructions over bare | budget | allocations over bare | bytes over bare |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for Report {
        row,
        measured,
        spread: (lowest, highest),
    } in reports
    {
        let Measured {
            median,
            best,
            over,
            allocations,
            bytes,
            instructions,
            ..
        } = measured;
        let aim = row.budget.and_then(|budget| budget.nanoseconds);
        let aim = aim.map(|aim| format!("< {aim}"));
        let most = row.budget.and_then(|budget| budget.instructions);
        let most = most.map(|most| format!("<= {most}"));
        let counted = instructions.map(|counted| format!("{counted:.0}"));
        let _ = writeln!(
            table,
            "| {} | {median:.1} | {best:.1} | {over:.1} | {lowest:.1} to {highest:.1} | {} | {} | {} | {} | {} |",
            row.name(),
            aim.unwrap_or_default(),
            counted.unwrap_or_default(),
            most.unwrap_or_default(),
            count(*allocations),
            count(*bytes),
        );
    }
    table
}

/// A whole number if it is one.
fn count(figure: f64) -> String {
    if figure.fract() == 0.0 {
        format!("{figure:.0}")
    } else {
        format!("{figure:.3}")
    }
}

/// Where the figures are from.
pub(crate) fn origin(effort: Effort, only: &[&str]) -> String {
    let mut command = "cargo xtask bench".to_owned();
    if effort == Effort::QUICK {
        command += " --quick";
    }
    for name in only {
        command = command + " --only " + name;
    }
    let date = OffsetDateTime::now_utc().date();
    let (cpu, rustc) = (cpu(), rustc());
    format!("`{command}`, {date}, {cpu}, {rustc}")
}

fn cpu() -> String {
    let known = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = known.lines().find(|line| line.starts_with("model name"));
    let name = model.and_then(|line| line.split_once(':'));
    name.map_or("unknown processor", |(_, name)| name.trim())
        .to_owned()
}

fn rustc() -> String {
    let output = Command::new("rustc").arg("--version").output();
    let version = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    version.unwrap_or_else(|_| "unknown rustc".to_owned())
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn a_fraction_is_shown_as_one() {
        assert_eq!(count(0.0), "0");
        assert_eq!(count(192.0), "192");
        assert_eq!(count(0.0005), "0.001");
    }
}

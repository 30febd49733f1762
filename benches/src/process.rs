//! Every row in a process of its own: the engine is set up once in a process, from its environment.

use std::env;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::measure::{Counts, Effort, Measured, Measuring, median};
use crate::rows::{FILE, Row};

/// One of the two programs: that which takes times, or that which counts.
#[derive(Clone, Debug)]
pub struct Program(PathBuf);

impl Program {
    /// The one at `path`.
    pub fn at(path: impl AsRef<Path>) -> Self {
        Self(path.as_ref().to_owned())
    }
}

/// A row with its figures.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was measured.
    pub row: Row,
    /// The medians over the processes, and the best of all times.
    pub measured: Measured,
    /// The lowest and the highest of what the processes found it to add.
    pub spread: (f64, f64),
}

impl Report {
    /// What is to be said if it allocates and must not.
    pub fn over_budget(&self) -> Option<String> {
        let Measured {
            allocations, bytes, ..
        } = self.measured;
        let over = self.row.free && (allocations > 0.0 || bytes > 0.0);
        over.then(|| {
            let name = self.row.name();
            format!("{name}: {allocations} allocations and {bytes} bytes a call; allowed: 0")
        })
    }
}

/// What a process that was started for one row does: measures it, prints the figures.
///
/// # Errors
///
/// A row or an effort that there is not.
pub fn child(name: &str, effort: &str, counter: Option<fn() -> Counts>) -> Result<()> {
    let row = Row::named(name).with_context(|| format!("there is no row `{name}`"))?;
    let effort = Effort::named(effort).with_context(|| format!("there is no effort `{effort}`"))?;
    let measuring = Measuring { effort, counter };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    let measured = runtime.block_on(async {
        chaos_core::init().await;
        row.call.measure(&measuring)
    });
    println!("{}", serde_json::to_string(&measured)?);
    Ok(())
}

/// Starts a process for one row, and returns what it found out.
///
/// # Errors
///
/// The process cannot be started, or failed.
pub fn measure(program: &Program, row: &Row, effort: Effort) -> Result<Measured> {
    let mut command = Command::new(&program.0);
    command.args(["row", &row.name(), effort.name]);
    // Nothing but what the row says.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        let ours = ["CHAOS_", "FAILURE_", "FAILPOINTS"];
        if ours.iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
    let mut file = tempfile::NamedTempFile::new()?;
    for (name, value) in row.setting.variables() {
        if *name == FILE {
            file.write_all(value.as_bytes())?;
            command.env(name, file.path());
        } else {
            command.env(name, value);
        }
    }
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {}", program.0.display()))?;
    if !output.status.success() {
        bail!("`{}` ended with {}", row.name(), output.status);
    }
    serde_json::from_slice(&output.stdout)
        .with_context(|| format!("`{}` printed no figures", row.name()))
}

/// Measures all rows, and says on standard error how far it is.
pub(crate) fn all([timing, counting]: &[Program; 2], effort: Effort) -> Result<Vec<Report>> {
    let rows = Row::all();
    let mut found = vec![Vec::new(); rows.len()];
    for round in 1..=effort.processes {
        for (row, found) in rows.iter().zip(&mut found) {
            eprintln!("[{round}/{}] {}", effort.processes, row.name());
            found.push(checked(timing, row, effort)?);
        }
    }
    let reports = rows.iter().zip(found).map(|(row, found)| {
        eprintln!("[allocations] {}", row.name());
        let counted = checked(counting, row, effort)?;
        let of = |figure: fn(&Measured) -> f64| found.iter().map(figure).collect::<Vec<f64>>();
        let mut overs = of(|measured| measured.over);
        let measured = Measured {
            median: median(&mut of(|measured| measured.median)),
            best: of(|measured| measured.best)
                .into_iter()
                .fold(f64::INFINITY, f64::min),
            over: median(&mut overs),
            ..counted
        };
        Ok(Report {
            row: *row,
            measured,
            spread: (overs[0], overs[overs.len() - 1]),
        })
    });
    reports.collect()
}

fn checked(program: &Program, row: &Row, effort: Effort) -> Result<Measured> {
    let measured = measure(program, row, effort)?;
    if measured.failed {
        bail!("`{}`: a call failed, so this is not idle", row.name());
    }
    Ok(measured)
}

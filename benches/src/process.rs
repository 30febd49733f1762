//! Every row in a process of its own: the engine is set up once in a process, from its environment.

use std::env;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::measure::{Effort, Measured, Measuring, Side, median};
use crate::rows::{Budget, FILE, Row};

/// One of the two programs: that which takes times, or that which counts allocations.
#[derive(Clone, Debug)]
pub struct Program(pub(crate) PathBuf);

impl Program {
    /// The one at `path`.
    pub fn at(path: impl AsRef<Path>) -> Self {
        Self(path.as_ref().to_owned())
    }
}

/// All the programs there are.
#[derive(Clone, Debug)]
pub struct Programs {
    /// That which takes times, and starts the others.
    pub timing: Program,
    /// That which counts allocations.
    pub counting: Program,
    /// That which has the SDK for Parameter Store in it.
    pub parameter: Program,
}

impl Programs {
    /// Beside the one that takes times.
    pub fn beside(timing: &Path) -> Self {
        let named = |name| Program::at(timing.with_file_name(name));
        Self {
            timing: Program::at(timing),
            counting: named("chaos-benches-counting"),
            parameter: named("chaos-benches-parameter"),
        }
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
    /// What is to be said where it does what it must not.
    pub fn over_budget(&self) -> Option<String> {
        let Measured {
            allocations,
            bytes,
            instructions,
            ..
        } = self.measured;
        let name = self.row.name();
        let Budget {
            instructions: most,
            free,
            ..
        } = self.row.budget?;
        if free && (allocations > 0.0 || bytes > 0.0) {
            return Some(format!(
                "{name}: {allocations} allocations and {bytes} bytes a call; allowed: 0"
            ));
        }
        let counted = instructions.filter(|counted| *counted > f64::from(most))?;
        Some(format!(
            "{name}: {counted:.0} instructions over bare; allowed: {most}"
        ))
    }
}

/// What a process that was started for one row does: measures it, prints the figures.
///
/// # Errors
///
/// A row that there is not.
pub(crate) fn child(name: &str, measuring: &Measuring) -> Result<()> {
    let row = Row::named(name).with_context(|| format!("there is no row `{name}`"))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    let measured = runtime.block_on(async {
        chaos_core::init().await;
        row.call.measure(measuring)
    });
    println!("{}", serde_json::to_string(&measured)?);
    Ok(())
}

/// Starts a process for one row, and returns what it found out: times, or allocations if it is the
/// program that counts them.
///
/// # Errors
///
/// The process cannot be started, or failed.
pub fn measure(program: &Program, row: &Row, effort: Effort) -> Result<Measured> {
    let command = Command::new(&program.0);
    let (measured, _) = run(command, row, &["times", effort.name])?;
    Ok(measured)
}

/// Instructions that a call takes more than the bare one, as valgrind's callgrind counts them.
///
/// # Errors
///
/// valgrind is not there, or a process failed.
pub fn count_instructions(program: &Program, row: &Row) -> Result<f64> {
    const CALLS: [u32; 2] = [1000, 3000];
    let run = |side: Side, calls: u32| -> Result<f64> {
        let mut command = Command::new("valgrind");
        command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
        command.arg(&program.0);
        let calls = calls.to_string();
        let (measured, said) = run(command, row, &["calls", side.name(), &calls])
            .context("valgrind counts instructions; Debian's package has its name")?;
        if measured.failed {
            bail!("`{}`: a call failed, so this is not idle", row.name());
        }
        let total = said
            .lines()
            .find_map(|line| line.split_once("Collected : "));
        let total = total.context("callgrind says no figure")?.1.trim();
        total.parse().context("callgrind says another figure")
    };
    let a_call = |side| {
        let [few, many] = CALLS;
        let more = run(side, many)? - run(side, few)?;
        anyhow::Ok(more / f64::from(many - few))
    };
    Ok(a_call(Side::Call)? - a_call(Side::Bare)?)
}

/// Runs it for a row, in the environment that the row says; returns its figures, and what it said
/// on standard error.
fn run(mut command: Command, row: &Row, what: &[&str]) -> Result<(Measured, String)> {
    command.args(["row", &row.name()]).args(what);
    without_settings(&mut command);
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
        .output()
        .with_context(|| format!("cannot start {}", command.get_program().display()))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        bail!("`{}` ended with {}: {said}", row.name(), output.status);
    }
    let measured = serde_json::from_slice(&output.stdout)
        .with_context(|| format!("`{}` printed no figures: {said}", row.name()))?;
    Ok((measured, said))
}

/// Takes from its environment what would be no part of the measurement.
pub(crate) fn without_settings(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        let ours = ["AWS_", "CHAOS_", "FAILURE_", "FAILPOINTS"];
        if ours.iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
}

/// Measures all rows, and says on standard error how far it is.
pub(crate) fn all(programs: &Programs, effort: Effort) -> Result<Vec<Report>> {
    let rows = Row::all();
    let mut found = vec![Vec::new(); rows.len()];
    for round in 1..=effort.processes {
        for (row, found) in rows.iter().zip(&mut found) {
            eprintln!("[{round}/{}] {}", effort.processes, row.name());
            found.push(checked(&programs.timing, row, effort)?);
        }
    }
    let reports = rows.iter().zip(found).map(|(row, found)| {
        let counted = count(programs, row)?;
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

/// Counts for all rows that have a budget, and takes no times.
pub(crate) fn counted(programs: &Programs) -> Result<Vec<Report>> {
    let rows = Row::all().into_iter().filter(|row| row.budget.is_some());
    let reports = rows.map(|row| {
        Ok(Report {
            row,
            measured: count(programs, &row)?,
            spread: (0.0, 0.0),
        })
    });
    reports.collect()
}

fn count(programs: &Programs, row: &Row) -> Result<Measured> {
    eprintln!("[allocations, instructions] {}", row.name());
    Ok(Measured {
        instructions: Some(count_instructions(&programs.timing, row)?),
        ..checked(&programs.counting, row, Effort::QUICK)?
    })
}

fn checked(program: &Program, row: &Row, effort: Effort) -> Result<Measured> {
    let measured = measure(program, row, effort)?;
    if measured.failed {
        bail!("`{}`: a call failed, so this is not idle", row.name());
    }
    Ok(measured)
}

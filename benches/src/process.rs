//! Every row in a process of its own: the engine is set up once in a process, from its environment.

use std::env;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use tempfile::NamedTempFile;

use crate::calls::Call;
use crate::clients;
use crate::measure::{Effort, Measured, Measuring, Side, median};
use crate::rows::{Budget, FILE, Row, Setting};

const VALGRIND: &str = "valgrind";

/// One of the programs.
#[derive(Clone, Debug)]
pub struct Program(pub(crate) PathBuf);

impl Program {
    /// The one at `path`.
    pub fn at(path: impl AsRef<Path>) -> Self {
        Self(path.as_ref().to_owned())
    }
}

/// How the programs that rows are measured in are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Build {
    /// As they are by default.
    Own,
    /// With the feature `inject` off.
    Off,
    /// With the clients in them.
    Clients,
}

impl Build {
    /// Whether this program is built so.
    fn is_this(self) -> bool {
        match self {
            Self::Own | Self::Clients => cfg!(feature = "inject"),
            Self::Off => !cfg!(feature = "inject"),
        }
    }
}

/// All the programs there are, in one folder.
#[derive(Clone, Debug)]
pub struct Programs(PathBuf);

impl Programs {
    /// Beside this one.
    pub fn beside(program: &Path) -> Self {
        Self(program.to_owned())
    }

    fn named(&self, name: &str) -> Program {
        Program::at(self.0.with_file_name(name))
    }

    /// That which takes times; the first one starts all others.
    pub fn timing(&self, build: Build) -> Program {
        self.named(match build {
            Build::Own => "chaos-benches",
            Build::Off => "chaos-benches-off",
            Build::Clients => "chaos-benches-clients",
        })
    }

    /// That which counts allocations.
    pub fn counting(&self, build: Build) -> Program {
        self.named(match build {
            Build::Own => "chaos-benches-counting",
            Build::Off => "chaos-benches-off-counting",
            Build::Clients => "chaos-benches-clients-counting",
        })
    }

    /// That which has the SDK for Parameter Store in it.
    pub fn parameter(&self) -> Program {
        self.named("chaos-benches-parameter")
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
            allocations: few,
            ..
        } = self.row.budget?;
        if let Some(few) = few
            && (allocations > f64::from(few) || few == 0 && bytes > 0.0)
        {
            return Some(format!(
                "{name}: {allocations} allocations and {bytes} bytes a call; allowed: {few}"
            ));
        }
        let most = most?;
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
    if !row.build().is_this() {
        bail!(
            "this program is built {} the feature `inject`, and the row `{name}` asks for the other; \
             `cargo xtask bench --only calls` builds both",
            if cfg!(feature = "inject") {
                "with"
            } else {
                "without"
            }
        );
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let measured = if let Call::Client(client, over) = row.call {
        runtime.block_on(chaos_core::init());
        clients::measure(client, over, measuring, &runtime)?
    } else {
        runtime.block_on(async {
            chaos_core::init().await;
            row.call.measure(measuring)
        })
    };
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
    let run = |side: Side, calls: u32| -> Result<f64> {
        let mut command = Command::new(VALGRIND);
        command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
        command.arg(&program.0);
        let calls = calls.to_string();
        let (measured, said) = run(command, row, &["calls", side.name(), &calls])?;
        if measured.failed {
            bail!("{}", failed(row));
        }
        let total = said
            .lines()
            .find_map(|line| line.split_once("Collected : "));
        let (_, total) = total.with_context(|| {
            format!(
                "`{}`: callgrind printed no line `Collected : N`: {said}",
                row.name()
            )
        })?;
        let number = total.trim().parse();
        number.with_context(|| format!("`{}`: callgrind counted {total:?}", row.name()))
    };
    let a_call = |side| {
        let [few, many] = row.call.pace().calls();
        let more = run(side, many)? - run(side, few)?;
        anyhow::Ok(more / f64::from(many - few))
    };
    Ok(a_call(Side::Call)? - a_call(Side::Bare)?)
}

/// Runs it for a row, in the environment that the row says; returns its figures, and what it said
/// on standard error.
fn run(mut command: Command, row: &Row, what: &[&str]) -> Result<(Measured, String)> {
    command.args(["row", &row.name()]).args(what);
    let _file = set(&mut command, row.setting)?;
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| cannot_start(&command))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        bail!("`{}` ended with {}: {said}", row.name(), output.status);
    }
    let measured = serde_json::from_slice(&output.stdout)
        .with_context(|| format!("`{}` printed no figures: {said}", row.name()))?;
    Ok((measured, said))
}

fn failed(row: &Row) -> String {
    format!(
        "`{}`: a call failed, so this is not idle: its document (benches/src/rows.rs) injects something, or \
         the client got no answer",
        row.name()
    )
}

/// What to do where a program cannot be started.
pub(crate) fn cannot_start(command: &Command) -> String {
    let program = command.get_program().display();
    if command.get_program() == VALGRIND {
        return format!(
            "cannot start {program}, which counts instructions: apt-get install valgrind"
        );
    }
    format!("cannot start {program}; `cargo xtask bench` builds it")
}

/// Gives it the environment that a setting asks for, with the file that has the document.
pub(crate) fn set(command: &mut Command, setting: Setting) -> Result<NamedTempFile> {
    without_settings(command);
    let cannot = || format!("cannot write a document to {}", env::temp_dir().display());
    let mut file = NamedTempFile::new().with_context(cannot)?;
    for (name, value) in setting.variables() {
        if *name == FILE {
            file.write_all(value.as_bytes()).with_context(cannot)?;
            command.env(name, file.path());
        } else {
            command.env(name, value);
        }
    }
    Ok(file)
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

/// Measures these rows, and says on standard error how far it is.
pub(crate) fn all(programs: &Programs, rows: &[Row], effort: Effort) -> Result<Vec<Report>> {
    let mut found = vec![Vec::new(); rows.len()];
    for round in 1..=effort.processes {
        for (row, found) in rows.iter().zip(&mut found) {
            eprintln!("[{round}/{}] {}", effort.processes, row.name());
            found.push(checked(&programs.timing(row.build()), row, effort)?);
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
    let rows = Row::all().into_iter().filter(Row::is_counted);
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
    let (timing, counting) = (programs.timing(row.build()), programs.counting(row.build()));
    let steady = row.call.is_steady();
    let instructions = steady.then(|| count_instructions(&timing, row));
    Ok(Measured {
        instructions: instructions.transpose()?,
        ..checked(&counting, row, Effort::QUICK)?
    })
}

fn checked(program: &Program, row: &Row, effort: Effort) -> Result<Measured> {
    let measured = measure(program, row, effort)?;
    if measured.failed {
        bail!("{}", failed(row));
    }
    Ok(measured)
}

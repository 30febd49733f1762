//! Threads that call one point at once: whether it scales as the bare call does.

use std::fmt::Write as _;
use std::hint::black_box;
use std::process::{Command, Stdio};
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow, bail};
use chaos_core::inject_chaos;
use lambda_runtime::Error;
use tokio::runtime::Builder;

use crate::calls::done;
use crate::measure::Effort;
use crate::process::{Build, Programs, cannot_start, set};
use crate::rows::Setting;
use crate::sections::Page;

const THREADS: [u32; 4] = [1, 2, 4, 10];

/// The best of so many rounds: whatever else the machine does makes it slower.
const ROUNDS: usize = 9;

/// What is called, and where.
#[derive(Clone, Copy, Debug)]
struct Case {
    name: &'static str,
    setting: Setting,
    bare: bool,
}

const fn point_under(setting: Setting) -> Case {
    Case {
        name: setting.name(),
        setting,
        bare: false,
    }
}

const CASES: [Case; 4] = [
    Case {
        name: "bare",
        setting: Setting::NoSource,
        bare: true,
    },
    point_under(Setting::NoSource),
    // Its handler has been called once, and keeps the document fresh.
    point_under(Setting::File),
    point_under(Setting::OtherPoints),
];

/// The section of the page.
pub(crate) fn section(programs: &Programs, effort: Effort) -> Result<Page> {
    let cores = thread::available_parallelism()?;
    let calls: u32 = if effort == Effort::QUICK {
        5_000_000
    } else {
        20_000_000
    };
    let mut page = format!(
        "## Threads at one point\n\n\
         Millions of calls a second of all threads together, and against those of one thread; the \
         best of {ROUNDS} rounds, on {cores} cores.\n\n| a point |"
    );
    for threads in THREADS {
        let s = if threads == 1 { "" } else { "s" };
        let _ = write!(page, " {threads} thread{s} |");
    }
    let _ = writeln!(page, "\n| --- |{}", " ---: |".repeat(THREADS.len()));
    for case in CASES {
        let _ = write!(page, "| {} |", case.name);
        let mut alone = None;
        for threads in THREADS {
            eprintln!("[threads] {}, {threads}", case.name);
            let millions = measured(programs, case, threads, calls)?;
            let times = millions / *alone.get_or_insert(millions);
            let _ = write!(page, " {millions:.0} ({times:.2}) |");
        }
        page.push('\n');
    }
    Ok(page.into())
}

fn measured(programs: &Programs, case: Case, threads: u32, calls: u32) -> Result<f64> {
    let mut command = Command::new(&programs.timing(Build::Own).0);
    let _file = set(&mut command, case.setting)?;
    let output = command
        .args(["threads", case.name])
        .args([threads.to_string(), calls.to_string()])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| cannot_start(&command))?;
    if !output.status.success() {
        bail!("`{}` ended with {}", case.name, output.status);
    }
    serde_json::from_slice(&output.stdout)
        .with_context(|| format!("`{}`, {threads} threads: it printed no figure", case.name))
}

/// What a process that was started for one case does: prints millions of calls a second.
///
/// # Errors
///
/// A case that there is not, a call that fails.
pub(crate) fn child(case: &str, threads: u32, calls: u32) -> Result<()> {
    let found = CASES.into_iter().find(|own| own.name == case);
    let case = found.with_context(|| format!("there is no case `{case}`"))?;
    let runtime = Builder::new_current_thread().enable_time().build()?;
    runtime
        .block_on(async {
            chaos_core::init().await;
            handler().await
        })
        .map_err(|error| anyhow!("{error}"))?;
    let mut best: f64 = 0.0;
    for _ in 0..ROUNDS {
        best = best.max(round(case.bare, threads, calls)?);
    }
    println!("{best}");
    Ok(())
}

/// All threads make so many calls each; returns how many millions a second that is.
fn round(bare: bool, threads: u32, calls: u32) -> Result<f64> {
    let ready = Barrier::new(usize::try_from(threads)?);
    // Each takes its own time: whoever waited for them might come back late.
    let thread = || {
        ready.wait();
        let start = Instant::now();
        let succeeded = if bare {
            (0..calls).all(|_| done(work(black_box(7))))
        } else {
            (0..calls).all(|_| done(point(black_box(7))))
        };
        succeeded.then(|| (start, Instant::now()))
    };
    let times: Option<Vec<_>> = thread::scope(|scope| {
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(thread)).collect();
        let times = all.into_iter().map(|one| one.join().unwrap_or_default());
        times.collect()
    });
    let times = times.context("a call failed, so this is not idle")?;
    let first = times.iter().map(|(start, _)| *start).min();
    let last = times.iter().map(|(_, end)| *end).max();
    let took = first.zip(last).context("there is no thread")?;
    let took = took.1.duration_since(took.0).as_secs_f64();
    Ok(f64::from(threads) * f64::from(calls) / took / 1e6)
}

#[inject_chaos]
async fn handler() -> Result<(), Error> {
    Ok(())
}

#[expect(clippy::unused_async, reason = "as a function that does its work is")]
async fn work(number: u64) -> Result<u64, Error> {
    Ok(number.rotate_left(3))
}

#[inject_chaos(point = "bench.shared")]
async fn point(number: u64) -> Result<u64, Error> {
    Ok(number.rotate_left(3))
}

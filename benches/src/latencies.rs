//! Latency asked for against latency observed: what a wait takes longer than the document says,
//! beside the same wait of tokio's timer.
//!
//! Short waits are measured one after the other. Long ones are started a few milliseconds apart, so
//! that each still has the machine for itself when it ends.

use std::fmt::Write as _;
use std::hint::{black_box, spin_loop};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use chaos_core::testing::Scope;
use chaos_core::{InjectedError, inject_chaos};
use serde_json::json;
use tokio::runtime::Builder;

use crate::measure::{Effort, percentile};
use crate::process::Programs;
use crate::sections::Page;

/// Milliseconds that are asked for.
const ASKED: [f64; 11] = [
    0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 50.0, 100.0, 500.0, 1000.0, 2000.0,
];
/// From so many on, waits overlap.
const LONG: f64 = 50.0;
const APART: Duration = Duration::from_millis(7);

#[inject_chaos]
async fn slow() -> Result<(), InjectedError> {
    Ok(())
}

#[inject_chaos]
fn slow_blocking() -> Result<(), InjectedError> {
    Ok(())
}

/// Whose wait it is.
#[derive(Clone, Copy, Debug)]
enum Waiter {
    Attribute,
    Blocking,
    Tokio,
}

/// The section of the page.
pub(crate) fn section(_: &Programs, effort: Effort) -> Result<Page> {
    let mut page = String::from(
        "## Latency asked for, and latency observed\n\n\
         Milliseconds later than asked for: 50th and 99th percentile. Loaded: one busy thread for \
         each core beside it. Never earlier.\n\n\
         | asked for | async | async, loaded | not async | not async, loaded | `tokio::time::sleep` | `tokio::time::sleep`, loaded |\n\
         | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for asked in ASKED {
        eprintln!("[latencies] {asked} ms");
        let _ = write!(page, "| {asked} ms ");
        for waiter in [Waiter::Attribute, Waiter::Blocking, Waiter::Tokio] {
            for loaded in [false, true] {
                let _load = loaded.then(Load::begin);
                let mut late = late(waiter, asked, effort)?;
                let earliest = late.iter().copied().fold(f64::INFINITY, f64::min);
                // As exact as a difference of floats is.
                ensure!(
                    earliest > -1e-6,
                    "{waiter:?}{}: a wait of {asked} ms ended {} ms too early",
                    if loaded { ", loaded" } else { "" },
                    -earliest
                );
                let half = percentile(&mut late, 50);
                let most = percentile(&mut late, 99);
                let _ = write!(page, "| {half:.3}, {most:.3} ");
            }
        }
        page += "|\n";
    }
    Ok(page.into())
}

/// How many milliseconds later than asked for each wait ended.
fn late(waiter: Waiter, asked: f64, effort: Effort) -> Result<Vec<f64>> {
    let quick = effort == Effort::QUICK;
    let calls = match (asked >= LONG, quick) {
        (false, false) => 1000,
        (true, false) => 200,
        (_, true) => 20,
    };
    let wait = Duration::from_secs_f64(asked / 1000.0);
    let document = json!({ "latency": {
        "enabled": true, "min_latency": asked, "max_latency": asked,
    } });
    let scope = Scope::new(&document);
    let call = async move || {
        let start = Instant::now();
        match waiter {
            Waiter::Attribute => scope.run(slow()).await?,
            Waiter::Blocking => scope.run_blocking(slow_blocking)?,
            Waiter::Tokio => tokio::time::sleep(wait).await,
        }
        anyhow::Ok((start.elapsed().as_secs_f64() - wait.as_secs_f64()) * 1000.0)
    };
    let call = Arc::new(call);
    let runtime = Builder::new_multi_thread().enable_time().build()?;
    runtime.block_on(async {
        if asked < LONG {
            let mut late = Vec::new();
            for _ in 0..calls {
                late.push(call().await?);
            }
            return Ok(late);
        }
        let mut all = Vec::new();
        for number in 0..calls {
            let call = Arc::clone(&call);
            let start = APART * number;
            all.push(match waiter {
                Waiter::Blocking => tokio::task::spawn_blocking(move || {
                    thread::sleep(start);
                    tokio::runtime::Handle::current().block_on(call())
                }),
                Waiter::Attribute | Waiter::Tokio => tokio::spawn(async move {
                    tokio::time::sleep(start).await;
                    call().await
                }),
            });
        }
        let mut late = Vec::new();
        for one in all {
            late.push(
                one.await
                    .with_context(|| format!("a call of {waiter:?} panicked"))??,
            );
        }
        Ok(late)
    })
}

/// Every core is busy until this is dropped.
struct Load(Arc<AtomicBool>);

impl Load {
    fn begin() -> Self {
        let goes_on = Arc::new(AtomicBool::new(true));
        let cores = thread::available_parallelism().map_or(1, usize::from);
        for _ in 0..cores {
            let goes_on = Arc::clone(&goes_on);
            thread::spawn(move || {
                while black_box(&goes_on).load(Ordering::Relaxed) {
                    spin_loop();
                }
            });
        }
        Self(goes_on)
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

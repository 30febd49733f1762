//! Goes from step to step.

use std::io::Write;

use anyhow::anyhow;
use serde_json::Value;

use super::judge::{Baseline, judge};
use super::log::Line;
use super::outcome::Outcome;
use super::row::Seen;
use super::stage::Stage;
use super::steps::{Expect, Step};
use super::table::{Row, Table};
use super::{disk, steps};
use crate::ending::Ending;

/// A tour of one function.
#[derive(Debug)]
pub(crate) struct Visit<'a> {
    pub(crate) stage: &'a Stage,
    /// What the function is invoked with.
    pub(crate) event: Value,
    /// What it is known to answer with code 200, where that is known.
    pub(crate) greets: Option<&'static str>,
}

impl Visit<'_> {
    /// Takes all steps, prints each as it is done, and says whether all came out as they should.
    pub(crate) async fn walk<W: Write>(&self, table: &mut Table<W>) -> Result<bool, Ending> {
        let steps = steps::all(disk::modest());
        table.heading(self.stage.name())?;
        let mut baseline = None;
        let mut hits = None;
        let mut failures = 0;
        for step in &steps {
            let mut seen = self.take(step).await?;
            if step.expect == Expect::Baseline {
                baseline = Baseline::learn(&seen.calls);
            }
            let Some(baseline) = &baseline else {
                return Err(anyhow!("the tour has no first step; please report this").into());
            };
            let mut verdict = judge(&step.expect, &seen, baseline, hits.as_deref());
            if step.expect == Expect::Baseline {
                verdict = verdict.and_then(|()| self.greeted(&seen));
            } else if let Err(reason) = &mut verdict {
                seen.log = self.stage.log(Line::is_complaint).await;
                *reason = explained(reason, &seen.log);
            }
            failures += usize::from(verdict.is_err());
            table.row(&Row {
                asks: &step.asks,
                document: step.document.as_deref(),
                came_back: seen.came_back(&step.expect),
                took: seen.took(),
                notes: seen.notes(&step.expect),
                reason: verdict.err(),
            })?;
            self.must_answer(step, &seen)?;
            if matches!(step.expect, Expect::Half { .. }) {
                hits = Some(seen.hits());
            }
        }
        table.ending(steps.len(), failures)?;
        Ok(failures == 0)
    }

    async fn take(&self, step: &Step) -> Result<Seen, Ending> {
        self.stage.forget_log();
        if let Some(document) = &step.document {
            self.stage.put(document).await?;
        }
        let mut seen = Seen {
            calls: Vec::with_capacity(step.times),
            log: Vec::new(),
            space: None,
        };
        for _ in 0..step.times {
            let call = self.stage.invoke(&self.event);
            seen.calls.push(match step.expect {
                Expect::Disk { megabytes } => {
                    let (call, space) = disk::watched(megabytes, call).await;
                    seen.space = space;
                    call
                }
                _ => call.await,
            });
        }
        if step.expect.needs_log() {
            let wanted = |line: &Line| line.is_complaint() || line.disk_mb.is_some();
            seen.log = self.stage.log(wanted).await;
        }
        Ok(seen)
    }

    /// Whether a function of whom it is known says what it should.
    fn greeted(&self, seen: &Seen) -> Result<(), String> {
        let Some(greeting) = self.greets else {
            return Ok(());
        };
        let expected = Outcome::Http {
            status: 200,
            body: greeting.to_owned(),
        };
        if seen.calls.iter().all(|call| call.outcome == expected) {
            return Ok(());
        }
        Err(format!("expected {expected}"))
    }

    /// A function that fails by itself cannot be shown around.
    fn must_answer(&self, step: &Step, seen: &Seen) -> Result<(), Ending> {
        let fails = seen.last().is_some_and(|call| call.outcome.is_error());
        if step.expect != Expect::Baseline || !fails {
            return Ok(());
        }
        let name = self.stage.name();
        Err(anyhow!(
            "{name} fails without any chaos, so there is nothing to compare with; if it needs \
             another event than a request by API Gateway, name a file with --event{}",
            self.stage.last_lines()
        )
        .into())
    }
}

/// The reason of a failure, with what the function itself says of it.
fn explained(reason: &str, log: &[Line]) -> String {
    let said = log.iter().rev().find(|line| line.is_complaint());
    match said {
        Some(line) => format!("{reason}; its log says: {}", line.text),
        None if log.is_empty() => format!(
            "{reason}; its log has nothing from chaos: is `#[inject_chaos]` on the handler, and \
             a tracing subscriber set up in main?"
        ),
        None => reason.to_owned(),
    }
}

//! How long the conditions of one document take at most, whatever text the event brings.

use std::fmt::Write as _;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use chaos_core::testing::Scope;
use chaos_core::{inject_chaos, plan};
use lambda_runtime::{Context, Error, LambdaEvent};
use serde_json::{Value, json};
use tokio::runtime::Builder;

use crate::measure::{Effort, median};
use crate::process::Programs;
use crate::sections::Page;

/// What a document may have at most, and what is searched at most.
const EXPRESSIONS: usize = 16;
const SEARCHED: usize = 4096;
const CONDITIONS: usize = 64;

/// The numbers of a long list.
const LISTED: usize = 1_000_000;

/// An expression with something repeated so often.
type Shape = fn(usize) -> String;

/// Expressions that keep many states alive, repeated as often as a document may.
const SHAPES: [(&str, Shape); 5] = [
    ("(a?){N}Z", |n| format!("(a?){{{n}}}Z")),
    (".*.*…Z", |n| ".*".repeat(n) + "Z"),
    ("(a*)*(a*)*…Z", |n| "(a*)*".repeat(n) + "Z"),
    ("a…aZ", |n| "a".repeat(n) + "Z"),
    ("(a|a|…)*Z", |n| format!("({})*Z", vec!["a"; n].join("|"))),
];

#[inject_chaos]
async fn handler(event: LambdaEvent<Value>) -> Result<Value, Error> {
    Ok(event.payload)
}

/// The section of the page.
pub(crate) fn section(_: &Programs, effort: Effort) -> Result<Page> {
    let mut page = format!(
        "## Conditions at their worst\n\n\
         Milliseconds of one call under {EXPRESSIONS} regular expressions, each as long as a document may \
         have it and met by none of the {SEARCHED} characters that it is asked about: the median.\n\n\
         | expression | the largest N | milliseconds |\n\
         | --- | ---: | ---: |\n",
    );
    let rounds = if effort == Effort::QUICK { 3 } else { 21 };
    for (name, shape) in SHAPES {
        eprintln!("[conditions] {name}");
        let most = (1..SEARCHED).take_while(|&n| is_accepted(&shape(n)));
        let most = most.last().with_context(|| {
            let refused = plan::read(&document(&shape(1)).to_string()).findings;
            format!("no document is read without a finding that has `{name}`, even where N is 1: {refused:?}")
        })?;
        let took = time(&document(&shape(most)), &text(), rounds);
        let took = took.with_context(|| format!("`{name}`, N = {most}"))?;
        let name = name.replace('|', "\\|");
        let _ = writeln!(page, "| `{name}` | {most} | {took:.2} |");
    }
    eprintln!("[conditions] a list");
    let (one, all) = (list(1, LISTED), list(CONDITIONS, LISTED));
    let took = |(document, event): &(Value, Value)| time(document, event, rounds);
    let _ = writeln!(
        page,
        "\nWhere the event is a list of {LISTED} numbers, a call takes {:.2} ms under one condition on it, and \
         {:.2} ms under {CONDITIONS}: the event is made JSON once.",
        took(&one)?,
        took(&all)?
    );
    Ok(page.into())
}

/// A text that is searched to its end.
fn text() -> Value {
    json!({ "text": "a".repeat(SEARCHED) })
}

/// A flag with so many conditions on a list of so many numbers, and that list.
fn list(conditions: usize, numbers: usize) -> (Value, Value) {
    let condition = json!({ "path": "list", "operator": "startsWith", "value": "8", "not": true });
    let flag = json!({ "enabled": true, "match": vec![condition; conditions] });
    (
        json!({ "exception": flag }),
        json!({ "list": vec![7; numbers] }),
    )
}

/// A flag that is on unless one of its expressions is found in the text.
fn document(expression: &str) -> Value {
    let condition = json!({
        "path": "text", "operator": "regex", "value": expression, "not": true,
    });
    json!({ "exception": { "enabled": true, "match": vec![condition; EXPRESSIONS] } })
}

fn is_accepted(expression: &str) -> bool {
    plan::read(&document(expression).to_string())
        .findings
        .is_empty()
}

fn time(document: &Value, event: &Value, rounds: usize) -> Result<f64> {
    let scope = Scope::new(document);
    let runtime = Builder::new_current_thread().enable_time().build()?;
    let mut all = Vec::new();
    for _ in 0..rounds {
        let event = LambdaEvent::new(event.clone(), Context::default());
        let start = Instant::now();
        let outcome = runtime.block_on(scope.run(handler(event)));
        all.push(start.elapsed().as_secs_f64() * 1000.0);
        // Only after all of them were asked does the flag fire.
        ensure!(
            outcome.is_err(),
            "the flag did not fire: a condition did not hold, or nobody asked"
        );
    }
    Ok(median(&mut all))
}

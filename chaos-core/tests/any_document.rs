//! Whatever a document says, a wrapped handler runs, is delayed within bounds, or fails as the
//! document says.
//!
//! `CHAOS_TESTS_CASES` is how many documents are tried, and `CHAOS_TESTS_SEED` which is the first:
//! a case that fails says its own, with which it can be tried alone. With `--release` ten million take
//! less than ten minutes.
#![cfg(all(feature = "inject", feature = "lambda"))]

#[path = "any_document/call.rs"]
mod call;
#[path = "any_document/expected.rs"]
mod expected;
#[path = "plan_properties/generate.rs"]
mod generate;
#[path = "any_document/reply.rs"]
mod reply;
#[path = "any_document/sound.rs"]
mod sound;
#[path = "any_document/waits.rs"]
mod waits;

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use call::{Call, without_noise};
use generate::Draws;
use serde_json::Value;

/// So many cases are tried unless another number is set.
const USUALLY: u64 = 6_000;
/// So many cases share a runtime, whose clock goes ahead by years otherwise.
const ROUND: u64 = 1_000;

/// What must come of some case of a few thousand: else they show nothing.
const KINDS: [&str; 15] = [
    "answered",
    "blocked",
    "corrupted",
    "dry run",
    "error",
    "error of its own",
    "impossible",
    "latency",
    "lost reply",
    "own",
    "panic",
    "recoded",
    "taken",
    "timeout",
    "twice",
];

/// How often each kind of outcome came.
type Counts = BTreeMap<&'static str, u64>;

/// The number that a variable sets, `10_000_000` too.
fn number(variable: &str, unless_set: u64) -> u64 {
    let Ok(text) = std::env::var(variable) else {
        return unless_set;
    };
    let number = text.replace('_', "").parse();
    number.unwrap_or_else(|_| panic!("{variable} is {text:?}; write a number"))
}

/// A document of one of the sorts: right, older, right flags among hostile ones, hostile.
fn document(draws: &mut Draws) -> Value {
    match draws.below(8) {
        0..4 => sound::document(draws),
        4 => sound::older(draws),
        5 => {
            let mut document = generate::document(draws);
            if let (Value::Object(all), Value::Object(right)) =
                (&mut document, sound::document(draws))
            {
                all.extend(right);
            }
            document
        }
        _ => generate::document(draws),
    }
}

async fn check(seed: u64, counts: &mut Counts) -> Result<(), String> {
    // Cases whose seeds are neighbours have nothing in common.
    let mut draws = Draws(Draws(seed).next());
    let document = document(&mut draws);
    let call = Call::drawn(&mut draws, &document);
    let called = call.make(&document).await;
    let kinds = expected::compare(&document, &call, &called);
    let kinds = kinds.map_err(|why| {
        format!(
            "{why}\nfor it alone: CHAOS_TESTS_SEED={seed} CHAOS_TESTS_CASES=1\n{document}\n\
             {call:?}\n{called:?}"
        )
    })?;
    for kind in kinds {
        *counts.entry(kind).or_default() += 1;
    }
    Ok(())
}

/// Takes rounds of cases until there are none left, and leaves none to others if one fails.
fn work(first: u64, cases: u64, next: &AtomicU64) -> Counts {
    let mut counts = Counts::new();
    loop {
        let begin = next.fetch_add(ROUND, Ordering::Relaxed);
        let end = cases.min(begin.saturating_add(ROUND));
        if begin >= end {
            return counts;
        }
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build();
        let came: Result<(), String> = runtime.expect("a runtime").block_on(async {
            for case in begin..end {
                check(first.wrapping_add(case), &mut counts).await?;
            }
            Ok(())
        });
        if let Err(why) = came {
            next.store(u64::MAX / 2, Ordering::Relaxed);
            panic!("{why}");
        }
    }
}

#[test]
fn a_wrapped_handler_does_nothing_else() {
    let cases = number("CHAOS_TESTS_CASES", USUALLY);
    let first = number("CHAOS_TESTS_SEED", 6);
    without_noise();
    let (next, begun) = (AtomicU64::new(0), Instant::now());
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut counts = Counts::new();
    thread::scope(|scope| {
        let spawn = |_| scope.spawn(|| work(first, cases, &next));
        let workers: Vec<_> = (0..threads).map(spawn).collect();
        for worker in workers {
            let more = worker.join().unwrap_or_else(|why| resume_unwind(why));
            for (kind, n) in more {
                *counts.entry(kind).or_default() += n;
            }
        }
    });
    println!(
        "{cases} cases from {first} on in {:?}: {counts:?}",
        begun.elapsed()
    );
    let enough = |kind| counts.get(kind).is_some_and(|n| *n >= cases / 2_000);
    let missing: Vec<_> = KINDS.iter().filter(|kind| !enough(**kind)).collect();
    assert!(
        cases < USUALLY || missing.is_empty(),
        "{missing:?} came too seldom: {counts:?}"
    );
}

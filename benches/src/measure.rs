//! How a call is timed, and its allocations and instructions counted.
//!
//! Batches of the bare call and of the other one take turns, so that whatever slows the machine
//! down slows both. What the other one adds is the median of the differences within the pairs.
//!
//! Where on the stack a future of some hundred bytes lies may make a difference of some ns, and a
//! variable more in the environment moves it. So each pair lies elsewhere on a page, and both of
//! a pair at the same place.
//!
//! Some ns are left that are nobody's: where a future's bytes lie decides whether a copy of them
//! waits for the copy before it. Instructions are the same each time, so those are the budget.
//! callgrind counts them for the whole process, which therefore only calls, so and so often; what a
//! call takes is the difference between two runs.

use std::hint::black_box;
use std::time::Instant;

use serde::{Deserialize, Serialize};

/// How much is done for one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// What it is called on the command line.
    pub name: &'static str,
    /// The calls in one batch, which is timed as a whole.
    pub calls: u32,
    /// The pairs of batches.
    pub pairs: usize,
    /// The processes, one after the other with all the other rows between them.
    pub processes: usize,
}

impl Effort {
    /// For figures that are published.
    pub const FULL: Self = Self {
        name: "full",
        calls: 2000,
        pairs: 2000,
        processes: 5,
    };
    /// For a look.
    pub const QUICK: Self = Self {
        name: "quick",
        calls: 500,
        pairs: 200,
        processes: 1,
    };

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::FULL, Self::QUICK]
            .into_iter()
            .find(|effort| effort.name == name)
    }
}

/// What was allocated since the process began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// How often.
    pub allocations: usize,
    /// How much.
    pub bytes: usize,
}

/// What a process found out about a call. Times are nanoseconds a call.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// The median over all batches.
    pub median: f64,
    /// The fastest batch.
    pub best: f64,
    /// The median of what it took longer than the bare call.
    pub over: f64,
    /// Allocations a call, more than the bare call's.
    pub allocations: f64,
    /// Bytes allocated a call, more than the bare call's.
    pub bytes: f64,
    /// Instructions a call, more than the bare call's, where callgrind counted them.
    pub instructions: Option<f64>,
    /// Whether any call failed: then something was injected, and the row is void.
    pub failed: bool,
}

/// Which of a pair is called, where only instructions are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The bare call.
    Bare,
    /// The other one.
    Call,
}

impl Side {
    /// What it is called on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Call => "call",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Bare, Self::Call]
            .into_iter()
            .find(|side| side.name() == name)
    }
}

/// Measures, as asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Measuring {
    /// How long a call takes.
    Times(Effort),
    /// What it allocates, in the program that tells.
    Allocations(fn() -> Counts),
    /// Nothing: one of the pair is called so often, and callgrind counts.
    Nothing(Side, u32),
}

/// How many calls there is time for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// A call takes nanoseconds.
    Quick,
    /// It takes microseconds.
    Slow,
}

impl Pace {
    /// The calls among which allocations are counted.
    const fn sample(self) -> u32 {
        match self {
            Self::Quick => 500,
            Self::Slow => 50,
        }
    }

    /// The calls of two runs, whose difference is counted by callgrind.
    pub(crate) const fn calls(self) -> [u32; 2] {
        match self {
            Self::Quick => [1000, 3000],
            Self::Slow => [200, 600],
        }
    }

    /// What there is time for, of what is asked for.
    fn of(self, effort: Effort) -> Effort {
        match self {
            Self::Quick => effort,
            Self::Slow => Effort {
                calls: effort.calls / 20,
                pairs: effort.pairs / 20,
                ..effort
            },
        }
    }
}

impl Measuring {
    /// Measures `call` beside `bare`. Each says whether it succeeded.
    pub(crate) fn pair(&self, bare: impl FnMut() -> bool, call: impl FnMut() -> bool) -> Measured {
        self.pair_at(Pace::Quick, bare, call)
    }

    /// The same of calls that may take longer.
    pub(crate) fn pair_at(
        &self,
        pace: Pace,
        mut bare: impl FnMut() -> bool,
        mut call: impl FnMut() -> bool,
    ) -> Measured {
        let sample = pace.sample();
        let mut measured = Measured {
            median: 0.0,
            best: 0.0,
            over: 0.0,
            allocations: 0.0,
            bytes: 0.0,
            instructions: None,
            failed: false,
        };
        // Sets up what is set up once, and warms up the rest.
        for _ in 0..10 {
            measured.failed |= !(batch(sample, &mut bare).1 & batch(sample, &mut call).1);
        }
        match *self {
            Self::Times(effort) => time(pace.of(effort), &mut bare, &mut call, &mut measured),
            Self::Allocations(counter) => {
                let without = count(counter, sample, &mut bare);
                let with = count(counter, sample, &mut call);
                measured.allocations = with.0 - without.0;
                measured.bytes = with.1 - without.1;
            }
            Self::Nothing(Side::Bare, calls) => measured.failed |= !batch(calls, &mut bare).1,
            Self::Nothing(Side::Call, calls) => measured.failed |= !batch(calls, &mut call).1,
        }
        measured
    }
}

fn time(
    effort: Effort,
    bare: &mut impl FnMut() -> bool,
    call: &mut impl FnMut() -> bool,
    measured: &mut Measured,
) {
    let (mut times, mut overs) = (Vec::new(), Vec::new());
    for pair in 0..effort.pairs {
        let mut without = || below(pair, &mut || batch(effort.calls, bare));
        let mut with = || below(pair, &mut || batch(effort.calls, call));
        // Neither is always the first.
        let (without, with) = if pair.is_multiple_of(2) {
            let without = without();
            (without, with())
        } else {
            let with = with();
            (without(), with)
        };
        times.push(with.0);
        overs.push(with.0 - without.0);
        measured.failed |= !(without.1 & with.1);
    }
    measured.median = median(&mut times);
    measured.best = times[0];
    measured.over = median(&mut overs);
}

/// Nanoseconds a call, and whether all succeeded.
#[inline(never)]
fn batch(calls: u32, call: &mut impl FnMut() -> bool) -> (f64, bool) {
    let mut succeeded = true;
    let start = Instant::now();
    for _ in 0..calls {
        succeeded &= call();
    }
    let took = start.elapsed();
    let nanoseconds = took.as_secs_f64() * 1e9 / f64::from(calls);
    (nanoseconds, succeeded)
}

/// Allocations and bytes a call.
fn count(counter: fn() -> Counts, sample: u32, call: &mut impl FnMut() -> bool) -> (f64, f64) {
    let before = counter();
    for _ in 0..sample {
        call();
    }
    let after = counter();
    let a_call = |before: usize, after: usize| {
        let more = u32::try_from(after - before).unwrap_or(u32::MAX);
        f64::from(more) / f64::from(sample)
    };
    (
        a_call(before.allocations, after.allocations),
        a_call(before.bytes, after.bytes),
    )
}

/// Calls something further down the stack, elsewhere on a page for each of 64 pairs.
fn below(pair: usize, call: &mut dyn FnMut() -> (f64, bool)) -> (f64, bool) {
    #[inline(never)]
    fn frames(more: usize, call: &mut dyn FnMut() -> (f64, bool)) -> (f64, bool) {
        let mut frame = [0_u8; 16];
        black_box(&mut frame);
        let result = if more == 0 {
            call()
        } else {
            frames(more - 1, call)
        };
        black_box(&mut frame);
        result
    }
    // Two pairs lie at one place, so that each call is once the first there.
    frames(pair / 2 % 64, call)
}

/// The median; sorts them on the way.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len().is_multiple_of(2) {
        f64::midpoint(values[middle - 1], values[middle])
    } else {
        values[middle]
    }
}

/// The value that so many percent are not above; sorts them on the way.
pub(crate) fn percentile(values: &mut [f64], percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let rank = (values.len() * percent).div_ceil(100);
    values[rank.clamp(1, values.len()) - 1]
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::{Counts, Effort, Measuring, median, percentile};

    thread_local! {
        static COUNTED: Cell<usize> = const { Cell::new(0) };
    }

    fn count(more: usize) -> bool {
        COUNTED.set(COUNTED.get() + more);
        true
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert!((median(&mut [3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median(&mut [4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < f64::EPSILON);
    }

    #[test]
    fn so_many_percent_are_not_above_a_percentile() {
        let mut values: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        for (percent, expected) in [(0, 1.0), (50, 100.0), (99, 198.0), (100, 200.0)] {
            let found = percentile(&mut values, percent);
            assert!(
                (found - expected).abs() < f64::EPSILON,
                "{percent}: {found}"
            );
        }
        assert!((percentile(&mut [7.0], 99) - 7.0).abs() < f64::EPSILON);
    }

    #[test]
    fn what_the_bare_call_allocates_is_not_counted() {
        let measuring = Measuring::Allocations(|| Counts {
            allocations: COUNTED.get(),
            bytes: 10 * COUNTED.get(),
        });
        let measured = measuring.pair(|| count(2), || count(5));
        assert!((measured.allocations - 3.0).abs() < f64::EPSILON);
        assert!((measured.bytes - 30.0).abs() < f64::EPSILON);
        assert!(!measured.failed);
    }

    #[test]
    fn a_call_that_fails_is_noticed() {
        let measuring = Measuring::Times(Effort::QUICK);
        let mut calls = 0;
        let measured = measuring.pair(
            || true,
            || {
                calls += 1;
                calls != 20_000
            },
        );
        assert!(measured.failed);
        assert!(measured.best <= measured.median);
    }
}

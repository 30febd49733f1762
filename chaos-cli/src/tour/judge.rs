//! Whether a step came out as it should.

use std::time::Duration;

use super::disk::Space;
use super::log::Line;
use super::outcome::Outcome;
use super::row::{Call, Seen, milliseconds};
use super::steps::Expect;

/// The function as it is without chaos.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Baseline {
    outcome: Outcome,
    /// Whether it gives the same answer each time.
    steady: bool,
    took: Duration,
}

/// How many of twenty may be hit for it to be half of them. A seed makes it the same each time.
const ABOUT_HALF: std::ops::RangeInclusive<usize> = 4..=16;
/// How much later than ever an answer may come on a busy machine. Less than is asked for.
const SLACK: Duration = Duration::from_millis(250);

impl Baseline {
    /// Learns it from invocations without chaos.
    pub(crate) fn learn(calls: &[Call]) -> Option<Self> {
        let last = calls.last()?;
        Some(Self {
            outcome: last.outcome.clone(),
            steady: calls.iter().all(|call| call.outcome == last.outcome),
            took: calls.iter().map(|call| call.took).max()?,
        })
    }

    fn is(&self, outcome: &Outcome) -> bool {
        if self.steady {
            *outcome == self.outcome
        } else {
            outcome.resembles(&self.outcome)
        }
    }

    /// The longest that an answer without any delay may take.
    fn longest(&self) -> Duration {
        self.took + SLACK
    }
}

/// Judges a step. An error says what was missing.
pub(crate) fn judge(
    expect: &Expect,
    seen: &Seen,
    baseline: &Baseline,
    earlier: Option<&[bool]>,
) -> Result<(), String> {
    let Some(last) = seen.last() else {
        return Err("the function was not invoked".to_owned());
    };
    match expect {
        Expect::Baseline => answers(last),
        Expect::Usual => all_usual(&seen.calls, baseline),
        Expect::Slow { min, max } => {
            usual_answer(last, baseline)?;
            late_enough(last.took, *min)?;
            not_later(last.took, *max + baseline.longest())
        }
        Expect::Status { code, body } => response(last, *code, body),
        Expect::Recoded { code } => recoded(last, *code, baseline),
        Expect::Error { message } => failed(last, message),
        Expect::Half { message, again } => half(seen, message, baseline)
            .and_then(|()| if *again { same(seen, earlier) } else { Ok(()) }),
        Expect::Disk { megabytes } => {
            usual_answer(last, baseline)?;
            disk(*megabytes, seen)
        }
        Expect::Named { word, code, body } => {
            response(last, *code, body)?;
            not_later(last.took, baseline.longest())?;
            one_complaint(&seen.log).and_then(|line| names(line, word))
        }
        Expect::Rejected => {
            all_usual(&seen.calls, baseline)?;
            one_complaint(&seen.log).map(drop)
        }
    }
}

fn answers(call: &Call) -> Result<(), String> {
    if call.outcome.is_error() {
        return Err("it fails without any chaos".to_owned());
    }
    Ok(())
}

fn usual_answer(call: &Call, baseline: &Baseline) -> Result<(), String> {
    if baseline.is(&call.outcome) {
        return Ok(());
    }
    Err(format!("expected its own answer, {}", baseline.outcome))
}

fn all_usual(calls: &[Call], baseline: &Baseline) -> Result<(), String> {
    calls.iter().try_for_each(|call| {
        usual_answer(call, baseline)?;
        not_later(call.took, baseline.longest())
    })
}

fn late_enough(took: Duration, min: Duration) -> Result<(), String> {
    if took >= min {
        return Ok(());
    }
    Err(format!(
        "expected it to take at least {}",
        milliseconds(min)
    ))
}

fn not_later(took: Duration, max: Duration) -> Result<(), String> {
    if took <= max {
        return Ok(());
    }
    Err(format!("expected it to take at most {}", milliseconds(max)))
}

fn response(call: &Call, code: u64, body: &str) -> Result<(), String> {
    let expected = Outcome::Http {
        status: code,
        body: body.to_owned(),
    };
    if call.outcome == expected {
        return Ok(());
    }
    Err(format!("expected {expected}"))
}

fn recoded(call: &Call, code: u64, baseline: &Baseline) -> Result<(), String> {
    let body = |outcome: &Outcome| match outcome {
        Outcome::Http { body, .. } => Some(body.clone()),
        _ => None,
    };
    let same_body = !baseline.steady || body(&call.outcome) == body(&baseline.outcome);
    if call.outcome.status() == Some(code) && same_body {
        return Ok(());
    }
    Err(format!("expected its own answer with the code {code}"))
}

fn failed(call: &Call, expected: &str) -> Result<(), String> {
    match &call.outcome {
        Outcome::Error { message, .. } if message == expected => Ok(()),
        _ => Err(format!("expected an error with the message {expected:?}")),
    }
}

fn half(seen: &Seen, message: &str, baseline: &Baseline) -> Result<(), String> {
    let hits = seen.hits().into_iter().filter(|hit| *hit).count();
    if !ABOUT_HALF.contains(&hits) {
        return Err("expected about half of them to be hit".to_owned());
    }
    seen.calls
        .iter()
        .try_for_each(|call| failed(call, message).or_else(|_| usual_answer(call, baseline)))
}

fn same(seen: &Seen, earlier: Option<&[bool]>) -> Result<(), String> {
    if earlier == Some(&seen.hits()) {
        return Ok(());
    }
    Err("expected the seed to hit the same invocations as before".to_owned())
}

fn disk(megabytes: u64, seen: &Seen) -> Result<(), String> {
    if let Some(Space {
        before,
        least,
        after,
    }) = seen.space
    {
        // Others write and delete at the same time, so that only half of it is insisted on.
        if least + megabytes / 2 > before {
            return Err(format!("expected {megabytes} MB less meanwhile"));
        }
        if after + megabytes / 2 < before {
            return Err(format!("expected the {megabytes} MB back afterwards"));
        }
    }
    match seen.log.iter().find_map(|line| line.disk_mb) {
        Some(taken) if taken != megabytes => {
            Err(format!("expected it to log {megabytes} MB as taken"))
        }
        None if seen.space.is_none() => Err("expected it to log what it took".to_owned()),
        _ => Ok(()),
    }
}

fn one_complaint(log: &[Line]) -> Result<&Line, String> {
    let complaints: Vec<&Line> = log.iter().filter(|line| line.is_complaint()).collect();
    match complaints[..] {
        [line] => Ok(line),
        [] => Err("expected a line of the log that says why".to_owned()),
        _ => Err(format!(
            "expected one line of the log that says why, not {}",
            complaints.len()
        )),
    }
}

fn names(line: &Line, word: &str) -> Result<(), String> {
    if line.text.contains(word) {
        return Ok(());
    }
    Err(format!("expected the log to name {word}"))
}

#[cfg(test)]
mod tests;

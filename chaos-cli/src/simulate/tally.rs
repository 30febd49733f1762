//! What came of the calls, flag by flag.

use std::time::Duration;

use chaos_core::plan::{Flag, Plan};
use chaos_core::simulate::{HeldBack, Outcome, Simulation};

use super::Calls;

/// What one flag did.
#[derive(Debug)]
pub(crate) struct Tally {
    pub(super) flag: Flag,
    pub(super) fired: u64,
    /// Each wait in milliseconds, the shortest first.
    pub(super) waits: Vec<f64>,
    /// In the order in which the reasons came up.
    pub(super) held_back: Vec<(HeldBack, u64)>,
}

impl Tally {
    /// Judges the calls one after the other.
    pub(crate) fn of(plan: Plan, calls: &Calls) -> Vec<Self> {
        let simulation = Simulation::new(plan);
        let mut tallies: Vec<Self> = simulation.flags().iter().map(Self::new).collect();
        let call = calls.call();
        for _ in 0..calls.count {
            for (tally, outcome) in tallies.iter_mut().zip(simulation.call(&call)) {
                tally.count(outcome);
            }
        }
        for tally in &mut tallies {
            tally.waits.sort_by(f64::total_cmp);
        }
        tallies
    }

    fn new(flag: &Flag) -> Self {
        Self {
            flag: flag.clone(),
            fired: 0,
            waits: Vec::new(),
            held_back: Vec::new(),
        }
    }

    fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Strikes { wait } => {
                self.fired += 1;
                self.waits.extend(wait.map(milliseconds));
            }
            Outcome::HeldBack(why) => {
                match self.held_back.iter_mut().find(|(known, _)| *known == why) {
                    Some((_, count)) => *count += 1,
                    None => self.held_back.push((why, 1)),
                }
            }
            _ => {}
        }
    }

    /// The wait that so many of a hundred do not exceed: the nearest that there was.
    pub(super) fn percentile(&self, percent: usize) -> Option<f64> {
        let rank = (self.waits.len() * percent).div_ceil(100);
        self.waits.get(rank.saturating_sub(1)).copied()
    }
}

fn milliseconds(wait: Duration) -> f64 {
    wait.as_secs_f64() * 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use chaos_core::plan;

    #[test]
    fn percentiles_are_waits_that_there_were() {
        let plan = plan::read(r#"{ "exception": { "enabled": true } }"#).plan;
        let mut tally = Tally::new(&plan.flags[0]);
        assert_eq!(tally.percentile(50), None);
        tally.waits = vec![7.0];
        assert_eq!([0, 1, 50, 100].map(|p| tally.percentile(p)), [Some(7.0); 4]);
        tally.waits = (1..=200).map(f64::from).collect();
        let expected = [1.0, 2.0, 100.0, 198.0, 200.0];
        assert_eq!(
            [0, 1, 50, 99, 100].map(|p| tally.percentile(p)),
            expected.map(Some)
        );
    }
}

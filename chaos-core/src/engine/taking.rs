//! What a call takes of the process's surroundings, and holds until it ends.

use std::time::Duration;

use super::Injection;
use super::carry::{Carry, Denial, Refusal};
use super::live::LiveFlag;
use crate::clock::millis;
use crate::fault::{Held, cpu, denylist};
use crate::plan::{Cpu, DenyList};
use crate::telemetry::{Action, Decision};

/// What is held until the call ends, and what was said when it was taken.
#[derive(Debug)]
pub(super) struct Holding {
    pub(super) held: Held,
    pub(super) decision: Decision,
}

impl Injection {
    /// Holds what was taken until the call ends.
    pub(crate) fn hold(&mut self, taken: Result<Held, String>) {
        let Some(live) = self.taking.take() else {
            return;
        };
        match taken {
            Ok(held) => {
                let decision = self.taken(&held, &live);
                self.keep(held, decision);
            }
            Err(why) => self.cannot(&live, why),
        }
    }

    fn taken(&self, held: &Held, live: &LiveFlag) -> Decision {
        let mut decision = self.decision(Action::Inject, live);
        match held {
            Held::Disk(taken) => {
                decision.disk_mb = Some(taken.megabytes);
                decision.message = taken.remark.map(str::to_owned);
            }
            Held::Memory(taken) => decision.memory_mb = Some(taken.megabytes()),
            Held::Cpu(busy) => decision.cpu_threads = Some(busy.threads()),
            Held::Names { .. } => {}
        }
        decision
    }

    fn keep(&mut self, held: Held, decision: Decision) {
        self.record(decision.clone());
        self.held.push(Holding { held, decision });
    }

    /// Keeps cores busy until the call ends, and never past its deadline.
    pub(super) fn burn(&mut self, fault: Cpu, live: &LiveFlag) {
        let longest = self.within(Duration::from_millis(fault.ms));
        match cpu::start(fault.threads, longest) {
            Ok(busy) => {
                let held = Held::Cpu(busy);
                let mut decision = self.taken(&held, live);
                decision.cpu_ms = Some(millis(longest));
                self.keep(held, decision);
            }
            Err(error) => self.cannot(live, format!(
                    "no thread could be started: {error}; ask for fewer with cpu_threads, or raise the \
                     limit of threads"
                )),
        }
    }

    /// Denies names of hosts until the call ends; to a call that goes to one host, that one's.
    pub(super) fn deny<T, C: Carry<T>>(
        &mut self,
        list: &DenyList,
        live: &LiveFlag,
        carrier: &C,
    ) -> Option<C::Out> {
        if list.hosts.is_empty() {
            self.cannot(
                live,
                "deny_list is empty, so every name resolves; write which shall not",
            );
            return None;
        }
        match carrier.deny(list) {
            Denial::Answer(out) => {
                self.injected(live);
                return Some(out);
            }
            Denial::Passes => live.not_injected(),
            Denial::Refused(Refusal(why)) => self.cannot(live, why),
            Denial::WholeProcess => self.deny_to_all(list, live),
        }
        None
    }

    fn deny_to_all(&mut self, list: &DenyList, live: &LiveFlag) {
        match denylist::deny(&list.hosts) {
            Ok(denied) => {
                let held = Held::Names { _denied: denied };
                let decision = self.taken(&held, live);
                self.keep(held, decision);
            }
            Err(why) => self.cannot(live, why),
        }
    }
}

//! What is known to be of no concern, until what is in force changes.
//!
//! A document may be full of flags that name other points. To ask all of them each time would cost
//! every point more than the rest of the idle path together, so the answer is remembered, beside the
//! state of the gate in which it was found. That state is another one as soon as the plan in force is
//! another one, or a test has a scope: then what was remembered no longer holds, and is asked anew.
//!
//! No answer is remembered where a point that nothing concerns has something to do all the same: be
//! counted, be listed, or keep the document fresh.

use std::sync::atomic::{AtomicU64, Ordering};

use super::gate;

/// The state of the gate in which an answer was found.
#[derive(Debug)]
struct Known(AtomicU64);

impl Known {
    /// Nothing is known: in no state in which anybody asks are all bits 0.
    const fn nothing() -> Self {
        Self(AtomicU64::new(0))
    }

    #[inline]
    fn holds(&self) -> bool {
        self.0.load(Ordering::Relaxed) == gate::state()
    }

    fn found_in(&self, state: u64) {
        self.0.store(state, Ordering::Relaxed);
    }
}

/// So many names are remembered; a point beyond them is asked about each time.
static NAMES: Names<512> = Names::none();

/// Whether it is known that nothing concerns the point.
// Out of line, so that a point pays for a call of it, and not for its code.
#[inline(never)]
pub(super) fn is_unconcerned(point: &'static str) -> bool {
    NAMES.find(point).is_some_and(Known::holds)
}

/// Nothing concerned the point in that state of the gate.
pub(super) fn unconcerned(point: &'static str, state: u64) {
    if let Some(known) = NAMES.find_or_add(point) {
        known.found_in(state);
    }
}

/// What is known of names. A name once there stays, so whoever finds it needs no lock: what is known
/// beside it is known of no other.
struct Names<const SLOTS: usize>([Slot; SLOTS]);

struct Slot {
    /// The name by its place in memory, where a name of static lifetime stays; 0 where there is none.
    name: AtomicU64,
    known: Known,
}

impl<const SLOTS: usize> Names<SLOTS> {
    /// The slots that a name may be in, so that a full table costs little.
    const PROBES: usize = 8;

    const fn none() -> Self {
        Self(
            [const {
                Slot {
                    name: AtomicU64::new(0),
                    known: Known::nothing(),
                }
            }; SLOTS],
        )
    }

    #[inline]
    fn find(&self, point: &'static str) -> Option<&Known> {
        let name = place(point)?;
        for slot in self.slots(name) {
            match slot.name.load(Ordering::Relaxed) {
                0 => return None,
                other if other == name => return Some(&slot.known),
                _ => {}
            }
        }
        None
    }

    #[cold]
    fn find_or_add(&self, point: &'static str) -> Option<&Known> {
        let name = place(point)?;
        let mut slots = self.slots(name);
        slots.find_map(|slot| {
            let (order, unless) = (Ordering::Relaxed, Ordering::Relaxed);
            let free = slot.name.compare_exchange(0, name, order, unless);
            let own = free.is_ok() || free == Err(name);
            own.then_some(&slot.known)
        })
    }

    /// Those that a name may be in, in order.
    #[inline]
    fn slots(&self, name: u64) -> impl Iterator<Item = &Slot> {
        // Fibonacci hashing: the upper bits of the product depend on all bits of the name.
        let [first, second, ..] = name.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes();
        let hash = usize::from(u16::from_be_bytes([first, second]));
        (hash..hash + Self::PROBES).map(|at| &self.0[at % SLOTS])
    }
}

/// Where a name is in memory, and how long it is; `None` where that does not fit in.
#[inline]
fn place(name: &'static str) -> Option<u64> {
    let (at, length) = (name.as_ptr().addr() as u64, name.len() as u64);
    (at < 1 << 48 && length < 1 << 16).then_some(at << 16 | length)
}

/// The points of one kind of client: their names begin alike, and are put together call by call.
#[cfg(feature = "_client")]
#[derive(Debug)]
pub(crate) struct Family {
    beginning: &'static str,
    /// That nothing concerns any of them.
    unconcerned: Known,
    /// That something may concern one of them, so that each call has to tell which it is.
    concerned: Known,
}

#[cfg(feature = "_client")]
impl Family {
    /// Those whose names begin so.
    pub(crate) const fn of(beginning: &'static str) -> Self {
        Self {
            beginning,
            unconcerned: Known::nothing(),
            concerned: Known::nothing(),
        }
    }

    /// Whether none of them has anything to do, whatever it is called.
    #[inline]
    pub(crate) fn rests(&self) -> bool {
        !gate::armed()
            || self.unconcerned.holds()
            || !self.concerned.holds() && self.is_unconcerned()
    }

    #[inline(never)]
    fn is_unconcerned(&self) -> bool {
        let state = gate::state_before_looking();
        if gate::may_enter_scope() {
            return false;
        }
        let Some(engine) = gate::current() else {
            return true;
        };
        if !engine.nobody_waits_for_points() {
            return false;
        }
        let concerned = engine.may_concern_under(self.beginning);
        if !concerned {
            engine.let_points_rest();
        }
        if let Some(state) = state {
            let answer = if concerned {
                &self.concerned
            } else {
                &self.unconcerned
            };
            answer.found_in(state);
        }
        !concerned
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::{Known, Names, gate, is_unconcerned, place, unconcerned};

    /// A name that is there for good, as a literal is; kept, so that Miri does not take it for lost.
    fn name(number: usize) -> &'static str {
        static KEPT: Mutex<Vec<&str>> = Mutex::new(Vec::new());
        let name = format!("point.{number}").leak();
        KEPT.lock().unwrap().push(name);
        name
    }

    #[test]
    fn what_is_known_of_a_name_is_known_of_no_other() {
        let names: Names<512> = Names::none();
        let points = (0..40).map(name);
        // Where names lie is up to the allocator, so one may find its slots taken.
        let added = points.filter_map(|point| Some((point, names.find_or_add(point)?)));
        let added: Vec<(&str, &Known)> = added.collect();
        assert!(added.len() > 20, "{} of 40", added.len());
        for (point, known) in &added {
            assert!(std::ptr::eq(names.find(point).unwrap(), *known));
            assert!(std::ptr::eq(names.find_or_add(point).unwrap(), *known));
        }
        for (n, (_, known)) in added.iter().enumerate() {
            let others = &added[n + 1..];
            assert!(
                others
                    .iter()
                    .all(|(_, other)| !std::ptr::eq(*other, *known))
            );
        }
        // A part of a name is another name, although it begins at the same place.
        assert!(names.find(&added[0].0[..5]).is_none());
        assert!(names.find(name(0)).is_none(), "it lies elsewhere");
    }

    #[test]
    fn a_full_table_takes_no_more_names() {
        let names: Names<8> = Names::none();
        for number in 0..8 {
            assert!(names.find_or_add(name(number)).is_some());
        }
        let one_more = name(8);
        assert!(names.find_or_add(one_more).is_none());
        assert!(names.find(one_more).is_none());
    }

    #[test]
    fn a_name_may_be_in_eight_slots_one_after_the_other() {
        let names: Names<512> = Names::none();
        for number in 0..40 {
            let slots = names.slots(place(name(number)).unwrap());
            let slots: Vec<usize> = slots.map(|slot| std::ptr::from_ref(slot).addr()).collect();
            assert_eq!(slots.len(), 8);
            let (first, size) = (slots[0], size_of::<super::Slot>());
            let table = std::ptr::from_ref(&names).addr();
            let expected = (0..8).map(|n| table + ((first - table) / size + n) % 512 * size);
            assert_eq!(slots, expected.collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_place_is_where_a_name_is_and_how_long() {
        static LONG: [u8; 65_536] = [b'a'; 65_536];

        let abc = name(100);
        let expected = abc.as_ptr().addr() as u64 * 65_536 + abc.len() as u64;
        assert_eq!(place(abc), Some(expected));
        let long = std::str::from_utf8(&LONG).unwrap();
        assert!(place(&long[1..]).is_some());
        assert_eq!(place(long), None);
    }

    #[test]
    fn nothing_is_known_at_first() {
        assert!(!Known::nothing().holds());
    }

    #[test]
    fn what_was_found_holds_until_the_gate_is_in_another_state() {
        let (known, point) = (Known::nothing(), name(200));
        // Tests beside this one change the state.
        loop {
            let state = gate::state();
            known.found_in(state);
            unconcerned(point, state);
            let held = known.holds() && is_unconcerned(point);
            if gate::state() == state {
                assert!(held);
                break;
            }
        }
        known.found_in(!gate::state());
        assert!(!known.holds());
        assert!(!is_unconcerned(name(201)));
    }
}

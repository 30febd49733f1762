//! Wakes futures on time. tokio's timers keep to whole milliseconds and come up to two late, which
//! is too coarse for a latency of one. So a thread of our own waits for the next one that is due;
//! it is there while somebody waits, and a second longer.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::thread;
use std::time::{Duration, Instant};

use super::slack::Exactly;

static ALARMS: Alarms = Alarms::new();

/// How long the thread stays when nobody waits any more.
const LINGERS: Duration = Duration::from_secs(1);

#[derive(Debug)]
struct Alarms {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    /// Who is to be woken, the next one first. A map would be ten kilobytes more of every binary.
    due: Vec<Due>,
    last: u64,
    /// Whether the thread is there.
    watched: bool,
}

#[derive(Debug)]
struct Due {
    at: Instant,
    /// Keeps those of one moment apart.
    number: u64,
    waker: Waker,
}

impl State {
    /// Where an alarm is, or else where it belongs.
    fn place(&self, at: Instant, number: u64) -> Result<usize, usize> {
        self.due
            .binary_search_by_key(&(at, number), |due| (due.at, due.number))
    }
}

/// Wakes a future once its time has come. Dropped, it wakes nobody.
#[derive(Debug)]
pub(super) struct Alarm {
    alarms: &'static Alarms,
    at: Instant,
    number: Option<u64>,
}

impl Alarm {
    pub(super) fn at(at: Instant) -> Self {
        Self::among(&ALARMS, at)
    }

    fn among(alarms: &'static Alarms, at: Instant) -> Self {
        Self {
            alarms,
            at,
            number: None,
        }
    }

    /// Whom to wake. False where its time has come already. Where no thread can be had, nobody is
    /// woken.
    pub(super) fn wakes(&mut self, waker: &Waker) -> bool {
        if self.at <= Instant::now() {
            return false;
        }
        let mut state = self.alarms.state();
        let number = *self.number.get_or_insert_with(|| {
            state.last += 1;
            state.last
        });
        let due = Due {
            at: self.at,
            number,
            waker: waker.clone(),
        };
        let place = state.place(self.at, number);
        let before = match place {
            Ok(place) => Some(std::mem::replace(&mut state.due[place], due)),
            Err(place) => {
                state.due.insert(place, due);
                None
            }
        };
        if !state.watched {
            state.watched = self.alarms.start();
        } else if matches!(place, Ok(0) | Err(0)) {
            self.alarms.changed.notify_one();
        }
        drop(state);
        // The last of a task takes the task with it, and whatever alarms that has.
        drop(before);
        true
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            let mut state = self.alarms.state();
            let place = state.place(self.at, number);
            let due = place.ok().map(|place| state.due.remove(place));
            if due.is_some() && state.due.is_empty() {
                // Else the thread would stay until then.
                self.alarms.changed.notify_one();
            }
            drop(state);
            drop(due);
        }
    }
}

impl Alarms {
    const fn new() -> Self {
        Self {
            state: Mutex::new(State {
                due: Vec::new(),
                last: 0,
                watched: false,
            }),
            changed: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start(&'static self) -> bool {
        let thread = thread::Builder::new().name("chaos-alarm".to_owned());
        thread.spawn(|| self.watch()).is_ok()
    }

    /// What the thread does.
    fn watch(&self) {
        let _exactly = Exactly::here();
        let mut state = self.state();
        loop {
            let now = Instant::now();
            let over = state.due.partition_point(|due| due.at <= now);
            if over > 0 {
                let later = state.due.split_off(over);
                let due = std::mem::replace(&mut state.due, later);
                drop(state);
                for Due { waker, .. } in due {
                    waker.wake();
                }
                state = self.state();
                continue;
            }
            let next = state.due.first().map(|due| due.at);
            let wait = next.map_or(LINGERS, |at| at.saturating_duration_since(now));
            let woken = self.changed.wait_timeout(state, wait);
            let (guard, waited) = woken.unwrap_or_else(PoisonError::into_inner);
            state = guard;
            if next.is_none() && waited.timed_out() && state.due.is_empty() {
                state.watched = false;
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::sync::Arc;
    use std::task::{Poll, Wake};

    use super::*;

    fn own() -> &'static Alarms {
        Box::leak(Box::new(Alarms::new()))
    }

    /// Waits for the alarm alone.
    async fn rings(alarms: &'static Alarms, after: Duration) -> Duration {
        let start = Instant::now();
        let mut alarm = Alarm::among(alarms, start + after);
        poll_fn(|cx| {
            if alarm.wakes(cx.waker()) {
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        })
        .await;
        start.elapsed()
    }

    #[tokio::test]
    async fn each_rings_when_it_is_due_whatever_the_order() {
        let alarms = own();
        let ms = Duration::from_millis;
        let waits = [30, 10, 20, 10].map(|wait| async move {
            let took = rings(alarms, ms(wait)).await;
            assert!(took >= ms(wait), "{took:?} of {wait} ms");
        });
        let mut tasks = tokio::task::JoinSet::new();
        for wait in waits {
            tasks.spawn(wait);
        }
        assert_eq!(tasks.join_all().await.len(), 4);
        assert!(alarms.state().due.is_empty());
    }

    #[test]
    fn alarms_of_one_moment_are_two() {
        let alarms = own();
        let at = Instant::now() + Duration::from_hours(1);
        let [mut one, mut other] = [(), ()].map(|()| Alarm::among(alarms, at));
        for _ in 0..2 {
            assert!(one.wakes(Waker::noop()) && other.wakes(Waker::noop()));
            assert_eq!(alarms.state().due.len(), 2);
        }
        drop(one);
        assert_eq!(alarms.state().due.len(), 1);
    }

    #[tokio::test]
    async fn one_that_is_given_up_is_forgotten() {
        let alarms = own();
        let hour = Duration::from_hours(1);
        let waiting = tokio::spawn(rings(alarms, hour));
        while alarms.state().due.is_empty() {
            tokio::task::yield_now().await;
        }
        waiting.abort();
        assert!(waiting.await.expect_err("it is given up").is_cancelled());
        assert!(alarms.state().due.is_empty());
    }

    #[tokio::test]
    async fn the_thread_ends_when_nobody_waits_and_comes_again() {
        let alarms = own();
        for _ in 0..2 {
            rings(alarms, Duration::from_millis(1)).await;
            while alarms.state().watched {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }

    /// Wakes nobody, and takes an alarm with it.
    struct Holds(#[expect(dead_code, reason = "dropped with it")] Alarm);

    impl Wake for Holds {
        fn wake(self: Arc<Self>) {}
    }

    #[test]
    fn a_waker_that_takes_another_alarm_with_it_locks_nobody_out() {
        let alarms = own();
        let at = Instant::now() + Duration::from_hours(1);
        let holding = || {
            let mut alarm = Alarm::among(alarms, at);
            alarm.wakes(Waker::noop());
            Waker::from(Arc::new(Holds(alarm)))
        };
        let mut alarm = Alarm::among(alarms, at);
        for _ in 0..2 {
            assert!(alarm.wakes(&holding()));
        }
        drop(alarm);
        assert!(alarms.state().due.is_empty());
    }
}

//! Mode `cpu`: threads that keep cores busy, and end when they are dropped.

use std::hint::black_box;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Busy threads. Dropping it ends them, and waits until they have.
#[derive(Debug)]
pub(crate) struct Busy {
    over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Busy {
    /// How many threads there are: fewer than asked for where the system has no more.
    pub(crate) fn threads(&self) -> u8 {
        u8::try_from(self.threads.len()).unwrap_or(u8::MAX)
    }
}

/// As many threads, or as many as there are cores, busy for so long at most.
pub(crate) fn start(threads: Option<u8>, longest: Duration) -> io::Result<Busy> {
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    let wanted = threads.map_or_else(cores, usize::from);
    let (over, end) = (Arc::default(), Instant::now() + longest);
    let threads = as_many_as_go(wanted, || {
        let over = Arc::clone(&over);
        let thread = thread::Builder::new().name("chaos-cpu".to_owned());
        thread.spawn(move || burn(&over, end))
    })?;
    Ok(Busy { over, threads })
}

/// Fewer than wanted where there are no more, and an error where there is none at all.
fn as_many_as_go<T>(wanted: usize, mut one: impl FnMut() -> io::Result<T>) -> io::Result<Vec<T>> {
    let mut all = Vec::new();
    for _ in 0..wanted {
        match one() {
            Ok(one) => all.push(one),
            Err(error) if all.is_empty() => return Err(error),
            Err(_) => break,
        }
    }
    Ok(all)
}

fn burn(over: &AtomicBool, end: Instant) {
    let mut number = 1_u64;
    while !over.load(Ordering::Relaxed) && Instant::now() < end {
        for _ in 0..1_000 {
            number = black_box(
                number
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1),
            );
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            // It cannot have panicked, and if it had, it would have ended too.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_than_wanted_are_enough_but_for_none() {
        let of = |there: u8| {
            let mut left = there;
            as_many_as_go(3, || {
                left = left.checked_sub(1).ok_or(io::ErrorKind::WouldBlock)?;
                Ok(left)
            })
        };
        assert_eq!(of(5).expect("three"), [4, 3, 2]);
        assert_eq!(of(2).expect("two"), [1, 0]);
        assert!(of(0).is_err());
    }

    #[test]
    fn there_are_as_many_threads_as_asked_for_or_as_there_are_cores() {
        let busy = start(Some(3), Duration::ZERO).expect("threads");
        assert_eq!(busy.threads(), 3);
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let busy = start(None, Duration::ZERO).expect("threads");
        assert_eq!(usize::from(busy.threads()), cores.min(255));
    }

    #[test]
    fn they_end_by_themselves_when_their_time_is_over() {
        let busy = start(Some(2), Duration::from_millis(50)).expect("threads");
        let start = Instant::now();
        let ended = || busy.threads.iter().all(JoinHandle::is_finished);
        while !ended() && start.elapsed() < Duration::from_secs(20) {
            thread::sleep(Duration::from_millis(5));
        }
        assert!(ended());
    }

    #[test]
    fn dropping_them_ends_them_at_once() {
        let busy = start(Some(2), Duration::from_mins(15)).expect("threads");
        let over = Arc::downgrade(&busy.over);
        drop(busy);
        assert_eq!(over.strong_count(), 0, "no thread is left that looks at it");
    }
}

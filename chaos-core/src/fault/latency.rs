//! Mode `latency`: wait, then go on.

use std::panic::catch_unwind;
use std::time::{Duration, SystemTime};

use rand::{Rng, RngExt as _};

use crate::plan::Latency;

/// How long this one is, evenly between the flag's bounds.
pub(crate) fn draw(latency: &Latency, random: &mut impl Rng) -> Duration {
    let milliseconds = if latency.max_ms > latency.min_ms {
        random.random_range(latency.min_ms..=latency.max_ms)
    } else {
        latency.min_ms
    };
    Duration::try_from_secs_f64(milliseconds / 1_000.0).unwrap_or(Duration::ZERO)
}

/// Never past the invocation's deadline, where one is known.
pub(crate) fn within(wait: Duration, deadline: Option<SystemTime>) -> Duration {
    let Some(deadline) = deadline else {
        return wait;
    };
    let left = deadline.duration_since(SystemTime::now());
    wait.min(left.unwrap_or(Duration::ZERO))
}

/// Waits without blocking; where there is no timer, outside a tokio runtime or in one that was
/// built without, it blocks.
pub(crate) async fn wait(duration: Duration) {
    let in_tokio = tokio::runtime::Handle::try_current().is_ok();
    // tokio offers no other way to ask for a timer
    let timer = in_tokio
        .then(|| catch_unwind(|| tokio::time::sleep(duration)).ok())
        .flatten();
    match timer {
        Some(timer) => timer.await,
        None => block(duration),
    }
}

/// What a function that is not async does.
pub(crate) fn block(duration: Duration) {
    std::thread::sleep(duration);
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use rand_pcg::Pcg64Mcg;

    use super::*;

    #[test]
    fn draws_stay_within_the_bounds_and_reach_both_halves() {
        let latency = Latency {
            min_ms: 100.0,
            max_ms: 400.0,
        };
        let mut random = Pcg64Mcg::seed_from_u64(7);
        let draws: Vec<Duration> = (0..1_000).map(|_| draw(&latency, &mut random)).collect();
        let within = Duration::from_millis(100)..=Duration::from_millis(400);
        assert!(draws.iter().all(|draw| within.contains(draw)));
        let low = draws.iter().filter(|draw| draw.as_millis() < 250).count();
        assert!((400..600).contains(&low), "{low} of 1000 in the lower half");
    }

    #[test]
    fn equal_bounds_are_that_wait() {
        let latency = Latency {
            min_ms: 0.5,
            max_ms: 0.5,
        };
        let mut random = Pcg64Mcg::seed_from_u64(7);
        assert_eq!(draw(&latency, &mut random), Duration::from_micros(500));
    }

    #[test]
    fn a_runtime_without_timers_is_waited_in_all_the_same() {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let start = std::time::Instant::now();
        let waited = wait(Duration::from_millis(30));
        runtime.expect("a runtime").block_on(waited);
        assert!(start.elapsed() >= Duration::from_millis(30));
    }

    #[test]
    fn a_wait_ends_at_the_deadline() {
        let minute = Duration::from_mins(1);
        assert_eq!(within(minute, None), minute);
        assert!(
            within(minute, Some(SystemTime::now() + Duration::from_secs(2)))
                <= Duration::from_secs(2)
        );
        assert_eq!(within(minute, Some(SystemTime::UNIX_EPOCH)), Duration::ZERO);
    }
}

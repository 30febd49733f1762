//! Mode `latency`: wait, then go on.

mod alarm;
mod slack;

use std::future::poll_fn;
use std::panic::catch_unwind;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, SystemTime};

use rand::{Rng, RngExt as _};
use rand_distr::{Distribution as _, LogNormal, Normal};
use tokio::time::{Instant, Sleep};

use self::alarm::Alarm;
use self::slack::Exactly;
use crate::plan::{Distribution, Latency, Spread};

/// How long this one is: as the flag's distribution has it, between the flag's bounds.
pub(crate) fn draw(latency: &Latency, random: &mut impl Rng) -> Duration {
    let (min, max) = (latency.min_ms, latency.max_ms);
    let milliseconds = match latency.distribution {
        Distribution::Uniform if max > min => random.random_range(min..=max),
        Distribution::Uniform => min,
        Distribution::Normal(spread) => normal(spread, random).clamp(min, max),
        Distribution::LogNormal(spread) => log_normal(spread, random).clamp(min, max),
    };
    Duration::try_from_secs_f64(milliseconds / 1_000.0).unwrap_or(Duration::ZERO)
}

fn normal(
    Spread {
        mean_ms, sigma_ms, ..
    }: Spread,
    random: &mut impl Rng,
) -> f64 {
    let spread = Normal::new(mean_ms, sigma_ms);
    spread.map_or(mean_ms, |spread| spread.sample(random))
}

fn log_normal(
    Spread {
        mean_ms, sigma_ms, ..
    }: Spread,
    random: &mut impl Rng,
) -> f64 {
    let spread = LogNormal::from_mean_cv(mean_ms, sigma_ms / mean_ms);
    spread.map_or(mean_ms, |spread| spread.sample(random))
}

/// Never past the invocation's deadline, where one is known.
pub(crate) fn within(wait: Duration, deadline: Option<SystemTime>, now: SystemTime) -> Duration {
    let Some(deadline) = deadline else {
        return wait;
    };
    let left = deadline.duration_since(now);
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
        Some(timer) => until(timer).await,
        None => block(duration),
    }
}

/// Waits for the timer's moment, and not for its tick. The clock that is asked is tokio's, which a
/// test may have paused: then it is the timer that moves it on.
async fn until(timer: Sleep) {
    let deadline = timer.deadline();
    let mut alarm = Alarm::at(deadline.into_std());
    let mut timer = pin!(timer);
    poll_fn(|cx| {
        if Instant::now() >= deadline || timer.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        if !alarm.wakes(cx.waker()) && Instant::now() >= deadline {
            return Poll::Ready(());
        }
        Poll::Pending
    })
    .await;
}

/// What a function that is not async does.
pub(crate) fn block(duration: Duration) {
    let _exactly = Exactly::here();
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
            distribution: Distribution::Uniform,
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
            distribution: Distribution::Uniform,
        };
        let mut random = Pcg64Mcg::seed_from_u64(7);
        assert_eq!(draw(&latency, &mut random), Duration::from_micros(500));
    }

    const SPREAD: Spread = Spread {
        mean_ms: 200.0,
        sigma_ms: 50.0,
    };

    /// The mean, the standard deviation and the median of many draws, in milliseconds.
    fn figures(distribution: Distribution) -> (f64, f64, f64) {
        let latency = Latency {
            min_ms: 0.0,
            max_ms: 900_000.0,
            distribution,
        };
        let mut random = Pcg64Mcg::seed_from_u64(7);
        let mut draws: Vec<f64> = (0..20_000)
            .map(|_| draw(&latency, &mut random).as_secs_f64() * 1_000.0)
            .collect();
        draws.sort_by(f64::total_cmp);
        let mean = draws.iter().sum::<f64>() / 20_000.0;
        let squares = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>();
        (mean, (squares / 20_000.0).sqrt(), draws[10_000])
    }

    fn near(found: f64, expected: f64) -> bool {
        (found - expected).abs() < expected * 0.03
    }

    #[test]
    fn normal_waits_have_their_mean_and_deviation() {
        let (mean, sigma, median) = figures(Distribution::Normal(SPREAD));
        assert!(near(mean, 200.0) && near(sigma, 50.0), "{mean} {sigma}");
        assert!(near(median, 200.0), "{median}");
    }

    #[test]
    fn lognormal_waits_have_them_too_and_a_long_tail() {
        let (mean, sigma, median) = figures(Distribution::LogNormal(SPREAD));
        assert!(near(mean, 200.0) && near(sigma, 50.0), "{mean} {sigma}");
        // The mean over the root of one plus the square of the deviation's share of it.
        assert!(near(median, 200.0 / (1.0_f64 + 0.0625).sqrt()), "{median}");
    }

    #[test]
    fn no_draw_leaves_the_bounds_however_wide_the_spread() {
        let wide = Spread {
            mean_ms: 900_000.0,
            sigma_ms: 900_000.0,
        };
        for distribution in [Distribution::Normal(wide), Distribution::LogNormal(wide)] {
            let latency = Latency {
                min_ms: 10.0,
                max_ms: 900_000.0,
                distribution,
            };
            let mut random = Pcg64Mcg::seed_from_u64(7);
            let within = Duration::from_millis(10)..=Duration::from_mins(15);
            for _ in 0..1_000 {
                let draw = draw(&latency, &mut random);
                assert!(within.contains(&draw), "{draw:?}");
            }
        }
    }

    #[test]
    fn without_a_deviation_every_wait_is_the_mean() {
        let spread = Spread {
            sigma_ms: 0.0,
            ..SPREAD
        };
        for distribution in [
            Distribution::Normal(spread),
            Distribution::LogNormal(spread),
        ] {
            let (mean, sigma, _) = figures(distribution);
            assert!(near(mean, 200.0) && sigma < 0.001, "{mean} {sigma}");
        }
    }

    #[test]
    fn a_runtime_without_timers_is_waited_in_all_the_same() {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let start = std::time::Instant::now();
        let waited = wait(Duration::from_millis(30));
        runtime.expect("a runtime").block_on(waited);
        assert!(start.elapsed() >= Duration::from_millis(30));
    }

    #[tokio::test]
    async fn a_short_wait_is_never_too_short() {
        for microseconds in [0, 50, 200, 999, 1_000, 1_001, 2_500] {
            let asked = Duration::from_micros(microseconds);
            let start = std::time::Instant::now();
            wait(asked).await;
            assert!(start.elapsed() >= asked, "{asked:?}");
            let start = std::time::Instant::now();
            block(asked);
            assert!(start.elapsed() >= asked, "{asked:?}, blocking");
        }
    }

    /// Though its moment is long past by the clock on the wall.
    #[tokio::test(start_paused = true)]
    async fn a_paused_clock_is_moved_on() {
        std::thread::sleep(Duration::from_millis(20));
        for seconds in [0, 1, 900] {
            let start = Instant::now();
            let wait = wait(Duration::from_millis(seconds * 1_000 + 5));
            wait.await;
            let took = start.elapsed().as_millis();
            let asked = u128::from(seconds) * 1_000 + 5;
            assert!((asked..=asked + 1).contains(&took), "{took} of {asked}");
        }
    }

    #[test]
    fn a_wait_ends_at_the_deadline() {
        let (minute, seconds) = (Duration::from_mins(1), Duration::from_secs(2));
        let now = SystemTime::now();
        assert_eq!(within(minute, None, now), minute);
        assert_eq!(within(minute, Some(now + seconds), now), seconds);
        assert_eq!(within(minute, Some(now - seconds), now), Duration::ZERO);
    }
}

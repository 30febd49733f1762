//! What time it is, read from the kernel's coarse clocks.
//!
//! Every invocation asks, so the cheap clocks are used, at a resolution
//! of about 4 ms. Ages are measured on two clocks at once, because an execution environment that
//! was frozen may wake up with a monotonic clock that stood still.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Tells the time.
#[derive(Clone, Debug, Default)]
pub(crate) enum Clock {
    /// The system's own clocks.
    #[default]
    System,
    /// Follows tokio's clock, which tests can pause, with a wall clock that they can shift.
    #[cfg(test)]
    Virtual(Arc<Virtual>),
}

/// A moment, in milliseconds on both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    /// Since some point in the past; never goes back, may stand still in a freeze.
    pub(crate) monotonic: u64,
    /// Since 1970; goes on in a freeze, may be set back or forward.
    pub(crate) wall: u64,
}

impl Clock {
    /// The time since some fixed point in the past. Never goes back.
    #[inline]
    pub(crate) fn monotonic(&self) -> Duration {
        match self {
            Self::System => system::monotonic(),
            #[cfg(test)]
            Self::Virtual(clock) => clock.monotonic(),
        }
    }

    /// The time since 1970-01-01T00:00:00Z. Zero if the system's clock is set before that.
    #[inline]
    pub(crate) fn wall(&self) -> Duration {
        match self {
            Self::System => system::wall(),
            #[cfg(test)]
            Self::Virtual(clock) => clock.wall(),
        }
    }

    /// Both clocks at once.
    #[inline]
    pub(crate) fn now(&self) -> Stamp {
        Stamp {
            monotonic: millis(self.monotonic()),
            wall: millis(self.wall()),
        }
    }
}

impl Stamp {
    /// How long ago this was at `now`: the larger of what the two clocks say, so that neither a
    /// monotonic clock that stood still nor a wall clock that was set back makes things young.
    pub(crate) fn age(self, now: Self) -> Duration {
        let monotonic = now.monotonic.saturating_sub(self.monotonic);
        let wall = now.wall.saturating_sub(self.wall);
        Duration::from_millis(monotonic.max(wall))
    }

    /// The moment that is `later` after this one, on both clocks.
    pub(crate) fn after(self, later: Duration) -> Self {
        let later = millis(later);
        Self {
            monotonic: self.monotonic.saturating_add(later),
            wall: self.wall.saturating_add(later),
        }
    }
}

/// `Duration::as_millis` without its 128-bit arithmetic.
#[inline]
pub(crate) fn millis(duration: Duration) -> u64 {
    duration
        .as_secs()
        .saturating_mul(1000)
        .saturating_add(u64::from(duration.subsec_millis()))
}

#[cfg(any(target_os = "linux", target_os = "android"))]
mod system {
    use std::time::Duration;

    use rustix::time::{ClockId, clock_gettime};

    #[inline]
    pub(super) fn monotonic() -> Duration {
        read(ClockId::MonotonicCoarse)
    }

    #[inline]
    pub(super) fn wall() -> Duration {
        read(ClockId::RealtimeCoarse)
    }

    #[inline]
    fn read(clock: ClockId) -> Duration {
        let time = clock_gettime(clock);
        let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
        let nanos = u32::try_from(time.tv_nsec).unwrap_or(0);
        Duration::new(seconds, nanos)
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod system {
    use std::sync::LazyLock;
    use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

    static START: LazyLock<Instant> = LazyLock::new(Instant::now);

    pub(super) fn monotonic() -> Duration {
        START.elapsed()
    }

    pub(super) fn wall() -> Duration {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
    }
}

/// The exact time of day, which an engine asks for once flags may fire.
#[derive(Clone, Debug, Default)]
pub(crate) enum TimeOfDay {
    /// The system's.
    #[default]
    System,
    /// That of a test's scope.
    Scope {
        clock: Arc<Virtual>,
        /// Whether it is set forward where a function would block.
        never_blocks: bool,
    },
}

impl TimeOfDay {
    pub(crate) fn now(&self) -> SystemTime {
        match self {
            Self::System => SystemTime::now(),
            Self::Scope { clock, .. } => clock.now(),
        }
    }

    /// Lets so much time go by at once, for a function that is not async, where a test asked for that;
    /// whether it did.
    pub(crate) fn goes_by(&self, wait: Duration) -> bool {
        let Self::Scope {
            clock,
            never_blocks: true,
        } = self
        else {
            return false;
        };
        clock.forward(wait);
        true
    }
}

/// A clock for tests: it follows tokio's, which they can pause, with a wall clock that can be set.
#[derive(Debug)]
pub(crate) struct Virtual {
    start: tokio::time::Instant,
    /// What the wall clock is ahead of the monotonic one, in nanoseconds.
    ahead: AtomicU64,
}

impl Virtual {
    /// With a wall clock that starts there; one before 1970 starts in 1970.
    pub(crate) fn starting_at(wall: SystemTime) -> Self {
        let since = wall.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            start: tokio::time::Instant::now(),
            ahead: nanos(since).into(),
        }
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }

    fn wall(&self) -> Duration {
        let ahead = Duration::from_nanos(self.ahead.load(Ordering::Relaxed));
        self.monotonic().saturating_add(ahead)
    }

    fn now(&self) -> SystemTime {
        UNIX_EPOCH + self.wall()
    }

    /// Lets the wall clock jump.
    fn forward(&self, by: Duration) {
        self.ahead.fetch_add(nanos(by), Ordering::Relaxed);
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
impl Clock {
    /// A clock that follows tokio's; its wall clock starts in November 2023.
    pub(crate) fn virtual_clock() -> Self {
        let november = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        Self::Virtual(Arc::new(Virtual::starting_at(november)))
    }

    /// Lets the wall clock jump, as it does when an environment was frozen and its monotonic
    /// clock stood still.
    pub(crate) fn wall_forward(&self, by: Duration) {
        if let Self::Virtual(clock) = self {
            clock.forward(by);
        }
    }

    /// Sets the wall clock back.
    pub(crate) fn wall_back(&self, by: Duration) {
        if let Self::Virtual(clock) = self {
            clock.ahead.fetch_sub(nanos(by), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_coarse_clocks_agree_with_the_exact_ones() {
        let clock = Clock::System;
        let exact = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap();
        assert!(clock.wall().abs_diff(exact) < Duration::from_secs(1));

        let before = clock.monotonic();
        std::thread::sleep(Duration::from_millis(30));
        assert!(clock.monotonic().saturating_sub(before) >= Duration::from_millis(15));
    }

    #[test]
    fn an_age_is_the_larger_of_the_two_clocks() {
        let at = |monotonic, wall| Stamp { monotonic, wall };
        let age = |then: Stamp, now| then.age(now).as_millis();
        assert_eq!(age(at(100, 5000), at(300, 5100)), 200);
        assert_eq!(age(at(100, 5000), at(100, 9000)), 4000);
        // a wall clock that was set back
        assert_eq!(age(at(100, 5000), at(150, 1000)), 50);
        assert_eq!(age(at(100, 5000), at(100, 1000)), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn the_virtual_clock_follows_tokio_and_can_freeze() {
        let clock = Clock::virtual_clock();
        let start = clock.now();
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_eq!(start.age(clock.now()), Duration::from_secs(3));
        clock.wall_forward(Duration::from_mins(1));
        assert_eq!(start.age(clock.now()), Duration::from_secs(63));
        clock.wall_back(Duration::from_mins(10));
        assert_eq!(start.age(clock.now()), Duration::from_secs(3));
    }
}

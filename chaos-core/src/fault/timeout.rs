//! Mode `timeout`: wait until the deadline less a buffer, then go on. No other mode waits that
//! long.

use std::time::{Duration, SystemTime};

use crate::plan::Timeout;

/// The longest that a Lambda function may run: whatever a deadline says, no wait is longer.
const LONGEST: Duration = Duration::from_mins(15);

/// How long that is from now; nothing where the buffer has begun.
pub(crate) fn wait(timeout: Timeout, deadline: SystemTime, now: SystemTime) -> Duration {
    let left = deadline.duration_since(now);
    let buffer = Duration::try_from_secs_f64(timeout.buffer_ms / 1_000.0);
    left.unwrap_or(Duration::ZERO)
        .saturating_sub(buffer.unwrap_or(Duration::ZERO))
        .min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: SystemTime = SystemTime::UNIX_EPOCH;

    fn left(buffer_ms: f64, left: Duration) -> Duration {
        wait(Timeout { buffer_ms }, NOW + left, NOW)
    }

    #[test]
    fn the_wait_ends_the_buffer_before_the_deadline() {
        let minute = Duration::from_mins(1);
        assert_eq!(left(0.0, minute), minute);
        assert_eq!(left(10_000.0, minute), Duration::from_secs(50));
        assert_eq!(left(60_000.0, minute), Duration::ZERO);
        assert_eq!(left(900_000.0, minute), Duration::ZERO);
    }

    #[test]
    fn no_deadline_makes_it_longer_than_a_function_may_run() {
        assert_eq!(left(0.0, Duration::from_hours(24)), LONGEST);
        let past = NOW + Duration::from_secs(1);
        let wait = wait(Timeout { buffer_ms: 0.0 }, NOW, past);
        assert_eq!(wait, Duration::ZERO);
    }
}

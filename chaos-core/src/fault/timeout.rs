//! Mode `timeout`: wait until the deadline less a buffer, then go on. Without a buffer the wait goes
//! past the deadline, as no other does: an answer at the deadline would race with Lambda's end of it.

use std::time::{Duration, SystemTime};

use crate::plan::Timeout;

/// The longest that a Lambda function may run: whatever a deadline says, no wait is longer.
const LONGEST: Duration = Duration::from_mins(15);

/// How long past the deadline: more than Lambda takes to end an invocation.
const PAST: Duration = Duration::from_secs(1);

/// How long that is from now; nothing where the buffer or the deadline has passed.
pub(crate) fn wait(timeout: Timeout, deadline: SystemTime, now: SystemTime) -> Duration {
    let left = deadline.duration_since(now).unwrap_or_default();
    let left = left.min(LONGEST);
    let buffer = Duration::try_from_secs_f64(timeout.buffer_ms / 1_000.0).unwrap_or_default();
    if buffer.is_zero() && !left.is_zero() {
        return left + PAST;
    }
    left.saturating_sub(buffer)
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
        assert_eq!(left(1.0, minute), Duration::from_millis(59_999));
        assert_eq!(left(10_000.0, minute), Duration::from_secs(50));
        assert_eq!(left(60_000.0, minute), Duration::ZERO);
        assert_eq!(left(900_000.0, minute), Duration::ZERO);
    }

    #[test]
    fn without_a_buffer_it_goes_past_the_deadline() {
        assert_eq!(left(0.0, Duration::from_mins(1)), Duration::from_secs(61));
        assert_eq!(
            left(0.0, Duration::from_millis(1)),
            Duration::from_millis(1_001)
        );
    }

    #[test]
    fn no_deadline_makes_it_longer_than_a_function_may_run() {
        assert_eq!(left(0.0, Duration::from_hours(24)), LONGEST + PAST);
        assert_eq!(left(1_000.0, Duration::from_hours(24)) + PAST, LONGEST);
        let past = NOW + Duration::from_secs(1);
        let wait = wait(Timeout { buffer_ms: 0.0 }, NOW, past);
        assert_eq!(wait, Duration::ZERO);
    }
}

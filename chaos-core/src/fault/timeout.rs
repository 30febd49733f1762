//! Mode `timeout`: wait until the deadline less a buffer, then go on. No other mode waits that
//! long.

use std::time::{Duration, SystemTime};

use crate::plan::Timeout;

/// The longest that a Lambda function may run: whatever a deadline says, no wait is longer.
const LONGEST: Duration = Duration::from_mins(15);

/// How long that is from now; nothing where the buffer has begun.
pub(crate) fn wait(timeout: Timeout, deadline: SystemTime) -> Duration {
    let left = deadline.duration_since(SystemTime::now());
    let buffer = Duration::try_from_secs_f64(timeout.buffer_ms / 1_000.0);
    left.unwrap_or(Duration::ZERO)
        .saturating_sub(buffer.unwrap_or(Duration::ZERO))
        .min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(buffer_ms: f64, deadline: SystemTime) -> Duration {
        wait(Timeout { buffer_ms }, deadline)
    }

    #[test]
    fn the_wait_ends_the_buffer_before_the_deadline() {
        let deadline = SystemTime::now() + Duration::from_mins(1);
        let seconds = |from: u64, to: u64| Duration::from_secs(from)..=Duration::from_secs(to);
        assert!(seconds(59, 60).contains(&left(0.0, deadline)));
        assert!(seconds(49, 50).contains(&left(10_000.0, deadline)));
        assert_eq!(left(60_000.0, deadline), Duration::ZERO);
        assert_eq!(left(900_000.0, deadline), Duration::ZERO);
    }

    #[test]
    fn no_deadline_makes_it_longer_than_a_function_may_run() {
        let late = SystemTime::now() + Duration::from_hours(24);
        assert_eq!(left(0.0, late), LONGEST);
        assert_eq!(left(0.0, SystemTime::UNIX_EPOCH), Duration::ZERO);
    }
}

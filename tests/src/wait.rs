//! Waiting for conditions, never for ever.

use std::time::{Duration, Instant};

/// Longer than anything takes that is not broken, on a machine with other things to do.
pub const LONG: Duration = Duration::from_secs(30);
/// How often a condition is looked at.
const EVERY: Duration = Duration::from_millis(20);

/// Waits until something holds; says whether it did within the time.
pub async fn until(limit: Duration, mut holds: impl AsyncFnMut() -> bool) -> bool {
    let begun = Instant::now();
    loop {
        if holds().await {
            return true;
        }
        if begun.elapsed() > limit {
            return false;
        }
        tokio::time::sleep(EVERY).await;
    }
}

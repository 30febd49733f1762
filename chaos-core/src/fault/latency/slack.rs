//! How late the kernel may end a thread's wait: 50 us where nobody asked for less, see
//! `PR_SET_TIMERSLACK` in prctl(2).

/// Waits of this thread end as exactly as the machine can; dropped, as they did before.
#[derive(Debug)]
pub(super) struct Exactly {
    #[cfg(target_os = "linux")]
    before: Option<std::num::NonZeroU64>,
}

#[cfg(target_os = "linux")]
impl Exactly {
    pub(super) fn here() -> Self {
        use rustix::thread::{current_timer_slack, set_current_timer_slack};
        let before = current_timer_slack().ok();
        let before = before.and_then(std::num::NonZeroU64::new);
        if before.is_some() {
            let _ = set_current_timer_slack(Some(std::num::NonZeroU64::MIN));
        }
        Self { before }
    }
}

#[cfg(target_os = "linux")]
impl Drop for Exactly {
    fn drop(&mut self) {
        if self.before.is_some() {
            let _ = rustix::thread::set_current_timer_slack(self.before);
        }
    }
}

#[cfg(not(target_os = "linux"))]
impl Exactly {
    pub(super) fn here() -> Self {
        Self {}
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::thread::{current_timer_slack, set_current_timer_slack};

    use super::*;

    #[test]
    fn a_thread_has_its_own_slack_again_afterwards() {
        let own = std::num::NonZeroU64::new(30_000);
        set_current_timer_slack(own).unwrap();
        let exactly = Exactly::here();
        assert_eq!(current_timer_slack().unwrap(), 1);
        drop(exactly);
        assert_eq!(current_timer_slack().unwrap(), 30_000);
    }
}

//! Deployments, whose state follows from how long ago they began.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// How a deployment goes on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Strategy {
    pub(super) id: String,
    pub(super) name: String,
    /// Until it has reached everybody.
    pub(super) minutes: u64,
    /// For how long it is watched after that.
    pub(super) bake_minutes: u64,
    pub(super) growth: f64,
    pub(super) growth_type: String,
}

impl Strategy {
    /// Everybody at once, and nobody watches.
    pub(super) fn at_once(name: &str) -> Self {
        Self {
            id: name.to_owned(),
            name: name.to_owned(),
            minutes: 0,
            bake_minutes: 0,
            growth: 100.0,
            growth_type: "LINEAR".to_owned(),
        }
    }

    /// Those that every account has.
    pub(super) fn predefined() -> Vec<Self> {
        let strategy = |name: &str, minutes, growth, growth_type: &str, bake_minutes| Self {
            id: name.to_owned(),
            name: name.to_owned(),
            minutes,
            bake_minutes,
            growth,
            growth_type: growth_type.to_owned(),
        };
        vec![
            strategy("AppConfig.AllAtOnce", 0, 100.0, "LINEAR", 10),
            strategy(
                "AppConfig.Linear50PercentEvery30Seconds",
                1,
                50.0,
                "LINEAR",
                1,
            ),
            strategy(
                "AppConfig.Linear20PercentEvery6Minutes",
                30,
                20.0,
                "LINEAR",
                30,
            ),
            strategy(
                "AppConfig.Canary10Percent20Minutes",
                20,
                10.0,
                "EXPONENTIAL",
                10,
            ),
        ]
    }
}

/// What is called immediate takes the service a moment too.
const MOMENT: Duration = Duration::from_millis(100);

/// A deployment of one configuration to one environment.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) number: u64,
    pub(super) profile: String,
    pub(super) profile_name: String,
    pub(super) version: u64,
    pub(super) strategy: Strategy,
    pub(super) description: Option<String>,
    pub(super) began: Instant,
    pub(super) began_at: SystemTime,
    pub(super) stopped: Option<Instant>,
}

/// Where a deployment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeploymentState {
    /// It has not reached everybody yet.
    Deploying,
    /// It has, and can still be rolled back.
    Baking,
    /// It is over, and in force.
    Complete,
    /// It was stopped a moment ago.
    RollingBack,
    /// It was stopped, and what was in force before is again.
    RolledBack,
}

/// One deployment, as [`AppConfig::deployments`](crate::AppConfig::deployments) tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deployment {
    /// Counts from 1 in each environment.
    pub number: u64,
    /// The name of the configuration profile.
    pub profile: String,
    /// The version of its configuration.
    pub version: u64,
    /// Where it is.
    pub state: DeploymentState,
}

impl DeploymentState {
    /// As the service writes it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Deploying => "DEPLOYING",
            Self::Baking => "BAKING",
            Self::Complete => "COMPLETE",
            Self::RollingBack => "ROLLING_BACK",
            Self::RolledBack => "ROLLED_BACK",
        }
    }

    /// Whether the environment takes no other one until it is over.
    pub(super) fn is_under_way(self) -> bool {
        matches!(self, Self::Deploying | Self::Baking | Self::RollingBack)
    }

    /// Whether everybody gets its version.
    pub(super) fn has_arrived(self) -> bool {
        matches!(self, Self::Baking | Self::Complete)
    }
}

impl Record {
    pub(super) fn state(&self) -> DeploymentState {
        let deployed = self.growing();
        let elapsed = self.began.elapsed();
        match self.stopped {
            Some(stopped) if stopped.elapsed() < MOMENT => DeploymentState::RollingBack,
            Some(_) => DeploymentState::RolledBack,
            None if elapsed < deployed => DeploymentState::Deploying,
            None if elapsed < deployed + minutes(self.strategy.bake_minutes) => {
                DeploymentState::Baking
            }
            None => DeploymentState::Complete,
        }
    }

    /// How many of a hundred targets have it.
    pub(super) fn percentage(&self) -> f64 {
        if self.stopped.is_some() {
            return 0.0;
        }
        let part = self.began.elapsed().as_secs_f64() / self.growing().as_secs_f64();
        (part * 100.0).min(100.0)
    }

    /// When it was over, if it is.
    pub(super) fn completed_at(&self) -> Option<SystemTime> {
        let took = match (self.state(), self.stopped) {
            (DeploymentState::RolledBack, Some(stopped)) => stopped.duration_since(self.began),
            (DeploymentState::Complete, _) => self.growing() + minutes(self.strategy.bake_minutes),
            _ => return None,
        };
        self.began_at.checked_add(took)
    }

    fn growing(&self) -> Duration {
        minutes(self.strategy.minutes).max(MOMENT)
    }

    pub(super) fn shown(&self) -> Deployment {
        Deployment {
            number: self.number,
            profile: self.profile_name.clone(),
            version: self.version,
            state: self.state(),
        }
    }
}

fn minutes(minutes: u64) -> Duration {
    Duration::from_mins(minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(strategy: usize) -> Record {
        Record {
            number: 1,
            profile: "p".to_owned(),
            profile_name: "chaos".to_owned(),
            version: 1,
            strategy: Strategy::predefined().swap_remove(strategy),
            description: None,
            began: Instant::now(),
            began_at: SystemTime::now(),
            stopped: None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_deployment_grows_bakes_and_is_complete() {
        let slow = record(1);
        assert_eq!(slow.state(), DeploymentState::Deploying);
        tokio::time::advance(Duration::from_secs(30)).await;
        assert!((slow.percentage() - 50.0).abs() < 0.1);
        tokio::time::advance(Duration::from_secs(31)).await;
        assert_eq!(slow.state(), DeploymentState::Baking);
        assert_eq!(slow.completed_at(), None);
        tokio::time::advance(Duration::from_mins(1)).await;
        assert_eq!(slow.state(), DeploymentState::Complete);
        assert!(slow.completed_at().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn all_at_once_arrives_after_a_moment() {
        let at_once = record(0);
        assert!(!at_once.state().has_arrived());
        tokio::time::advance(MOMENT).await;
        assert_eq!(at_once.state(), DeploymentState::Baking);
        assert!(at_once.state().has_arrived());
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_is_stopped_is_rolled_back() {
        let mut stopped = record(0);
        stopped.stopped = Some(Instant::now());
        assert_eq!(stopped.state(), DeploymentState::RollingBack);
        tokio::time::advance(MOMENT).await;
        assert_eq!(stopped.state(), DeploymentState::RolledBack);
    }
}

//! What a flag concerns: points, labels, events.

use std::borrow::Cow;

use super::condition::Condition;
use super::glob::Globs;

/// The name of the point that is the handler itself.
pub const HANDLER_POINT: &str = "handler";

/// The points, labels and events that a flag concerns.
///
/// ```
/// use chaos_core::plan;
///
/// let reading = plan::read(
///     r#"{ "slow-cache": { "enabled": true, "mode": "latency", "min_latency": 50,
///                          "point": "cache.*", "labels": { "tenant": ["a", "b"] } } }"#,
/// );
/// let aim = &reading.plan.flags[0].aim;
///
/// assert!(aim.concerns_point("cache.get_user"));
/// assert!(!aim.concerns_point("handler"));
/// assert!(aim.labels_hold(|name| (name == "tenant").then_some("b".into())));
/// assert!(aim.labels_hold(|_| ["z".into(), "a".into()]), "a call that is about both");
/// assert!(!aim.labels_hold(|_| None));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Aim {
    /// Which injection points, at most 64 globs; `None`: the handler.
    pub point: Option<Globs>,
    /// Names of labels, at most 64 of 1 to 256 characters, in order, each with the values that
    /// it may have: at most 64, of 1 to 4096 characters.
    pub labels: Vec<(String, Vec<String>)>,
    /// What must hold of the event: at most 64 conditions.
    pub conditions: Vec<Condition>,
}

impl Aim {
    /// Whether the flag concerns the injection point of that name. Without `point` it concerns
    /// the handler alone, which is the point [`HANDLER_POINT`]; a glob reaches the handler by
    /// that name too.
    pub fn concerns_point(&self, point: &str) -> bool {
        match &self.point {
            None => point == HANDLER_POINT,
            Some(globs) => globs.matches(point),
        }
    }

    /// Whether it may concern any injection point whose name begins so.
    #[cfg(feature = "_client")]
    pub(crate) fn may_concern_under(&self, beginning: &str) -> bool {
        match &self.point {
            None => HANDLER_POINT.starts_with(beginning),
            Some(globs) => globs.match_under(beginning),
        }
    }

    /// Whether every label that the flag names is there and has one of the values listed.
    /// `label` looks a label up by its name: it has no value, one, or those of a call that is about
    /// several things, of which one has to be listed.
    pub fn labels_hold<'a, V>(&self, label: impl Fn(&str) -> V) -> bool
    where
        V: IntoIterator<Item = Cow<'a, str>>,
    {
        self.labels.iter().all(|(name, allowed)| {
            let mut values = label(name).into_iter();
            values.any(|value| allowed.iter().any(|one| *one == value))
        })
    }
}

#[cfg(all(test, feature = "_client"))]
mod tests {
    use super::*;

    #[test]
    fn without_a_point_it_concerns_the_handler_and_no_call() {
        let mut aim = Aim::default();
        assert!(aim.may_concern_under("hand"));
        assert!(!aim.may_concern_under("aws."));
        aim.point = Some(Globs::new(vec!["aws.s3.*".to_owned()]));
        assert!(aim.may_concern_under("aws."));
        assert!(!aim.may_concern_under("hand"));
    }
}

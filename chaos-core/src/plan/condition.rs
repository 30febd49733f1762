//! Conditions on the event.

use serde_json::Value;

use super::event::{text, value_at};
use super::pattern::Pattern;

/// One condition on the event, an entry of a flag's `match`.
///
/// ```
/// use chaos_core::plan::{self, Condition};
/// use serde_json::json;
///
/// let reading = plan::read(
///     r#"{ "latency": { "enabled": true, "min_latency": 50, "match": [
///             { "path": "requestContext.http.path", "operator": "startsWith", "value": "/api/" },
///             { "path": "headers.x-no-chaos", "operator": "exists", "not": true }
///         ] } }"#,
/// );
/// let conditions = &reading.plan.flags[0].aim.conditions;
///
/// let mut event = json!({ "requestContext": { "http": { "path": "/api/users" } } });
/// assert!(Condition::all_hold(conditions, &event));
/// event["headers"] = json!({ "X-No-Chaos": "1" });
/// assert!(!Condition::all_hold(conditions, &event));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Condition {
    /// Where to look: names and list indices with dots between (see [`text_at`](super::text_at)), at
    /// most 4096 characters.
    pub path: String,
    /// What must be there.
    pub operator: Operator,
    /// Turns the condition round: it holds where the operator does not.
    pub not: bool,
}

/// What a [`Condition`] asks of the value at its path. Null and an empty map count as absent, and
/// what is absent meets no operator. A text to compare with has at most 4096 characters.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Operator {
    /// `eq`: the value's text is this one.
    Equals(String),
    /// `exists`: there is a value.
    Exists,
    /// `startsWith`: the value's text starts with this one.
    StartsWith(String),
    /// `regex`: this is found in the value's text. A text of more than 4 KiB is not searched,
    /// and the condition does not hold, with `not` or without. An expression has at most 4 KiB
    /// compiled, and a document at most 16 of them.
    Regex(Pattern),
}

impl Condition {
    /// Whether the condition holds for this event.
    pub fn holds(&self, event: &Value) -> bool {
        let found = value_at(event, &self.path);
        let met = match &self.operator {
            Operator::Exists => found.is_some(),
            Operator::Equals(expected) => text_of(found).is_some_and(|text| text == *expected),
            Operator::StartsWith(start) => {
                text_of(found).is_some_and(|text| text.starts_with(start))
            }
            Operator::Regex(pattern) => match text_of(found).map(|text| pattern.found_in(&text)) {
                None => false,
                Some(Some(met)) => met,
                Some(None) => return false,
            },
        };
        met != self.not
    }

    /// Whether all of the conditions hold for this event; so do none at all.
    pub fn all_hold(conditions: &[Self], event: &Value) -> bool {
        conditions.iter().all(|condition| condition.holds(event))
    }
}

fn text_of(found: Option<&Value>) -> Option<std::borrow::Cow<'_, str>> {
    found.and_then(text)
}

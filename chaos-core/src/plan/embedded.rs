//! JSON inside a text.

use std::borrow::Cow;

use serde_json::Value;

/// The value itself, or what it holds when it is a text that is itself a JSON list or object: so
/// are lists of objects written in an `AppConfig` feature-flag profile, where attributes are scalars
/// and lists.
pub(super) fn unfolded(value: &Value) -> Cow<'_, Value> {
    if let Value::String(text) = value
        && text.trim_start().starts_with(['[', '{'])
        && let Ok(inner) = serde_json::from_str(text)
    {
        return Cow::Owned(inner);
    }
    Cow::Borrowed(value)
}

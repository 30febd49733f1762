//! What the two drafts say differently.

use serde_json::{Value, json};

/// A draft of JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Draft {
    /// What the validators of `AppConfig` take.
    Draft04,
    Draft202012,
}

impl Draft {
    pub(super) fn uri(self) -> &'static str {
        match self {
            Self::Draft04 => "http://json-schema.org/draft-04/schema#",
            Self::Draft202012 => "https://json-schema.org/draft/2020-12/schema",
        }
    }

    /// The key under which definitions stand.
    pub(super) fn definitions(self) -> &'static str {
        match self {
            Self::Draft04 => "definitions",
            Self::Draft202012 => "$defs",
        }
    }

    /// What the definition of that name says. In draft-04 nothing else may stand beside it.
    pub(super) fn reference(self, name: &str) -> Value {
        json!({ "$ref": format!("#/{}/{name}", self.definitions()) })
    }

    pub(super) fn anything(self) -> Value {
        match self {
            Self::Draft04 => json!({}),
            Self::Draft202012 => json!(true),
        }
    }

    pub(super) fn nothing(self) -> Value {
        match self {
            Self::Draft04 => json!({ "not": {} }),
            Self::Draft202012 => json!(false),
        }
    }

    /// What meets the condition must meet `then` as well.
    pub(super) fn when(self, condition: &Value, then: &Value) -> Value {
        match self {
            Self::Draft04 => json!({ "anyOf": [{ "not": condition }, then] }),
            Self::Draft202012 => json!({ "if": condition, "then": then }),
        }
    }

    /// What meets the condition must meet `then`, everything else `otherwise`.
    pub(super) fn when_else(self, condition: &Value, then: &Value, otherwise: &Value) -> Value {
        match self {
            Self::Draft04 => json!({ "anyOf": [
                { "allOf": [condition, then] },
                { "allOf": [{ "not": condition }, otherwise] },
            ] }),
            Self::Draft202012 => json!({ "if": condition, "then": then, "else": otherwise }),
        }
    }

    /// A whole number, also where JSON has it as `3.0`, which is no `integer` in draft-04.
    pub(super) fn whole(self, min: u64, max: u64) -> Value {
        let mut schema = json!({ "minimum": min, "maximum": max });
        match self {
            Self::Draft04 => {
                schema["type"] = json!("number");
                schema["multipleOf"] = json!(1);
            }
            Self::Draft202012 => schema["type"] = json!("integer"),
        }
        schema
    }
}

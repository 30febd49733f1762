//! JSON through a type: whether it takes a reply, and what it then shows of it.
//!
//! What is done to a response asks this behind a `dyn`, so that only this much is compiled for each type
//! that a wrapped function returns.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A type that a response has.
pub(crate) trait Type {
    /// What the type shows of the reply, if it takes it.
    fn take(&mut self, reply: &Value) -> Option<Value>;
    /// For people.
    fn name(&self) -> &'static str;
}

/// Keeps what came of the last reply that the type took.
pub(crate) struct Through<R> {
    pub(crate) last: Option<R>,
}

impl<R> Through<R> {
    pub(crate) fn new() -> Self {
        Self { last: None }
    }
}

impl<R: Serialize + DeserializeOwned> Type for Through<R> {
    fn take(&mut self, reply: &Value) -> Option<Value> {
        let typed = serde_json::from_value(reply.clone()).ok()?;
        serde_json::to_value(self.last.insert(typed)).ok()
    }

    fn name(&self) -> &'static str {
        std::any::type_name::<R>()
    }
}

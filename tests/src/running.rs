//! A function that runs: its answers and its log.

use std::time::Duration;

use chaos_local::{Function, FunctionError, Invocation, InvokeError, Reply};
use serde_json::Value;

use crate::{Found, wait};

/// A function's process.
#[derive(Debug)]
pub struct Running {
    /// What chaos-local knows of it.
    pub function: Function,
}

/// A line of its log, as the JSON that it is.
#[derive(Clone, Debug)]
pub struct Line(Value);

impl Line {
    fn parse(line: &str) -> Self {
        // what is no JSON comes from a panic or the like
        Self(serde_json::from_str(line).unwrap_or_else(|_| Value::String(line.to_owned())))
    }

    /// One of its fields, as text; empty if it has none of this name.
    pub fn field(&self, name: &str) -> String {
        match &self.0[name] {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }

    /// All of it; a text if it is no JSON.
    pub fn json(&self) -> &Value {
        &self.0
    }

    /// Whether it is an error or a warning, or no JSON.
    pub fn is_trouble(&self) -> bool {
        !matches!(&*self.field("level"), "INFO" | "DEBUG" | "TRACE")
    }

    /// Whether it says that this was done with a fault.
    pub fn is_action(&self, action: &str) -> bool {
        self.field("source") == "chaos" && self.field("action") == action
    }
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Running {
    pub(crate) fn new(function: Function) -> Self {
        Self { function }
    }

    /// Invokes it, and takes whatever it answers.
    ///
    /// # Panics
    ///
    /// If the process does not answer.
    pub async fn reply(&self, event: impl Into<Invocation>) -> Reply {
        match self.function.invoke(event).await {
            Ok(reply) => reply,
            Err(error) => panic!("no answer: {error}\n{}", self.story()),
        }
    }

    /// Invokes it, and takes what it returned.
    ///
    /// # Panics
    ///
    /// If it fails.
    pub async fn answer(&self, event: impl Into<Invocation>) -> Value {
        match self.reply(event).await.payload() {
            Ok(answer) => answer,
            Err(error) => panic!("the function failed: {error}\n{}", self.story()),
        }
    }

    /// Invokes it, and takes the error that it reported.
    ///
    /// # Panics
    ///
    /// If it succeeds.
    pub async fn failure(&self, event: impl Into<Invocation>) -> FunctionError {
        match self.reply(event).await.payload() {
            Ok(answer) => panic!(
                "the function did not fail but answered {answer}\n{}",
                self.story()
            ),
            Err(error) => error,
        }
    }

    /// Invokes it in a way that ends without an answer.
    ///
    /// # Panics
    ///
    /// If it answers.
    pub async fn no_answer(&self, event: impl Into<Invocation>) -> InvokeError {
        match self.function.invoke(event).await {
            Ok(reply) => panic!("it answered {reply:?}\n{}", self.story()),
            Err(error) => error,
        }
    }

    /// How the process finds itself between two calls: of the handler `undone`.
    ///
    /// # Panics
    ///
    /// If it does not say.
    pub async fn found(&self) -> Found {
        let answer = self.answer(serde_json::json!({"probe": true})).await;
        serde_json::from_value(answer).expect("what it finds")
    }

    /// How the handler found the process while it ran: of the handler `undone`, asked to look.
    ///
    /// # Panics
    ///
    /// If it did not say.
    pub async fn meanwhile(&self, request_id: &str) -> Found {
        let line = self.line("what it finds", |line| {
            line.field("message") == "meanwhile" && line.field("id") == request_id
        });
        serde_json::from_str(&line.await.field("found")).expect("what it finds")
    }

    /// The log so far.
    pub fn lines(&self) -> Vec<Line> {
        let lines = self.function.logs();
        lines.iter().map(|line| Line::parse(line)).collect()
    }

    /// The warnings and errors so far, and whatever else is out of the ordinary.
    pub fn troubles(&self) -> Vec<Line> {
        let mut lines = self.lines();
        lines.retain(Line::is_trouble);
        lines
    }

    /// The lines so far that say that this was done with a fault.
    pub fn actions(&self, action: &str) -> Vec<Line> {
        let mut lines = self.lines();
        lines.retain(|line| line.is_action(action));
        lines
    }

    /// Waits for a line, which may arrive a moment after the answer.
    ///
    /// # Panics
    ///
    /// If it does not come.
    pub async fn line(&self, what: &str, mut wanted: impl FnMut(&Line) -> bool) -> Line {
        let found = self.function.find_log(|line| wanted(&Line::parse(line)));
        let found = tokio::time::timeout(wait::LONG, found).await;
        let line = found.unwrap_or_else(|_| panic!("no line says {what}\n{}", self.story()));
        Line::parse(&line)
    }

    /// Waits until nothing of what was logged so far is on its way any more: for tests that count
    /// lines. It has the handler write one, which comes through the same pipe after all others.
    ///
    /// # Panics
    ///
    /// If it does not come.
    pub async fn settle(&self) {
        let before = self.marks();
        let marked = wait::until(wait::LONG, async || {
            let _answer = self
                .function
                .invoke(serde_json::json!({"mark": true}))
                .await;
            self.marks() > before
        });
        assert!(marked.await, "the log does not settle\n{}", self.story());
    }

    fn marks(&self) -> usize {
        let lines = self.lines();
        lines
            .iter()
            .filter(|line| line.field("message") == "mark")
            .count()
    }

    /// How long an invocation takes that is nothing special.
    pub async fn timed(&self, event: impl Into<Invocation>) -> Duration {
        self.reply(event).await.duration
    }

    /// The log, for a message that says what went wrong.
    pub fn story(&self) -> String {
        format!(
            "--- the function's log:\n{}",
            self.function.logs().join("\n")
        )
    }
}

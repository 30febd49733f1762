//! What chaos wrote to the function's log, whether it is JSON or text for people.

use serde_json::Value;

/// A line of the log that is from chaos.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// What was done: inject, error, clear and so on.
    pub(crate) action: Option<String>,
    /// The message, and the detail if there is one.
    pub(crate) text: String,
    /// Megabytes of disk that were taken.
    pub(crate) disk_mb: Option<u64>,
}

impl Line {
    /// Reads a line, if it is from chaos.
    pub(crate) fn read(line: &str) -> Option<Self> {
        match serde_json::from_str::<Value>(line) {
            Ok(json) if json.is_object() => Self::from_json(&json),
            _ => Self::from_text(line),
        }
    }

    fn from_json(json: &Value) -> Option<Self> {
        // tracing-subscriber nests the fields unless it is told to flatten them.
        let fields = json.get("fields").unwrap_or(json);
        if fields["source"] != "chaos" {
            return None;
        }
        let text = |name: &str| fields[name].as_str();
        let said = [text("message"), text("detail")];
        Some(Self {
            action: text("action").map(ToOwned::to_owned),
            text: said.into_iter().flatten().collect::<Vec<_>>().join(": "),
            disk_mb: fields["disk_mb"].as_u64(),
        })
    }

    fn from_text(line: &str) -> Option<Self> {
        let value = |name: &str| {
            let (_, rest) = line.split_once(&format!(" {name}="))?;
            let end = rest.find(' ').unwrap_or(rest.len());
            Some(rest[..end].trim_matches('"').to_owned())
        };
        if value("source").as_deref() != Some("chaos") {
            return None;
        }
        Some(Self {
            action: value("action"),
            text: said_in_text(line),
            disk_mb: value("disk_mb").and_then(|megabytes| megabytes.parse().ok()),
        })
    }

    /// Whether it says that something could not be done as asked.
    pub(crate) fn is_complaint(&self) -> bool {
        self.action
            .as_deref()
            .is_some_and(|action| ["error", "block"].contains(&action))
    }
}

/// The message and the detail, without the time, the spans and the other fields around them.
fn said_in_text(line: &str) -> String {
    let message = line.split_once(" source=").map_or(line, |(left, _)| left);
    let message = message
        .split_once("chaos: ")
        .map_or(message, |(_, said)| said);
    match line.split_once(" detail=\"") {
        Some((_, detail)) => format!("{}: {}", message.trim(), detail.trim_end_matches('"')),
        None => message.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_with_its_fields_flat_or_nested() {
        let expected = Line {
            action: Some("inject".to_owned()),
            text: "chaos injected: the disk is full".to_owned(),
            disk_mb: Some(256),
        };
        for line in [
            r#"{"level":"INFO","message":"chaos injected","detail":"the disk is full","source":"chaos","action":"inject","disk_mb":256,"target":"chaos"}"#,
            r#"{"level":"INFO","fields":{"message":"chaos injected","detail":"the disk is full","source":"chaos","action":"inject","disk_mb":256}}"#,
        ] {
            assert_eq!(Line::read(line), Some(expected.clone()));
        }
    }

    #[test]
    fn text_for_people() {
        let line = r#"2026-11-21T10:18:43Z ERROR runtime{requestId="1"}: chaos: chaos injected source="chaos" action="error" disk_mb=256 detail="the disk is full""#;
        let read = Line::read(line).unwrap();
        assert!(read.is_complaint());
        assert_eq!(read.disk_mb, Some(256));
        assert_eq!(read.text, "chaos injected: the disk is full");
        let short = r#" WARN chaos: parameter x: invalid source="chaos" action="error""#;
        assert_eq!(Line::read(short).unwrap().text, "parameter x: invalid");
    }

    #[test]
    fn the_functions_own_lines_are_not_from_chaos() {
        assert_eq!(
            Line::read(r#"{"message":"chaos at the till","source":"orders"}"#),
            None
        );
        assert_eq!(Line::read("chaos at the till"), None);
        assert_eq!(Line::read(""), None);
    }
}

//! Where in a document's text a finding is.

use chaos_core::plan::key_in_path;
use jsonc_parser::ast::{ObjectProp, Value};
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use serde_json::Value as Json;

/// A line and a column, both from 1; columns are characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// The text of a document, with all that stands in it.
#[derive(Debug)]
pub(crate) struct Positions<'a> {
    text: &'a str,
    root: Option<Value<'a>>,
}

impl<'a> Positions<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default());
        Self {
            text,
            root: parsed.ok().and_then(|parsed| parsed.value),
        }
    }

    /// Where the field of that path stands: its key, or an entry of a list. Where there is no such
    /// field, since it is missing or in a text that is itself JSON, that which it would be in. Of a
    /// key that is there twice it is the last, which holds.
    pub(crate) fn find(&self, path: &str) -> Position {
        let Some(root) = &self.root else {
            return position(self.text, 0);
        };
        let mut best = Found {
            at: root.start(),
            left: path.len(),
        };
        best.look(root, path);
        position(self.text, best.at)
    }
}

/// Where a text ceases to be JSON, if it does.
pub(crate) fn no_json(text: &str) -> Option<Position> {
    let error = serde_json::from_str::<Json>(text).err()?;
    let line = |number: usize| text.split('\n').nth(number - 1).unwrap_or_default();
    Some(match (error.line(), error.column()) {
        // The end of a line counts as the beginning of the next.
        (number @ 2.., 0) => Position {
            line: number - 1,
            column: line(number - 1).chars().count() + 1,
        },
        (number, bytes) => {
            let line = line(number.max(1));
            let before = line.get(..bytes).unwrap_or(line);
            Position {
                line: number.max(1),
                column: before.chars().count().max(1),
            }
        }
    })
}

/// The best place so far, and how much of the path it leaves.
struct Found {
    at: usize,
    left: usize,
}

impl Found {
    /// Goes down wherever the path may lead: keys may have dots and brackets of their own.
    fn look(&mut self, value: &Value<'_>, path: &str) {
        match value {
            Value::Object(object) => {
                for property in object.properties.iter().rev() {
                    self.look_behind(property, path);
                }
            }
            Value::Array(list) => {
                let Some((index, rest)) = index(path) else {
                    return;
                };
                if let Some(element) = list.elements.get(index) {
                    self.take(element.start(), rest.len());
                    self.look(element, rest);
                }
            }
            _ => {}
        }
    }

    fn look_behind(&mut self, property: &ObjectProp<'_>, path: &str) {
        let key = key_in_path(property.name.as_str());
        let Some(rest) = path.strip_prefix('.').unwrap_or(path).strip_prefix(&*key) else {
            return;
        };
        if rest.is_empty() || rest.starts_with(['.', '[']) {
            self.take(property.start(), rest.len());
            self.look(&property.value, rest);
        }
    }

    fn take(&mut self, at: usize, left: usize) {
        if left < self.left {
            *self = Self { at, left };
        }
    }
}

/// `[3].rest`.
fn index(path: &str) -> Option<(usize, &str)> {
    let (number, rest) = path.strip_prefix('[')?.split_once(']')?;
    Some((number.parse().ok()?, rest))
}

fn position(text: &str, at: usize) -> Position {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    Position {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = r#"{
  "latency": { "enabled": true,
    "labels": { "a.b": ["x", 7], "a": "y" },
    "ünï": 1, "percentage": 101 },
  "slow": { "match": [ { "path": 1 } ] },
  "twice": 1,
  "twice": 2
}"#;

    fn at(path: &str) -> (usize, usize) {
        let Position { line, column } = Positions::of(DOCUMENT).find(path);
        (line, column)
    }

    #[test]
    fn a_path_leads_to_its_key() {
        assert_eq!(at(""), (1, 1));
        assert_eq!(at("latency"), (2, 3));
        assert_eq!(at("latency.enabled"), (2, 16));
        assert_eq!(at("slow.match[0].path"), (5, 26));
        assert_eq!(at("slow.match[0]"), (5, 24));
    }

    #[test]
    fn columns_are_characters() {
        assert_eq!(at("latency.percentage"), (4, 15));
    }

    #[test]
    fn keys_may_have_dots() {
        assert_eq!(at("latency.labels.a.b"), (3, 17));
        assert_eq!(at("latency.labels.a.b[1]"), (3, 30));
        assert_eq!(at("latency.labels.a"), (3, 34));
    }

    #[test]
    fn what_is_missing_is_where_it_would_be() {
        assert_eq!(at("slow.enabled"), (5, 3));
        assert_eq!(at("slow.match[0].value"), (5, 24));
        assert_eq!(at("nothing.at.all"), (1, 1));
    }

    #[test]
    fn of_two_the_last_one_holds() {
        assert_eq!(at("twice"), (7, 3));
    }

    #[test]
    fn a_key_that_the_path_cuts_is_found() {
        let key = "k".repeat(60);
        let text = format!("{{\n \"{key}\": {{\"a\": 1}}}}");
        let path = format!("{}.a", key_in_path(&key));
        let found = Positions::of(&text).find(&path);
        assert_eq!((found.line, found.column), (2, 67));
    }

    #[test]
    fn where_json_ends_is_said_in_characters() {
        let at = |text: &str| no_json(text).map(|at| (at.line, at.column));
        assert_eq!(at("{}"), None);
        assert_eq!(at("{\n  \"é\": tru\n}"), Some((2, 11)));
        assert_eq!(at("{\"a\": 1,}"), Some((1, 9)));
        assert_eq!(at(""), Some((1, 1)));
        assert_eq!(at("{\n"), Some((1, 2)));
    }
}

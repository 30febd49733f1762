//! What may be written for an attribute, in words.

use super::table::{Attribute, Kind, LONGEST_BODY, LONGEST_TEXT};

impl Attribute {
    /// What to write for it, in words.
    ///
    /// ```
    /// use chaos_core::plan::mode_row;
    ///
    /// let latency = mode_row("latency").unwrap();
    /// assert_eq!(
    ///     latency.attribute("min_latency").unwrap().wanted(),
    ///     "a number from 0 to 900000 ms",
    /// );
    /// ```
    pub fn wanted(&self) -> String {
        let bounded =
            |what: &str, min: &dyn std::fmt::Display, max: Option<&dyn std::fmt::Display>| {
                let unit = self
                    .unit
                    .map_or_else(String::new, |unit| format!(" {unit}"));
                match max {
                    Some(max) => format!("{what} from {min} to {max}{unit}"),
                    None => format!("{what} of at least {min}{unit}"),
                }
            };
        match self.kind {
            Kind::Boolean => "true or false".to_owned(),
            Kind::Number { min, max } => bounded("a number", &min, Some(&max)),
            Kind::Integer { min, max: u64::MAX } => bounded("a whole number", &min, None),
            Kind::Integer { min, max } => bounded("a whole number", &min, Some(&max)),
            Kind::Name => format!("a text of 1 to {LONGEST_TEXT} characters"),
            Kind::Text { longest } => format!("a text of at most {longest} characters"),
            Kind::Choice(choices) => {
                let quoted: Vec<String> = choices.iter().map(|choice| format!("\"{choice}\"")).collect();
                quoted.join(" or ")
            }
            Kind::Time => "it as RFC 3339 has it, as \"2026-12-01T18:00:00Z\"".to_owned(),
            Kind::By => "a path into the event, or \"label:\" and the name of a label".to_owned(),
            Kind::Globs => "a glob, as \"cache.*\", or a list of globs".to_owned(),
            Kind::Labels => "an object, as {\"tenant\": [\"a\", \"b\"]}".to_owned(),
            Kind::Conditions => {
                "a list of conditions, as [{\"path\": \"rawPath\", \"operator\": \"startsWith\", \"value\": \"/api\"}]"
                    .to_owned()
            }
            Kind::Body => format!(
                "a text of at most {LONGEST_BODY} characters, or any JSON but null that is no longer"
            ),
            Kind::Headers => "an object of texts, as {\"Retry-After\": \"5\"}".to_owned(),
            Kind::HeaderNames => {
                "the name of a header, as \"access-control-allow-origin\", or a list of names".to_owned()
            }
            Kind::Patterns => {
                "a list of regular expressions, as [\"dynamodb\\..*\\.amazonaws\\.com\"]".to_owned()
            }
        }
    }
}

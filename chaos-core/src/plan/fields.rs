//! The fields of one object of a document, read by the table's rows.

use std::fmt::Display;
use std::time::SystemTime;

use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::json::{member, sorted};
use super::report::{Report, described, kind_of, quoted, shown, spelled};
use super::table::{Attribute, DefaultValue, Kind, LONGEST_TEXT};

/// How a format spells the keys of the flag format: pairs of the key here and the key there.
pub(super) type Spelling = &'static [(&'static str, &'static str)];

/// An object of the document and the attributes that it may have. Reading a field checks it: what
/// is wrong is reported, and the object is no longer [sound](Self::sound).
pub(super) struct Fields<'a> {
    object: &'a Map<String, Value>,
    attributes: [&'static [Attribute]; 2],
    prefix: String,
    spelling: Spelling,
    report: &'a mut Report,
    sound: bool,
}

impl<'a> Fields<'a> {
    pub(super) fn new(
        object: &'a Map<String, Value>,
        attributes: [&'static [Attribute]; 2],
        prefix: &str,
        spelling: Spelling,
        report: &'a mut Report,
    ) -> Self {
        Self {
            object,
            attributes,
            prefix: spelled(prefix),
            spelling,
            report,
            sound: true,
        }
    }

    /// Whether no field so far was wrong.
    pub(super) fn sound(&self) -> bool {
        self.sound
    }

    pub(super) fn attributes(&self) -> impl Iterator<Item = &'static Attribute> + use<> {
        self.attributes.into_iter().flatten()
    }

    /// The keys that are there, in order.
    pub(super) fn keys(&self) -> Vec<&'a str> {
        sorted(self.object)
            .into_iter()
            .map(|(key, _)| key)
            .collect()
    }

    /// What to write for the attribute of that key.
    pub(super) fn wanted(&self, key: &str) -> String {
        self.attribute(key)
            .map_or_else(String::new, Attribute::wanted)
    }

    /// The key as the document's format spells it.
    pub(super) fn spell<'k>(&self, key: &'k str) -> &'k str {
        self.spelling
            .iter()
            .find(|(here, _)| *here == key)
            .map_or(key, |(_, there)| there)
    }

    /// `flag.key`, in the document's own spelling; what follows the key, such as an index, is kept.
    fn path(&self, field: &str) -> String {
        let key = field_key(field);
        let rest = &field[key.len()..];
        let separator = if self.prefix.is_empty() { "" } else { "." };
        format!("{}{separator}{}{rest}", self.prefix, self.spell(key))
    }

    /// Reports what is wrong with a field: `key`, `key[0]` or `key[0].part`.
    pub(super) fn error(&mut self, field: &str, message: impl Display) {
        self.wrong(field, &message);
    }

    #[cold]
    #[inline(never)]
    fn wrong(&mut self, field: &str, message: &dyn Display) {
        self.sound = false;
        self.report.error(self.path(field), message.to_string());
    }

    #[cold]
    pub(super) fn warning(&mut self, field: &str, message: impl Display) {
        self.report.warning(self.path(field), message.to_string());
    }

    /// Reports a value of the wrong kind, and what to write. The value is not shown where the
    /// attribute is free text, since that may hold anything, a secret too.
    #[cold]
    #[inline(never)]
    pub(super) fn mistaken(&mut self, field: &str, value: &Value, write: &str) {
        let free = self.attributes().any(|attribute| {
            attribute.key == field_key(field)
                && matches!(
                    attribute.kind,
                    Kind::Text { .. } | Kind::Name | Kind::Body | Kind::Headers
                )
        });
        let found = if free {
            kind_of(value).to_owned()
        } else {
            described(value)
        };
        self.error(field, format_args!("{found}; write {write}"));
    }

    /// Whether the document may have one more regular expression.
    pub(super) fn one_more_pattern(&mut self) -> Result<(), String> {
        self.report.one_more_pattern()
    }

    /// Whether the document may have one more regular expression over names of hosts.
    pub(super) fn one_more_host(&mut self) -> Result<(), String> {
        self.report.one_more_host()
    }

    /// What the document has, unchecked.
    pub(super) fn raw(&self, key: &str) -> Option<&'a Value> {
        member(self.object, key)
    }

    /// `true` or `false`, or the default; `None` only if that is an error or unset.
    pub(super) fn boolean(&mut self, key: &str) -> Option<bool> {
        let attribute = self.attribute(key)?;
        match (self.raw(key), attribute.default) {
            (Some(Value::Bool(truth)), _) => Some(*truth),
            (Some(other), _) => self.refuse(attribute, other),
            (None, DefaultValue::Boolean(truth)) => Some(truth),
            (None, DefaultValue::Required) => {
                self.error(
                    key,
                    format_args!("is missing; write {}", attribute.wanted()),
                );
                None
            }
            (None, _) => None,
        }
    }

    /// A number within the table's bounds, or the default.
    pub(super) fn number(&mut self, key: &str) -> Option<f64> {
        let attribute = self.attribute(key)?;
        let Some(value) = self.raw(key) else {
            return match attribute.default {
                DefaultValue::Number(number) => Some(number),
                _ => None,
            };
        };
        let (Some(number), Kind::Number { min, max }) = (value.as_f64(), attribute.kind) else {
            return self.refuse(attribute, value);
        };
        if (min..=max).contains(&number) {
            return Some(number);
        }
        self.out_of_range(attribute, value)
    }

    /// A whole number within the table's bounds, or the default.
    pub(super) fn integer(&mut self, key: &str) -> Option<u64> {
        let attribute = self.attribute(key)?;
        let Some(value) = self.raw(key) else {
            return match attribute.default {
                DefaultValue::Integer(number) => Some(number),
                _ => None,
            };
        };
        let (Some(float), Kind::Integer { min, max }) = (value.as_f64(), attribute.kind) else {
            return self.refuse(attribute, value);
        };
        match whole(value) {
            Some(number) if (min..=max).contains(&number) => Some(number),
            None if float.fract() != 0.0 => {
                self.error(
                    key,
                    format_args!(
                        "{} is no whole number; write {}",
                        shown(value),
                        attribute.wanted()
                    ),
                );
                None
            }
            _ => self.out_of_range(attribute, value),
        }
    }

    /// A text, or the default.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        let attribute = self.attribute(key)?;
        match (self.raw(key), attribute.default) {
            (Some(Value::String(text)), _) if allowed(attribute.kind, text) => {
                let longest = longest(attribute.kind);
                self.short_enough(key, text, longest).then(|| text.clone())
            }
            (Some(Value::String(text)), _) => {
                self.error(
                    key,
                    format_args!(
                        "{} cannot be meant; write {}",
                        quoted(text),
                        attribute.wanted()
                    ),
                );
                None
            }
            (Some(other), _) => self.refuse(attribute, other),
            (None, DefaultValue::Text(text)) => Some(text.to_owned()),
            (None, _) => None,
        }
    }

    /// Whether a text has at most so many characters; if not, that is an error.
    #[inline(never)]
    pub(super) fn short_enough(&mut self, field: &str, text: &str, longest: usize) -> bool {
        let count = text.chars().count();
        let short = count <= longest;
        if !short {
            self.error(
                field,
                format_args!("{count} characters are too many; write at most {longest}"),
            );
        }
        short
    }

    /// Whether a list or an object has at most so many entries; if not, that is an error.
    #[inline(never)]
    pub(super) fn few_enough(&mut self, field: &str, count: usize, most: usize) -> bool {
        let few = count <= most;
        if !few {
            self.error(
                field,
                format_args!("{count} are too many; write at most {most}"),
            );
        }
        few
    }

    /// A point in time.
    pub(super) fn time(&mut self, key: &str) -> Option<SystemTime> {
        let attribute = self.attribute(key)?;
        let value = self.raw(key)?;
        let Value::String(text) = value else {
            return self.refuse(attribute, value);
        };
        if let Ok(time) = OffsetDateTime::parse(text, &Rfc3339) {
            return Some(time.into());
        }
        let wanted = attribute.wanted();
        self.error(
            key,
            format_args!("{} is no point in time; write {wanted}", quoted(text)),
        );
        None
    }

    #[inline(never)]
    fn attribute(&self, key: &str) -> Option<&'static Attribute> {
        let attribute = self.attributes().find(|attribute| attribute.key == key);
        debug_assert!(attribute.is_some(), "{key} has no row in the table");
        attribute
    }

    fn refuse<T>(&mut self, attribute: &Attribute, value: &Value) -> Option<T> {
        self.mistaken(attribute.key, value, &attribute.wanted());
        None
    }

    fn out_of_range<T>(&mut self, attribute: &Attribute, value: &Value) -> Option<T> {
        self.error(
            attribute.key,
            format_args!(
                "{} is out of range; write {}",
                shown(value),
                attribute.wanted()
            ),
        );
        None
    }
}

/// The key of a field: of `key`, `key[0]` and `key[0].part`.
fn field_key(field: &str) -> &str {
    field.split(['[', '.']).next().unwrap_or(field)
}

/// A whole number, also where JSON has it as `3.0`.
fn whole(value: &Value) -> Option<u64> {
    /// From here on not every whole number is an `f64`.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "in range and whole"
    )]
    let from_float = |float: f64| {
        (float.fract() == 0.0 && (0.0..EXACT).contains(&float)).then_some(float as u64)
    };
    value
        .as_u64()
        .or_else(|| value.as_f64().and_then(from_float))
}

fn allowed(kind: Kind, text: &str) -> bool {
    match kind {
        Kind::Choice(choices) => choices.contains(&text),
        Kind::Name | Kind::By => !text.is_empty(),
        _ => true,
    }
}

/// The most characters of a text.
fn longest(kind: Kind) -> usize {
    match kind {
        Kind::Text { longest } => longest,
        _ => LONGEST_TEXT,
    }
}

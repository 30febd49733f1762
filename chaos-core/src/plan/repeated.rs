//! Keys that a document has twice, of which only the last one holds.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::report::{Report, spelled};

/// So many are reported, so that they leave room for what is wrong besides.
const MOST: usize = 10;

/// Reports the keys that are there twice at the top of a document and inside its flags.
pub(super) fn report(text: &str, report: &mut Report) {
    let mut repeated = Vec::new();
    let top = Keys {
        path: None,
        repeated: &mut repeated,
    };
    // What is no JSON has been said.
    let _ = top.deserialize(&mut serde_json::Deserializer::from_str(text));
    for path in repeated {
        report.warning(
            path,
            "is there twice, and only the last one holds; write it once",
        );
    }
}

/// Walks one object, and those in it if it is the top.
struct Keys<'a> {
    /// The flag; the top has none.
    path: Option<String>,
    repeated: &'a mut Vec<String>,
}

impl<'de> DeserializeSeed<'de> for Keys<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            let path = match &self.path {
                Some(flag) => format!("{flag}.{}", spelled(&key)),
                None => spelled(&key),
            };
            if self.path.is_none() {
                map.next_value_seed(Keys {
                    path: Some(path.clone()),
                    repeated: &mut *self.repeated,
                })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
            let room = self.repeated.len() < MOST;
            if !seen.insert(key) && room && !self.repeated.contains(&path) {
                self.repeated.push(path);
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

//! A reply of Redis, corrupted.

use rand_pcg::Pcg64Mcg;
use redis::Value;

use crate::engine::{Corrupting, Dropped, Refusal};
use crate::fault::corruption;

/// The reply with its texts cut short, or another in its place.
pub(super) fn reply(value: Value, corrupting: Corrupting) -> (Value, Dropped) {
    let Corrupting { fault, random, .. } = corrupting;
    if fault.concerns_headers() {
        let why = "a reply of Redis has no headers; write `body`, or nothing to mangle it";
        return (value, Err(Refusal::new(why)));
    }
    if let Some(body) = fault.body {
        return (Value::BulkString(body.into_bytes()), Ok(None));
    }
    let mut mangle = Mangle {
        random,
        changed: false,
    };
    let value = mangle.value(value);
    if mangle.changed {
        return (value, Ok(None));
    }
    let why = "the reply has no text to mangle; write `body` to replace it";
    (value, Err(Refusal::new(why)))
}

struct Mangle {
    random: Pcg64Mcg,
    changed: bool,
}

impl Mangle {
    fn value(&mut self, value: Value) -> Value {
        match value {
            Value::BulkString(own) if !own.is_empty() => {
                self.changed = true;
                Value::BulkString(corruption::bytes(&own, &mut self.random))
            }
            Value::SimpleString(own) if !own.is_empty() => {
                self.changed = true;
                Value::SimpleString(corruption::text(&own, &mut self.random))
            }
            Value::VerbatimString { format, text } if !text.is_empty() => {
                self.changed = true;
                let text = corruption::text(&text, &mut self.random);
                Value::VerbatimString { format, text }
            }
            Value::Array(list) => Value::Array(self.list(list)),
            Value::Set(list) => Value::Set(self.list(list)),
            // As in JSON, keys stay.
            Value::Map(pairs) => {
                let pairs = pairs.into_iter();
                Value::Map(pairs.map(|(key, own)| (key, self.value(own))).collect())
            }
            Value::Attribute { data, attributes } => Value::Attribute {
                data: Box::new(self.value(*data)),
                attributes,
            },
            other => other,
        }
    }

    fn list(&mut self, list: Vec<Value>) -> Vec<Value> {
        list.into_iter().map(|own| self.value(own)).collect()
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;
    use crate::plan::Corruption;

    fn corrupting(fault: Corruption) -> Corrupting {
        let random = Pcg64Mcg::seed_from_u64(1);
        Corrupting {
            fault,
            random,
            http: false,
        }
    }

    fn text(text: &str) -> Value {
        Value::BulkString(text.into())
    }

    #[test]
    fn texts_are_cut_short_wherever_they_are() {
        let own = Value::Array(vec![
            Value::Int(7),
            Value::Map(vec![(text("name"), text("Eleanor"))]),
        ]);
        let (mangled, dropped) = reply(own, corrupting(Corruption::default()));
        assert!(matches!(dropped, Ok(None)));
        let Value::Array(list) = mangled else {
            panic!("{mangled:?}")
        };
        assert_eq!(list[0], Value::Int(7));
        let Value::Map(pairs) = &list[1] else {
            panic!("{list:?}")
        };
        assert_eq!(pairs[0].0, text("name"));
        assert_ne!(pairs[0].1, text("Eleanor"));
    }

    #[test]
    fn what_has_no_text_is_left_and_said() {
        for own in [Value::Nil, Value::Int(1), Value::Okay, text("")] {
            let (same, dropped) = reply(own.clone(), corrupting(Corruption::default()));
            assert_eq!(same, own);
            assert!(dropped.is_err());
        }
        let fault = Corruption {
            drop_headers: vec!["x".to_owned()],
            ..Corruption::default()
        };
        assert!(reply(text("a"), corrupting(fault)).1.is_err());
    }
}

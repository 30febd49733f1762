//! What must hold of every document, however it was made.

#[path = "plan_properties/bounds.rs"]
mod bounds;
#[path = "plan_properties/generate.rs"]
mod generate;
#[path = "plan_properties/hostile.rs"]
mod hostile;
mod schema;

use bounds::check;
use chaos_core::plan;
use generate::{Draws, document};
use schema::{Schemas, Verdict};
use serde_json::{Value, json};

/// The document with its keys in order, or the other way round.
fn written(value: &Value, reversed: bool) -> String {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_unstable();
            if reversed {
                keys.reverse();
            }
            let entries = keys
                .into_iter()
                .map(|key| format!("{}: {}", json!(key), written(&map[key], reversed)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Value::Array(list) => {
            let entries = list.iter().map(|entry| written(entry, reversed));
            format!("[{}]", entries.collect::<Vec<_>>().join(", "))
        }
        scalar => scalar.to_string(),
    }
}

#[test]
fn generated_documents_keep_every_bound_whatever_the_order_of_their_keys() {
    let mut draws = Draws(1);
    let (mut kept, mut unusable) = (0, 0);
    for _ in 0..4_000 {
        let document = document(&mut draws);
        let reading = check(&written(&document, false));
        assert_eq!(reading, check(&written(&document, true)), "{document}");
        let parsed = serde_json::from_str(&written(&document, false)).expect("JSON");
        assert_eq!(reading, plan::read_value(&parsed), "{document}");
        kept += reading.plan.flags.len();
        unusable += usize::from(!reading.usable);
    }
    // Otherwise the documents above would show nothing.
    assert!(kept > 1_000 && unusable > 100, "{kept} {unusable}");
}

/// Holds the schema against documents, and against each of their entries alone, so that one wrong
/// flag does not hide the others. At least so many are accepted, and so many refused.
fn agree(documents: impl Iterator<Item = Value>, least: usize) {
    let schemas = Schemas::new();
    let (mut accepted, mut refused) = (0, 0);
    for document in documents {
        let entries = document.as_object().expect("an object");
        let alone = entries.iter().map(|(key, value)| json!({ key: value }));
        for document in alone.chain([document.clone()]) {
            match schemas.check(&document) {
                Some(Verdict::Accepted) => accepted += 1,
                Some(Verdict::Refused) => refused += 1,
                Some(Verdict::Inexpressible(_)) | None => {}
            }
        }
    }
    // Otherwise the documents would show nothing.
    assert!(
        accepted >= least && refused >= least,
        "{accepted} accepted, {refused} refused"
    );
}

#[test]
fn the_schema_agrees_on_generated_documents() {
    let mut draws = Draws(3);
    agree((0..1_000).map(|_| document(&mut draws)), 1_000);
}

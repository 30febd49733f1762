//! Any bytes as a document, and documents made of what documents are made of: whatever was read keeps
//! every bound, however it is read, and a document of an older format says the same once converted.
#![no_main]

#[path = "../../chaos-core/tests/plan_properties/bounds.rs"]
mod bounds;

use arbitrary::Unstructured;
use chaos_core::plan::{self, Format};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((kind, data)) = data.split_first() else {
        return;
    };
    if kind % 2 == 0 {
        check(&String::from_utf8_lossy(data));
    } else if let Ok(document) = chaos_fuzz::document::document(&mut Unstructured::new(data)) {
        // A number may be read back as its neighbour: serde_json is fast there, not exact.
        let text = document.to_string();
        let document = serde_json::from_str(&text).expect("it is no JSON");
        assert_eq!(check(&text), plan::read_value(&document), "{text}");
    }
});

fn check(text: &str) -> plan::Reading {
    let reading = bounds::check(text);
    if reading.format != Format::Flags
        && let Ok(document) = serde_json::from_str(text)
        && let Some(converted) = plan::convert(&document)
    {
        assert_eq!(
            plan::read_value(&converted).plan,
            reading.plan,
            "{converted}"
        );
    }
    reading
}

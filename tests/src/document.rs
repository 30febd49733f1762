//! Documents that several tests use.

use serde_json::{Value, json};

/// The handler answers 503 instead of 200.
pub fn on() -> String {
    status_code(true)
}

/// The same, switched off.
pub fn off() -> String {
    status_code(false)
}

fn status_code(enabled: bool) -> String {
    json!({"statuscode": {"enabled": enabled, "status_code": 503}}).to_string()
}

/// Whether an answer is the one that [`on`] asks for, and not the handler's own.
///
/// # Panics
///
/// If it is neither.
pub fn is_on(answer: &Value) -> bool {
    match answer["statusCode"].as_u64() {
        Some(503) => true,
        Some(200) if answer["body"] == "own answer" => false,
        _ => panic!("neither an injected answer nor the handler's own: {answer}"),
    }
}

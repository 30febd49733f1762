//! Mode `exception`: the error on the wire, for each kind of error type.

use chaos_local::FunctionError;
use chaos_tests::{events, function};
use serde_json::{Value, json};

fn document(percentage: u8) -> Value {
    json!({"exception": {
        "enabled": true,
        "percentage": percentage,
        "exception_msg": "the table is gone",
        "exception_type": "TableGone"
    }})
}

async fn failure_of(handler: &str) -> FunctionError {
    let function = function!(handler).document(&document(100)).start().await;
    let failure = function.failure(json!({})).await;
    let line = function
        .line("the exception", |line| line.is_action("inject"))
        .await;
    assert_eq!(line.field("mode"), "exception", "{line}");
    failure
}

fn shown(error: &FunctionError) -> (&str, &str) {
    (&error.error_type, &error.error_message)
}

#[tokio::test]
async fn a_boxed_error_has_the_message() {
    for handler in ["value", "wrapped"] {
        let error = failure_of(handler).await;
        assert_eq!(error.error_message, "the table is gone", "{handler}");
        // what is in the box is out of the runtime's sight
        assert!(error.error_type.contains("Box<dyn"), "{handler}: {error:?}");
    }
}

#[tokio::test]
async fn a_diagnostic_has_the_type_too() {
    let error = failure_of("diagnostic").await;
    assert_eq!(shown(&error), ("TableGone", "the table is gone"));
}

#[tokio::test]
async fn a_users_enum_says_how_it_shows_it() {
    let error = failure_of("thiserror").await;
    let message = "somebody meddled: the table is gone";
    assert_eq!(shown(&error), ("TableGone", message));
}

#[tokio::test]
async fn a_path_makes_a_foreign_error() {
    let error = failure_of("by_path").await;
    assert_eq!(
        shown(&error),
        ("Foreign", "the table is gone by way of a path")
    );
}

/// Round a handler whose error is a box.
#[tokio::test]
async fn the_layer_brings_the_type_to_the_wire() {
    let error = failure_of("layer").await;
    assert_eq!(shown(&error), ("TableGone", "the table is gone"));
}

#[tokio::test]
async fn under_lambda_http_it_is_the_invocations_error() {
    for handler in ["http_response", "http_into", "http_value", "http_layer"] {
        let function = function!(handler).document(&document(100)).start().await;
        let error = function.failure(events::api_v2()).await;
        assert_eq!(error.error_message, "the table is gone", "{handler}");
        if handler == "http_layer" {
            assert_eq!(error.error_type, "TableGone");
        }
    }
}

#[tokio::test]
async fn without_a_type_and_a_message_it_has_the_defaults() {
    let document = json!({"exception": {"enabled": true}});
    let function = function!("diagnostic").document(&document).start().await;
    let error = function.failure(json!({})).await;
    assert_eq!(shown(&error), ("InjectedError", "Injected exception"));
}

#[tokio::test]
async fn never() {
    for handler in [
        "value",
        "diagnostic",
        "thiserror",
        "by_path",
        "layer",
        "wrapped",
    ] {
        let function = function!(handler).document(&document(0)).start().await;
        let answer = function.answer(json!({})).await;
        assert_eq!(answer["body"], "own answer", "{handler}");
        assert_eq!(function.troubles().len(), 0, "{}", function.story());
    }
}

#[tokio::test]
async fn the_handlers_own_errors_stay_what_they_are() {
    let function = function!("thiserror").document(&document(0)).start().await;
    let error = function.failure(json!({"order": "7"})).await;
    assert_eq!(shown(&error), ("UnknownOrder", "order 7 is unknown"));
}

//! The three doors share one engine, and so one set of cases: each goes through the attribute,
//! `wrap` and `ChaosLayer`, in their plain and opaque forms, for each type that they take.
#![cfg(all(feature = "inject", feature = "lambda"))]

#[path = "doors/cases.rs"]
mod cases;
#[path = "doors/handlers.rs"]
mod handlers;

use cases::{Case, FLAGS, Outcome, cases};
use chaos_core::testing::Scope;

/// Runs every case through every door of one handler. Behind a door that cannot look at the event
/// no condition holds.
async fn all_cases(door: &str, sees_event: bool, handler: impl AsyncFn() -> Outcome) {
    for Case {
        name,
        document,
        expected,
        injected,
        allowed,
    } in cases(sees_event)
    {
        let (scope, expected) = match allowed {
            Some(modes) => (Scope::allowing(&document, modes), expected),
            None => (
                Scope::builder(&document).response_header(FLAGS).build(),
                expected.naming(&injected),
            ),
        };
        let start = tokio::time::Instant::now();
        let outcome = scope.run(handler()).await;
        assert_eq!(outcome.checked(), expected.outcome, "{door}: {name}");
        let waited = start.elapsed().as_millis();
        assert!(
            expected.waited_ms.contains(&waited),
            "{door}: {name}: waited {waited} ms"
        );
        assert_eq!(scope.injected(), injected, "{door}: {name}");
    }
}

macro_rules! doors {
    ($sees_event:literal: $($name:ident => $call:expr;)*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $name() {
            all_cases(stringify!($name), $sees_event, async || $call.await).await;
        }
    )*};
}

doors! { true:
    attribute_value => handlers::attribute::value();
    attribute_api_gateway_v2 => handlers::attribute::api_gateway_v2();
    attribute_api_gateway_v1 => handlers::attribute::api_gateway_v1();
    attribute_alb => handlers::attribute::alb();
    attribute_own_struct => handlers::attribute::own_struct();
    attribute_impl_serialize => handlers::attribute::impl_serialize();
    attribute_http_response => handlers::attribute::http_response();
    attribute_async_trait => handlers::attribute::in_a_trait();
    attribute_returning_a_future => handlers::attribute::returning_a_future();
    attribute_event_in_second_place => handlers::attribute::event_in_second_place();
    wrap_value => handlers::wrapped::value();
    wrap_api_gateway_v2 => handlers::wrapped::api_gateway_v2();
    wrap_api_gateway_v1 => handlers::wrapped::api_gateway_v1();
    wrap_alb => handlers::wrapped::alb();
    wrap_own_struct => handlers::wrapped::own_struct();
    wrap_http_response => handlers::wrapped::http_response();
    layer_value => handlers::layered::value();
    layer_api_gateway_v2 => handlers::layered::api_gateway_v2();
    layer_api_gateway_v1 => handlers::layered::api_gateway_v1();
    layer_alb => handlers::layered::alb();
    layer_own_struct => handlers::layered::own_struct();
    layer_http_response => handlers::layered::http_response();
}

doors! { false:
    wrap_opaque => handlers::wrapped::opaque();
    layer_opaque => handlers::layered::opaque();
}

#[cfg(feature = "lambda_http")]
doors! { true:
    attribute_impl_into_response => handlers::http_handlers::attribute_impl_into_response();
    attribute_response => handlers::http_handlers::attribute_response();
    wrap_response => handlers::http_handlers::wrap_response();
    layer_response => handlers::http_handlers::layer_response();
}

#[cfg(feature = "lambda_http")]
doors! { false:
    wrap_opaque_string => handlers::http_handlers::wrap_opaque_string();
    layer_opaque_string => handlers::http_handlers::layer_opaque_string();
}

//! The catalogue of errors, row by row: what the tests expect is written out in them, and taken from
//! AWS's own models and API references, not from the table that is tried.

use std::collections::BTreeSet;
use std::fmt::Debug;

use chaos_core::aws::ERRORS;
use chaos_core::testing::Scope;

/// A document under which every call of the service fails with that error.
pub fn failing(service: &str, error_type: &str) -> Scope {
    Scope::new(&serde_json::json!({"exception": {"enabled": true,
        "exception_type": error_type, "point": format!("aws.{service}.*")}}))
}

/// The types that the catalogue has of a service.
pub fn types_of(service: &str) -> BTreeSet<&'static str> {
    let own = ERRORS.iter().filter(|row| row.service == service);
    own.map(|row| row.error_type).collect()
}

/// Whether it is none of the errors that the operation models, as the SDK's own `Debug` says. (The
/// variant itself is not to be matched.)
pub fn is_unmodelled(error: &impl Debug) -> bool {
    format!("{error:?}").starts_with("Unhandled(")
}

/// Makes a call of a client with three attempts under each error of a service. A row is the call,
/// the error's type and the code that it is sent with (`as`, where it is another), the HTTP status,
/// how many attempts are made, and the SDK's question for it, or `unmodelled` where the SDK models it
/// in no operation of the service. The rows must be those of the catalogue, all of them.
#[macro_export]
macro_rules! catalogue {
    ($service:literal: $(
        $call:ident, $error_type:literal $(as $code:literal)?, $status:literal,
        $attempts:literal, $model:ident;
    )+) => {{
        $(
            let scope = $crate::catalogue::failing($service, $error_type);
            let error = scope.run($call.clone().send()).await.expect_err($error_type);
            let status = error.raw_response().map(|raw| raw.status().as_u16());
            let error = error.into_service_error();
            let meta = error.meta();
            assert_eq!(
                (status, meta.code(), meta.message()),
                (
                    Some($status),
                    Some($crate::catalogue!(@code $error_type $($code)?)),
                    Some("Injected exception"),
                ),
                $error_type
            );
            assert!($crate::catalogue!(@is error $model), "{}: {error:?}", $error_type);
            assert_eq!(scope.injected().len(), $attempts, "attempts at {}", $error_type);
        )+
        let shown = ::std::collections::BTreeSet::from([$($error_type),+]);
        assert_eq!(shown, $crate::catalogue::types_of($service));
    }};
    (@code $error_type:literal) => { $error_type };
    (@code $error_type:literal $code:literal) => { $code };
    (@is $error:ident unmodelled) => { $crate::catalogue::is_unmodelled(&$error) };
    (@is $error:ident $model:ident) => { $error.$model() };
}

/// A client of the service, under faults, with three attempts for each call. How many retries there
/// may be in all is its own, and without an end: other tests take none from it.
#[macro_export]
macro_rules! retrying {
    ($service:ident, $sdk:ident) => {{
        use $sdk::config::retry::{RetryPartition, TokenBucket};
        let partition = RetryPartition::custom(module_path!());
        let partition = partition.token_bucket(TokenBucket::unlimited()).build();
        let config = $sdk::config::Builder::from(&$service.config()).retry_partition(partition);
        $sdk::Client::from_conf(config.build())
    }};
}

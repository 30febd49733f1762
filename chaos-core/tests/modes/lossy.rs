//! A response whose type does not keep all that it shows: on its way through serde it would lose more
//! than was asked for, so it stays as it is.

use chaos_core::testing::{Action, Scope};
use chaos_core::wrap;
use lambda_runtime::Error;
use serde::{Deserialize, Deserializer, Serialize};

use super::*;

/// Fields of a response, and what is left of each where it gets lost. The last one gets lost nowhere.
const FIELDS: [(&str, Value); 5] = [
    ("statusCode", Value::Null),
    ("isBase64Encoded", Value::Bool(false)),
    ("body", Value::Null),
    ("trace", Value::Null),
    ("", Value::Null),
];
const NONE: usize = FIELDS.len() - 1;

/// Loses one of them when it is deserialized.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Forgets<const FIELD: usize>(Value);

impl<'de, const FIELD: usize> Deserialize<'de> for Forgets<FIELD> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut own = Value::deserialize(deserializer)?;
        let (field, left) = &FIELDS[FIELD];
        if let Some(value) = own.get_mut(field) {
            *value = left.clone();
        }
        Ok(Self(own))
    }
}

fn own() -> Value {
    json!({
        "statusCode": 200, "isBase64Encoded": true, "body": "b3du", "trace": "own",
        "headers": {"x-own": "1"},
    })
}

/// What comes of the response, and whether a fault was injected.
async fn run<const FIELD: usize>(scope: Scope) -> (Value, bool) {
    let handler = wrap(|_: LambdaEvent<Value>| async { Ok::<_, Error>(Forgets::<FIELD>(own())) });
    let Forgets(reply) = scope.run(handler(unending())).await.expect("a reply");
    let injected = |one: &chaos_core::testing::Decision| one.action == Action::Inject;
    (reply, scope.decisions().iter().any(injected))
}

/// Everything that sends a response through its type.
fn ways() -> [Scope; 3] {
    let headers = json!({"enabled": true, "set_headers": {"x-new": "1"}});
    let code = json!({"enabled": true, "status_code": 503, "phase": "after"});
    [
        Scope::new(&json!({"corruption": headers})),
        Scope::new(&json!({"statuscode": code})),
        Scope::builder(&json!({"latency": {"enabled": true, "min_latency": 1}}))
            .response_header("x-chaos")
            .build(),
    ]
}

async fn stays_as_it_is<const FIELD: usize>() {
    for (n, scope) in ways().into_iter().enumerate() {
        let (reply, injected) = run::<FIELD>(scope).await;
        assert_eq!(reply, own(), "way {n}, without {}", FIELDS[FIELD].0);
        // The flag that the header names is another one, which was injected.
        assert_eq!(injected, n == 2, "way {n}, without {}", FIELDS[FIELD].0);
    }
}

#[tokio::test]
async fn it_stays_as_it_is() {
    stays_as_it_is::<1>().await;
    stays_as_it_is::<2>().await;
    stays_as_it_is::<3>().await;
    // Where the code is lost there is none to be replaced either.
    stays_as_it_is::<0>().await;
}

#[tokio::test]
async fn one_that_loses_nothing_is_changed() {
    let changed = [
        ("headers", json!({"x-own": "1", "x-new": "1"})),
        ("statusCode", json!(503)),
        ("headers", json!({"x-own": "1", "x-chaos": "latency"})),
    ];
    for (scope, (field, value)) in ways().into_iter().zip(changed) {
        let mut expected = own();
        expected[field] = value;
        assert_eq!(run::<NONE>(scope).await, (expected, true), "{field}");
    }
}

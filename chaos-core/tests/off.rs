//! With the feature `inject` off the attribute returns the function's own tokens.
//!
//! Run by `cargo xtask test --only features`, since a build of the workspace has the feature on.
#![cfg(not(feature = "inject"))]

use chaos_core::inject_chaos;
use chaos_core::testing::Scope;
use serde_json::json;

/// What the attribute would refuse, were it looked at.
#[inject_chaos(no_such_argument)]
const fn answer() -> u8 {
    42
}

const ANSWER: u8 = answer();

#[inject_chaos]
async fn handler() -> Result<u8, std::fmt::Error> {
    std::future::ready(Ok(ANSWER)).await
}

#[tokio::test]
async fn nothing_is_expanded_and_nothing_injected() {
    let scope = Scope::new(&json!({"exception": {"enabled": true}}));
    assert_eq!(scope.run(handler()).await, Ok(42));
    let wrapped =
        chaos_core::wrap(async |_: serde_json::Value| Ok::<_, chaos_core::InjectedError>(json!(1)));
    assert_eq!(scope.run(wrapped(json!({}))).await, Ok(json!(1)));
    assert!(scope.decisions().is_empty());
    assert_eq!(
        std::mem::size_of_val(&handler()),
        std::mem::size_of_val(&plain()),
        "the same future as without the attribute"
    );
}

async fn plain() -> Result<u8, std::fmt::Error> {
    std::future::ready(Ok(ANSWER)).await
}

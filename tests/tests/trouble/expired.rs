//! Chaos whose time is over ends, although nobody switches it off and SSM cannot be reached.

use std::time::{Duration, SystemTime};

use chaos_local::ParameterStore;
use chaos_tests::document::{is_on, on};
use chaos_tests::{PARAMETER, Running, function};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::kinds::Trouble;

/// Time for a process to start and to answer, on a busy machine.
const IN_FORCE: Duration = Duration::from_secs(8);
/// What one invocation takes on such a machine at the most.
const INVOCATION: Duration = Duration::from_secs(3);

#[tokio::test]
async fn at_its_time_whatever_has_become_of_ssm() {
    let of_all = |end: &str| {
        let mut document = document();
        document["settings"] = json!({ "expires_at": end });
        document
    };
    let of_one_flag = |end: &str| {
        let mut document = document();
        document["statuscode"]["expires_at"] = end.into();
        document
    };
    tokio::join!(
        ends_by_itself(of_all, Trouble::Refused),
        ends_by_itself(of_one_flag, Trouble::Forbidden),
    );
}

fn document() -> Value {
    serde_json::from_str(&on()).expect("JSON")
}

async fn ends_by_itself(document: impl Fn(&str) -> Value, trouble: Trouble) {
    let params = ParameterStore::start().await.expect("a store");
    let end = SystemTime::now() + IN_FORCE;
    let written = OffsetDateTime::from(end).format(&Rfc3339).expect("a time");
    let document = document(&written).to_string();
    params.put(PARAMETER, &document).expect("the document fits");
    let function = function!("value")
        .parameter(&params)
        .env("CHAOS_MAX_STALE", "86400")
        .start()
        .await;
    assert!(is_now_on(&function).await, "{}", function.story());
    trouble.befall(&params).await;
    while SystemTime::now() + INVOCATION < end {
        assert!(is_now_on(&function).await, "{}", function.story());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let left = end.duration_since(SystemTime::now()).unwrap_or_default();
    tokio::time::sleep(left).await;
    for _ in 0..5 {
        assert!(!is_now_on(&function).await, "{}", function.story());
    }
}

async fn is_now_on(function: &Running) -> bool {
    is_on(&function.answer(json!({})).await)
}

//! `starts_at` and `expires_at`.

use std::time::{Duration, SystemTime};

use chaos_core::testing::Scope;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{fails, hits};

#[tokio::test]
async fn a_document_that_has_expired_does_nothing() {
    let past = "2020-01-01T00:00:00Z";
    for document in [
        json!({"settings": {"expires_at": past}, "exception": {"enabled": true}}),
        json!({"exception": {"enabled": true, "expires_at": past}}),
        json!({"exception": {"enabled": true, "starts_at": "2999-01-01T00:00:00+02:00"}}),
    ] {
        assert!(!fails(&Scope::new(&document)).await, "{document}");
    }
}

/// A time of today, as a document writes it.
fn written(time: SystemTime) -> Value {
    let written = OffsetDateTime::from(time).format(&Rfc3339);
    written.expect("a time that can be written").into()
}

#[tokio::test]
async fn a_window_opens_and_closes_while_the_document_is_in_force() {
    let now = SystemTime::now();
    let (start, end) = (
        now + Duration::from_millis(300),
        now + Duration::from_millis(1_500),
    );
    let both = json!({"exception": {
        "enabled": true, "starts_at": written(start), "expires_at": written(end),
    }});
    let whole = json!({
        "settings": {"expires_at": written(end)},
        "exception": {"enabled": true, "starts_at": written(start)},
    });
    let scopes = [Scope::new(&both), Scope::new(&whole)];
    while SystemTime::now() < end + Duration::from_millis(100) {
        for scope in &scopes {
            let before = SystemTime::now();
            let failed = fails(scope).await;
            let after = SystemTime::now();
            if after < start || before >= end {
                assert!(!failed, "outside its time");
            } else if before >= start && after < end {
                assert!(failed, "within its time");
            }
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for scope in &scopes {
        assert!(scope.injected().len() > 1, "it was seen while it was open");
        assert_eq!(hits(scope, 2).await, [false, false]);
    }
}

//! Events as JSON.

use std::collections::BTreeSet;

use chaos_core::inject_chaos;
use lambda_runtime::{Context, Error, LambdaEvent};
use serde_json::Value;

use super::ask::{KINDS, differences, everything_of, example};

#[inject_chaos]
async fn handler(event: LambdaEvent<Value>) -> Result<Value, Error> {
    Ok(event.payload)
}

#[tokio::test]
async fn every_kind_is_seen_as_it_was_sent() {
    for kind in KINDS {
        let event = example(kind);
        let asked = everything_of(&event);
        let call = || handler(LambdaEvent::new(event.clone(), Context::default()));
        assert_eq!(differences(&asked, call).await, BTreeSet::new(), "{kind}");
    }
}

//! Seeds, labels, what is inside, and the list.

use chaos_core::testing::{Action, Scope};
use serde_json::{Value, json};

use super::*;

async fn hits(scope: &Scope) -> Vec<bool> {
    let mut hits = Vec::new();
    for _ in 0..64 {
        hits.push(scope.run(handler()).await.is_err());
    }
    hits
}

fn half(seed: Option<u64>) -> Value {
    json!({"settings": {"seed": seed.unwrap_or(1)}, "exception": {"enabled": true, "percentage": 50}})
}

#[tokio::test]
async fn a_scopes_seed_goes_before_the_documents() {
    let with = |document: &Value, seed| Scope::builder(document).seed(seed).build();
    let expected = hits(&Scope::new(&half(Some(7)))).await;
    assert_eq!(hits(&with(&half(Some(1)), 7)).await, expected);
    let mut unseeded = half(None);
    unseeded
        .as_object_mut()
        .expect("a document")
        .remove("settings");
    assert_eq!(hits(&with(&unseeded, 7)).await, expected);
    assert_ne!(hits(&with(&unseeded, 8)).await, expected);
}

#[tokio::test]
async fn a_scopes_seed_outlives_a_flip() {
    let expected = hits(&Scope::new(&half(Some(7)))).await;
    let scope = Scope::builder(&json!({})).seed(7).build();
    scope.flip(&half(Some(1)));
    assert_eq!(hits(&scope).await, expected);
}

#[tokio::test]
async fn one_document_for_many_functions_is_tried_as_each_of_them() {
    let document = json!({"exception": {
        "enabled": true, "labels": {"lambda.function": ["orders", "carts"], "lambda.tenant": "t"},
    }});
    for (function, tenant, hit) in [
        ("orders", "t", true),
        ("carts", "t", true),
        ("users", "t", false),
        ("orders", "u", false),
    ] {
        let scope = Scope::builder(&document)
            .label("lambda.function", "overwritten")
            .label("lambda.function", function)
            .label("lambda.tenant", tenant)
            .build();
        assert_eq!(
            scope.run(handler()).await.is_err(),
            hit,
            "{function} {tenant}"
        );
    }
    assert!(Scope::new(&document).run(handler()).await.is_ok());
}

#[tokio::test]
async fn an_events_tenant_goes_before_the_scopes() {
    use lambda_runtime::{Context, LambdaEvent};

    #[inject_chaos]
    async fn handler(_: LambdaEvent<Value>) -> Result<(), Error> {
        Ok(())
    }
    let document = json!({"exception": {"enabled": true, "labels": {"lambda.tenant": "t"}}});
    let scope = Scope::builder(&document)
        .label("lambda.tenant", "t")
        .build();
    let mut context = Context::default();
    let event = LambdaEvent::new(json!({}), context.clone());
    assert!(scope.run(handler(event)).await.is_err());
    context.tenant_id = Some("u".to_owned());
    assert!(
        scope
            .run(handler(LambdaEvent::new(json!({}), context)))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_task_is_outside_unless_it_is_run_inside() {
    let scope = Scope::new(&json!({"exception": {"enabled": true}}));
    assert!(
        tokio::spawn(scope.run(handler()))
            .await
            .expect("it ends")
            .is_err()
    );
    assert!(Scope::current().is_none());
    scope
        .run(async {
            let outside = tokio::spawn(async { handler().await });
            assert!(outside.await.expect("it ends").is_ok());
            let scope = Scope::current().expect("it runs in one");
            let inside = tokio::spawn(async move { scope.run(handler()).await });
            assert!(inside.await.expect("it ends").is_err());
        })
        .await;
    assert_eq!(
        scope.injected(),
        ["exception", "exception"],
        "all in one list"
    );
}

#[test]
#[should_panic(expected = "the document is invalid: exception.percantage")]
fn a_slip_in_the_document_is_no_passing_test() {
    let document = json!({"exception": {"enabled": true, "percantage": 1}});
    let _ = Scope::builder(&document).allow(["exception"]).build();
}

#[tokio::test]
async fn exactly_the_modes_that_are_named_are_allowed() {
    let document = json!({"exception": {"enabled": true}});
    let scope = Scope::builder(&document).allow(["latency"]).build();
    assert!(scope.run(handler()).await.is_ok());
    assert_eq!(scope.decisions()[0].action, Action::Block);
}

#[test]
fn a_decision_is_one_line() {
    let document = json!({
        "slow": {"enabled": true, "mode": "latency", "min_latency": 1.5},
        "exception": {"enabled": true, "exception_msg": "boom"},
        "statuscode": {"enabled": true, "status_code": 503},
        "disk": {"enabled": true, "mode": "diskspace", "leave_free": 5},
        "memory": {"enabled": true, "memory_mb": 64},
        "cpu": {"enabled": true, "cpu_threads": 2, "cpu_ms": 50},
    });
    let modes = [
        "latency",
        "exception",
        "statuscode",
        "diskspace",
        "memory",
        "cpu",
    ];
    let scope = Scope::builder(&document).allow(modes).dry_run().build();
    scope.run_blocking(blocking_handler).expect("an answer");
    let lines: Vec<String> = scope.decisions().iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "dryrun slow (latency) at handler",
            "dryrun disk (diskspace) at handler: leaving 5 MB",
            "dryrun memory at handler: 64 MB of memory",
            "dryrun cpu at handler: 2 threads, for 50 ms",
            "dryrun statuscode at handler: status 503",
            "dryrun exception at handler: boom",
        ]
    );
    let latency = json!({"latency": {"enabled": true, "min_latency": 1.5}});
    let scope = Scope::new(&latency);
    scope.run_blocking(blocking_handler).expect("an answer");
    assert_eq!(
        scope.decisions()[0].to_string(),
        "inject latency at handler: 1.5 ms"
    );
}

//! The attribute: beside tracing.

use std::future::Future;

use tracing::Level;

use super::*;
use crate::log::Log;

#[inject_chaos]
#[tracing::instrument(skip(event), err, fields(size = event.payload.to_string().len()))]
async fn chaos_above(event: LambdaEvent<Value>) -> Result<Value, Error> {
    Ok(event.payload)
}

#[tracing::instrument(skip(event), err)]
#[inject_chaos]
async fn chaos_below(event: LambdaEvent<Value>) -> Result<Value, Error> {
    Ok(event.payload)
}

#[inject_chaos]
#[tracing::instrument(skip(payload, context))]
async fn chaos_above_destructured(
    LambdaEvent { payload, context }: LambdaEvent<Value>,
) -> Result<(Value, String), Error> {
    Ok((payload, context.request_id))
}

#[tracing::instrument(skip_all)]
#[inject_chaos]
fn chaos_below_blocking((a, b): (u8, u8)) -> Result<u8, Error> {
    Ok(a + b)
}

#[tokio::test]
async fn lives_with_instrument_in_either_order() {
    for scope in [nothing(), boom()] {
        let fails = scope.run(aliased(1)).await.is_err();
        assert_eq!(
            scope.run(chaos_above(event(json!(1)))).await.is_err(),
            fails
        );
        assert_eq!(
            scope.run(chaos_below(event(json!(1)))).await.is_err(),
            fails
        );
        assert_eq!(
            scope
                .run(chaos_above_destructured(event(json!(1))))
                .await
                .is_err(),
            fails
        );
        assert_eq!(
            scope.run_blocking(|| chaos_below_blocking((1, 2))).is_err(),
            fails
        );
    }
}

/// The lines that are written while it runs.
async fn said<T>(call: impl Future<Output = T>) -> Vec<Value> {
    let (log, _guard) = Log::collect(Level::INFO);
    call.await;
    log.take()
}

/// The span that a line was written in.
fn span(line: &Value) -> Option<&str> {
    line["span"]["name"].as_str()
}

fn injected(lines: &[Value]) -> &Value {
    let mut lines = lines.iter();
    lines
        .find(|line| line["action"] == "inject")
        .expect("the fault is in the log")
}

#[tokio::test]
async fn the_upper_attribute_is_the_inner_one() {
    let scope = boom();
    let above = said(scope.run(chaos_above(event(json!(1))))).await;
    assert_eq!(span(injected(&above)), Some("chaos_above"), "{above:?}");
    let below = said(scope.run(chaos_below(event(json!(1))))).await;
    assert_eq!(span(injected(&below)), None, "{below:?}");
    let err = |line: &Value| line["error"].as_str() == Some("boom");
    assert!(above.iter().any(err), "{above:?}");
    assert!(!below.iter().any(err), "{below:?}");
    let destructured = said(scope.run(chaos_above_destructured(event(json!(1))))).await;
    assert_eq!(span(injected(&destructured)), None, "{destructured:?}");
}

//! The attribute: beside tracing.

use super::*;

#[inject_chaos]
#[tracing::instrument(skip(event), fields(size = event.payload.to_string().len()))]
async fn chaos_outside(event: LambdaEvent<Value>) -> Result<Value, Error> {
    Ok(event.payload)
}

#[tracing::instrument(skip(event), err)]
#[inject_chaos]
async fn chaos_inside(event: LambdaEvent<Value>) -> Result<Value, Error> {
    Ok(event.payload)
}

#[inject_chaos]
#[tracing::instrument(skip(payload, context))]
async fn chaos_outside_destructured(
    LambdaEvent { payload, context }: LambdaEvent<Value>,
) -> Result<(Value, String), Error> {
    Ok((payload, context.request_id))
}

#[tracing::instrument(skip_all)]
#[inject_chaos]
fn chaos_inside_blocking((a, b): (u8, u8)) -> Result<u8, Error> {
    Ok(a + b)
}

#[tokio::test]
async fn lives_with_instrument_in_either_order() {
    for scope in [nothing(), boom()] {
        let fails = scope.run(aliased(1)).await.is_err();
        assert_eq!(
            scope.run(chaos_outside(event(json!(1)))).await.is_err(),
            fails
        );
        assert_eq!(
            scope.run(chaos_inside(event(json!(1)))).await.is_err(),
            fails
        );
        assert_eq!(
            scope
                .run(chaos_outside_destructured(event(json!(1))))
                .await
                .is_err(),
            fails
        );
        assert_eq!(
            scope
                .run_blocking(|| chaos_inside_blocking((1, 2)))
                .is_err(),
            fails
        );
    }
}

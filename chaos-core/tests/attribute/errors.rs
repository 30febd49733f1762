//! The attribute: error types.

use lambda_runtime::Diagnostic;

use super::*;

#[inject_chaos]
pub(crate) async fn boxed(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let n: i64 = event.payload["n"].as_str().unwrap_or("1").parse()?;
    if n == 2 {
        return Ok(json!("two"));
    }
    Ok(json!(n))
}

#[inject_chaos]
async fn anyhowed(event: LambdaEvent<Value>) -> anyhow::Result<i64> {
    let text = event.payload.as_str().unwrap_or("1");
    Ok(text.parse::<i64>()?)
}

#[inject_chaos]
async fn diagnosed(_event: LambdaEvent<Value>) -> Result<Value, Diagnostic> {
    Ok(json!(1))
}

#[inject_chaos]
async fn owned(text: &str) -> Result<i64, Own> {
    Ok(text.parse::<i64>()?)
}

#[derive(Debug, PartialEq)]
struct Foreign(String);

fn to_foreign(error: InjectedError) -> Foreign {
    Foreign(error.into_message())
}

#[inject_chaos(error = to_foreign)]
async fn by_path(n: u8) -> Result<u8, Foreign> {
    Ok(n)
}

#[tokio::test]
async fn errors_reach_every_error_type() {
    let scope = boom();
    assert_eq!(
        scope
            .run(boxed(event(json!({}))))
            .await
            .unwrap_err()
            .to_string(),
        "boom"
    );
    assert_eq!(
        scope
            .run(anyhowed(event(json!("1"))))
            .await
            .unwrap_err()
            .to_string(),
        "boom"
    );
    assert_eq!(
        scope
            .run(diagnosed(event(json!({}))))
            .await
            .unwrap_err()
            .error_type,
        "InjectedError"
    );
    assert!(matches!(scope.run(owned("1")).await, Err(Own::Injected(_))));
    assert_eq!(scope.run(by_path(1)).await, Err(Foreign("boom".into())));
    assert_eq!(scope.run(aliased(1)).await.unwrap_err().to_string(), "boom");
}

#[tokio::test]
async fn without_a_fault_return_and_question_mark_mean_what_they_meant() {
    let scope = nothing();
    assert_eq!(
        scope.run(boxed(event(json!({"n": "2"})))).await.unwrap(),
        json!("two")
    );
    assert_eq!(
        scope.run(boxed(event(json!({"n": "3"})))).await.unwrap(),
        json!(3)
    );
    assert!(scope.run(boxed(event(json!({"n": "x"})))).await.is_err());
    assert!(matches!(scope.run(owned("x")).await, Err(Own::Parse(_))));
    assert_eq!(scope.run(by_path(4)).await, Ok(4));
    assert_eq!(
        boxed(event(json!({}))).await.unwrap(),
        json!(1),
        "outside any scope too"
    );
}

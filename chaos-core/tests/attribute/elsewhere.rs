//! The attribute: no result, another path.

use super::*;

#[inject_chaos]
async fn unit(n: &mut u8) {
    *n += 1;
    if *n > 100 {
        return;
    }
    *n += 1;
}

#[inject_chaos]
async fn never_fails(n: u8) -> Result<u8, std::convert::Infallible> {
    Ok(n)
}

#[tokio::test]
async fn a_function_without_an_error_type_is_never_failed() {
    let mut n = 0;
    let scope = boom();
    scope.run(unit(&mut n)).await;
    assert_eq!(n, 2);
    assert_eq!(scope.run(never_fails(3)).await, Ok(3));
    let messages: Vec<_> = scope
        .decisions()
        .into_iter()
        .filter_map(|d| d.message)
        .collect();
    assert_eq!(messages.len(), 2);
    assert!(messages[0].contains("CHAOS_ALLOW"), "{messages:?}");
    assert_eq!(scope.injected(), [""; 0]);
}

#[tokio::test]
#[should_panic(expected = "boom")]
async fn it_panics_where_that_is_allowed() {
    let document = json!({"exception": {"enabled": true, "exception_msg": "boom"}});
    Scope::allowing(&document, &["exception", "panic"])
        .run(unit(&mut 0))
        .await;
}

mod named {
    pub(crate) use chaos_core as renamed;
}

#[inject_chaos(crate = crate::elsewhere::named::renamed, point = "re.named")]
pub(crate) async fn through_another_path() -> Result<u8, Error> {
    Ok(1)
}

#[tokio::test]
async fn the_crate_may_have_another_name() {
    assert!(through_another_path().await.is_ok());
    assert!(boom_at("re.*").run(through_another_path()).await.is_err());
}

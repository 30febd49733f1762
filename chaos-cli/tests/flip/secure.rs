//! What a write keeps of a parameter beside its name.

use chaos_local::{Parameter, ParameterType, Tier};

use crate::support::{Bench, NAME};

/// After switching on and off, with these actions denied.
async fn changed(create: &str, denied: &[&str]) -> Parameter {
    let bench = Bench::new().await;
    bench.done(create).await;
    bench.params.deny(denied.iter().copied());
    bench.done("enable exception --yes").await;
    bench.done("disable --all").await;
    bench.params.get(NAME).unwrap()
}

#[tokio::test]
async fn type_and_key_are_kept_whatever_tells_of_them() {
    for denied in [&[][..], &["DescribeParameters"], &["GetParameterHistory"]] {
        let parameter = changed("init --secure alias/orders", denied).await;
        assert_eq!(parameter.version, 3);
        assert_eq!(parameter.kind, ParameterType::SecureString, "{denied:?}");
        assert_eq!(
            parameter.key_id.as_deref(),
            Some("alias/orders"),
            "{denied:?}"
        );
    }
    let both = ["DescribeParameters", "GetParameterHistory"];
    let parameter = changed("init", &both).await;
    assert_eq!(parameter.version, 3);
    assert_eq!(parameter.kind, ParameterType::String);
}

#[tokio::test]
async fn the_tier_is_kept() {
    let bench = Bench::new().await;
    let text = format!(r#"{{ "note": "{}" }}"#, "x".repeat(5000));
    bench.params.put(NAME, &text).unwrap();
    assert_eq!(bench.params.get(NAME).unwrap().tier, Tier::Advanced);
    bench.done("enable exception --yes").await;
    let parameter = bench.params.get(NAME).unwrap();
    assert_eq!(parameter.tier, Tier::Advanced);
    assert!(parameter.value.len() > 5000);
}

#[tokio::test]
async fn what_does_not_fit_is_said() {
    let bench = Bench::with("{}").await;
    let message = "x".repeat(4090);
    let ran = bench
        .fails(
            1,
            &format!("enable exception --exception-msg {message} --yes"),
        )
        .await;
    assert!(ran.stderr.contains("4096 characters"), "{ran:?}");
    assert_eq!(bench.text(), "{}");
}

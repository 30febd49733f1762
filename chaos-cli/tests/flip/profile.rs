//! Places that are saved under names.

use crate::shown;
use crate::support::{Bench, NAME, read};

#[tokio::test]
async fn a_saved_place_is_meant_by_its_name() {
    let bench = Bench::with("{}").await;
    let save = format!("profile save orders --param {NAME} --region us-east-1");
    shown!(bench.run(&save).await, @r###"
    --- standard error
           Saved orders in [home]/cargo-chaos/profiles.toml
    --- exit code 0
    "###);
    let ran = bench.run("status --profile orders").await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.stdout.starts_with("parameter /orders/chaos, version 1"),
        "{ran:?}"
    );
    bench
        .run("profile save chaos --appconfig a/b/c --aws-profile shop")
        .await;
    insta::assert_snapshot!(read(bench.path("cargo-chaos/profiles.toml")), @r###"
    [chaos]
    appconfig = "a/b/c"
    aws-profile = "shop"

    [orders]
    param = "/orders/chaos"
    region = "us-east-1"
    "###);
    shown!(bench.run("profile list").await, @r###"
    chaos   --appconfig a/b/c --aws-profile shop
    orders  --param /orders/chaos --region us-east-1
    --- standard error
    --- exit code 0
    "###);
    bench.run("profile remove chaos").await;
    let ran = bench.run("status --profile chaos").await;
    shown!(ran, @r###"
    --- standard error
    error: no profile is saved as `chaos`; there are orders; save one with `cargo chaos profile save chaos --param NAME`
    --- exit code 2
    "###);
}

#[tokio::test]
async fn a_file_is_meant_from_everywhere() {
    let bench = Bench::new().await;
    let ran = bench.run("profile save local --file chaos.json").await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let saved = read(bench.path("cargo-chaos/profiles.toml"));
    let here = std::env::current_dir().unwrap().join("chaos.json");
    assert!(saved.contains(here.to_str().unwrap()), "{saved}");
}

#[tokio::test]
async fn a_place_has_to_be_named() {
    let bench = Bench::new().await;
    let ran = bench.run("profile save nothing --region us-east-1").await;
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains("name a place"), "{ran:?}");
    let ran = bench
        .run(&format!("status --profile a --param {NAME}"))
        .await;
    assert_eq!(ran.code, 2, "one place at a time: {ran:?}");
}

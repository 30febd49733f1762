//! Switching off, with as few rights as there may be.

use chaos_core::plan;
use chaos_local::Behaviour;

use crate::shown;
use crate::support::{Bench, NAME, on, read};

const ON: &str = r#"{
  "note": {"enabled": "no flag"},
  "latency": {"enabled": true, "min_latency": 5},
  "slow": {"enabled": true, "mode": "latency", "min_latency": 9},
  "panic": {"enabled": false}
}"#;

#[tokio::test]
async fn those_that_are_named_are_off_and_keep_what_they_say() {
    let bench = Bench::with(ON).await;
    shown!(bench.done("disable slow").await, @r###"
    --- standard error
        Disabled slow in parameter /orders/chaos (version 2)
    --- exit code 0
    "###);
    assert_eq!(
        bench.text(),
        ON.replace(r#"true, "mode""#, r#"false, "mode""#)
    );
    let ran = bench.done("disable slow panic").await;
    assert!(ran.stderr.contains("off already"), "{ran:?}");
    assert_eq!(bench.params.get(NAME).unwrap().version, 2);
}

#[tokio::test]
async fn a_slip_in_one_name_leaves_none_of_the_others_on() {
    let bench = Bench::with(ON).await;
    shown!(bench.fails(2, "disable slo latency").await, @r###"
    --- standard error
        Disabled latency in parameter /orders/chaos (version 2)
    error: there is no flag slo; the document has note, latency, slow, panic
    --- exit code 2
    "###);
    assert_eq!(bench.on(), ["slow"]);
    let ran = bench.fails(2, "disable slo").await;
    assert!(!ran.stderr.contains("off already"), "{ran:?}");
}

#[tokio::test]
async fn all_of_them_at_once() {
    let bench = Bench::with(ON).await;
    shown!(bench.done("disable --all").await, @r###"
    --- standard error
        Disabled note, latency, slow in parameter /orders/chaos (version 2)
    --- exit code 0
    "###);
    assert_eq!(
        bench.text(),
        ON.replace("true", "false").replace(r#""no flag""#, "false")
    );
    let ran = bench.done("disable --all").await;
    assert!(ran.stderr.contains("off already"), "{ran:?}");
    assert_eq!(bench.params.get(NAME).unwrap().version, 2);
}

/// Everything off, and what was there in the history.
fn is_all_off(bench: &Bench) {
    let reading = plan::read(&bench.text());
    assert_eq!(reading.findings, []);
    assert_eq!(reading.plan.active().count(), 0);
    assert_eq!(bench.params.get(&format!("{NAME}:1")).unwrap().value, ON);
}

#[tokio::test]
async fn who_may_only_write_switches_off_all_the_same() {
    let reading = ["GetParameter", "GetParameterHistory", "DescribeParameters"];
    let bench = Bench::with(ON).await;
    bench.params.deny(reading);
    shown!(bench.done("disable --all").await, @r###"
    --- standard error
    warning: cannot read parameter /orders/chaos: AWS answered AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/chaos-local/function is not authorized to perform: ssm:GetParameter on resource: arn:aws:ssm:us-east-1:123456789012:parameter/orders/chaos because no identity-based policy allows the ssm:GetParameter action; `cargo chaos policy operator` prints what is needed; a document in which everything is off takes its place
        Disabled everything in parameter /orders/chaos (version 2)
    --- exit code 0
    "###);
    is_all_off(&bench);
    // The same by the parameter's ARN.
    let arn = bench.params.get(NAME).unwrap().arn;
    let ran = bench.run(&format!("disable --all --param {arn}")).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(bench.params.get(NAME).unwrap().version, 3);

    // Without the right to describe, what can be read is kept.
    let bench = Bench::with(ON).await;
    bench.params.deny(reading[1..].iter().copied());
    bench.done("disable --all").await;
    assert!(bench.text().contains("min_latency"));
    assert_eq!(bench.on(), [] as [&str; 0]);
}

#[tokio::test]
async fn a_secure_parameter_whose_key_nobody_may_see_is_switched_off_too() {
    let bench = Bench::new().await;
    bench.params.put_secure(NAME, ON).unwrap();
    bench
        .params
        .deny(["GetParameterHistory", "DescribeParameters"]);
    let ran = bench.done("disable --all").await;
    assert!(ran.stderr.contains("its place"), "{ran:?}");
    is_all_off(&bench);
    let ran = bench.fails(1, "enable exception --yes").await;
    assert!(
        ran.stderr.contains("the key of the parameter is not known"),
        "{ran:?}"
    );
}

#[tokio::test]
async fn what_is_no_document_gives_way() {
    for text in ["{", "[1]", "nothing"] {
        let bench = Bench::with(text).await;
        bench.done("disable --all").await;
        assert_eq!(plan::read(&bench.text()).findings, [], "{text}");
        let bench = Bench::with(text).await;
        let ran = bench.fails(2, "disable latency").await;
        assert!(ran.stderr.contains("--all puts a sound one"), "{ran:?}");
        assert_eq!(bench.text(), text);
    }
}

#[tokio::test]
async fn the_older_formats_are_switched_off_as_they_are() {
    let old = r#"{"isEnabled": true, "failureMode": "latency", "rate": 1, "minLatency": 5}"#;
    let bench = Bench::with(old).await;
    bench.done("disable --all").await;
    assert_eq!(bench.text(), old.replace("true", "false"));
}

#[tokio::test]
async fn a_document_that_is_as_long_as_may_be_is_switched_off() {
    // Each `false` is longer than its `true`.
    let flag = r#"{"latency": {"enabled": true, "exception_msg": ""}}"#;
    let text = flag.replace(r#""""#, &format!(r#""{}""#, "x".repeat(4096 - flag.len())));
    assert_eq!(text.len(), 4096);
    let bench = Bench::with(&text).await;
    bench.done("disable --all").await;
    assert_eq!(bench.on(), [] as [&str; 0]);
    assert!(
        bench.text().contains("xxxx"),
        "it is kept, without the space in it"
    );
}

#[tokio::test]
async fn what_cannot_be_ignored_is_said() {
    let bench = Bench::new().await;
    shown!(bench.fails(1, "disable --all").await, @r###"
    --- standard error
    error: cannot read parameter /orders/chaos: AWS answered ParameterNotFound; check the name and the region, or create it with `cargo chaos init`
    --- exit code 1
    "###);
    assert!(
        bench.params.get(NAME).is_none(),
        "a slip in a name creates nothing"
    );
    bench.params.deny(["GetParameter"]);
    let ran = bench.fails(1, "disable --all").await;
    assert!(ran.stderr.contains("parameter type is required"), "{ran:?}");

    let bench = Bench::with(ON).await;
    bench.params.deny(["PutParameter"]);
    let ran = bench.fails(1, "disable --all").await;
    assert!(ran.stderr.contains("ssm:PutParameter"), "{ran:?}");
    let bench = Bench::with(ON).await;
    bench.params.behave(Behaviour::Refuse).await.unwrap();
    let ran = bench.fails(1, "disable --all").await;
    assert!(ran.stderr.contains("AWS cannot be reached"), "{ran:?}");
    let ran = bench.fails(2, "disable").await;
    assert!(ran.stderr.contains("name flags, or say --all"), "{ran:?}");
}

#[tokio::test]
async fn a_file_and_a_place_that_cannot_be_changed() {
    let bench = Bench::new().await;
    let file = bench.path("chaos.json");
    std::fs::write(&file, ON).unwrap();
    let ran = bench.run(&format!("disable --all --file {file}")).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(
        on(&serde_json::from_str(&read(&file)).unwrap()),
        [] as [&str; 0]
    );
    let ran = bench.run(&format!("disable --all --file {file}.not")).await;
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stderr.contains("there is no file"), "{ran:?}");

    let ran = bench
        .run_with("disable --all", &[("CHAOS_CONFIG", ON)])
        .await;
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.stderr.contains("nobody can change from here"),
        "{ran:?}"
    );
    let ran = bench
        .run(&format!("disable latency --param {NAME}:3"))
        .await;
    assert_eq!(ran.code, 1, "{ran:?}");
}

/// Nothing is asked, and nobody is stopped who says so.
#[tokio::test]
async fn whoever_is_in_a_hurry_may_say_yes() {
    let bench = Bench::with(ON).await;
    let ran = bench.done("disable --all --yes").await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(bench.on(), [] as [&str; 0]);
}

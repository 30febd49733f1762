//! What is on.

use serde_json::json;

use crate::shown;
use crate::support::{Bench, NAME};

/// Each state, but for those of the settings.
fn each() -> String {
    json!({
        "note": "of the team",
        "latency": {"enabled": true, "min_latency": 100, "max_latency": 400, "percentage": 10},
        "throttled": {
            "enabled": true, "mode": "exception", "point": "aws.dynamodb.*",
            "labels": {"table": "orders", "tenant": ["a", "b"]},
            "exception_type": "ProvisionedThroughputExceededException",
            "percentage": 0.5, "by": "label:tenant", "limit": 3, "skip_first": 1, "every": 2,
            "expires_at": "2099-01-01T00:00:00Z",
        },
        "conditions": {
            "enabled": true, "mode": "statuscode", "status_code": 503, "phase": "after",
            "match": [{"path": "headers.x-test", "value": "1"},
                      {"path": "rawPath", "operator": "regex", "value": "^/api", "not": true}],
        },
        "over": {"enabled": true, "mode": "timeout", "expires_at": "2020-01-01T00:00:00Z"},
        "later": {"enabled": true, "mode": "timeout", "starts_at": "2098-01-01T00:00:00Z"},
        "panic": {"enabled": false},
        "exit": {"enabled": true, "exit_code": 256},
    })
    .to_string()
}

#[tokio::test]
async fn a_table_for_people() {
    let bench = Bench::with(&each()).await;
    shown!(bench.run(&format!("status --param {NAME}")).await, @r###"
    parameter /orders/chaos, version 1, changed [a moment] ago by arn:aws:sts::123456789012:assumed-role/chaos-local/function
    3 on
     flag        state      fault                           where             how often        until
     latency     on         latency                         handler           10 %             it is switched off
                            min_latency 100
                            max_latency 400
     later       scheduled  timeout                         handler           100 %            from [time]
                                                                                               [in decades]
     over        expired    timeout                         handler           100 %            [time]
                                                                                               [years] ago
     conditions  on         statuscode                      handler           100 %            it is switched off
                            status_code 503                 headers.x-test=1
                                                            rawPath!~=^/api
                                                            after the work
     throttled   on         exception                       aws.dynamodb.*    0.5 %            [time]
                            exception_type ProvisionedThro  table=orders      by label:tenant  [in decades]
                            ughputExceededException         tenant=a|b        not the first 1
                                                                              one of each 2
                                                                              at most 3
     exit        invalid    exit                                                               functions skip it
                            exit_code 256
    off: panic
    error: exit.exit_code: 256 is out of range; write a whole number from 0 to 255
    warning: note: is no flag and is ignored; leave it out
    --- standard error
    --- exit code 3
    "###);
}

#[tokio::test]
async fn one_object_for_programs() {
    let bench = Bench::with(&each()).await;
    let ran = bench.run(&format!("status --json --param {NAME}")).await;
    assert_eq!((ran.code, &*ran.stderr), (3, ""));
    let status = ran.json();
    assert_eq!(status["place"], "parameter /orders/chaos");
    assert_eq!(status["version"], 1);
    assert_eq!(status["on"], true);
    assert!(status["changed"]["at"].as_str().unwrap().ends_with('Z'));
    let user = "arn:aws:sts::123456789012:assumed-role/chaos-local/function";
    assert_eq!(status["changed"]["by"], user);
    assert_eq!(
        status["flags"]["throttled"],
        json!({
            "mode": "exception", "state": "on", "on": true, "enabled": true,
            "figures": {"exception_type": "ProvisionedThroughputExceededException"},
            "point": ["aws.dynamodb.*"],
            "labels": {"table": ["orders"], "tenant": ["a", "b"]},
            "match": [], "phase": "before", "percentage": 0.5, "by": "label:tenant",
            "every": 2, "skip_first": 1, "limit": 3,
            "starts_at": null, "expires_at": "2099-01-01T00:00:00Z",
        })
    );
    let state = |name: &str| status["flags"][name]["state"].as_str().unwrap();
    assert_eq!(state("over"), "expired");
    assert_eq!(state("later"), "scheduled");
    assert_eq!(state("panic"), "off");
    assert_eq!(state("exit"), "invalid");
    assert_eq!(
        status["flags"]["exit"]["why"],
        "exit.exit_code: 256 is out of range; write a whole number from 0 to 255"
    );
    assert_eq!(
        status["flags"]["conditions"]["match"][1],
        json!({"path": "rawPath", "operator": "regex", "value": "^/api", "not": true})
    );
    assert_eq!(status["findings"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn the_exit_code_says_whether_something_is_on() {
    for (document, code) in [
        ("{}", 0),
        (r#"{"latency": {"enabled": false}}"#, 0),
        (r#"{"latency": {"enabled": true}}"#, 3),
        (
            r#"{"latency": {"enabled": true, "expires_at": "2020-01-01T00:00:00Z"}}"#,
            0,
        ),
        (
            r#"{"settings": {"expires_at": "2020-01-01T00:00:00Z"}, "latency": {"enabled": true}}"#,
            0,
        ),
        (
            r#"{"settings": {"enabled": false}, "latency": {"enabled": true}}"#,
            0,
        ),
        (
            r#"{"settings": {"dry_run": true}, "latency": {"enabled": true}}"#,
            3,
        ),
        (
            r#"{"settings": {"dry_runn": true}, "latency": {"enabled": true}}"#,
            0,
        ),
        (r#"{"latency": {"enabled": true, "percentage": 101}}"#, 0),
        (
            r#"{"is_enabled": true, "fault_type": "latency", "delay": 5}"#,
            3,
        ),
        ("nothing", 0),
    ] {
        let bench = Bench::with(document).await;
        for format in ["", "--json"] {
            let ran = bench.run(&format!("status {format} --param {NAME}")).await;
            assert_eq!(ran.code, code, "{document}: {ran:?}");
        }
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_another_exit_code() {
    let bench = Bench::new().await;
    shown!(bench.fails(1, "status").await, @r###"
    --- standard error
    error: cannot read parameter /orders/chaos: AWS answered ParameterNotFound; check the name and the region, or create it with `cargo chaos init`
    --- exit code 1
    "###);
    bench.params.put(NAME, "{}").unwrap();
    bench.params.deny(["GetParameter"]);
    shown!(bench.fails(1, "status").await, @r###"
    --- standard error
    error: cannot read parameter /orders/chaos: AWS answered AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/chaos-local/function is not authorized to perform: ssm:GetParameter on resource: arn:aws:ssm:us-east-1:123456789012:parameter/orders/chaos because no identity-based policy allows the ssm:GetParameter action; `cargo chaos policy operator` prints what is needed
    --- exit code 1
    "###);
    let ran = bench.run("status --file no/such/file.json").await;
    assert_eq!(ran.code, 1, "{ran:?}");
    let ran = bench.run("status --param a --file b").await;
    assert_eq!(ran.code, 2, "{ran:?}");
}

#[tokio::test]
async fn who_changed_it_is_left_out_where_nobody_may_know() {
    let bench = Bench::with("{}").await;
    bench.params.deny(["DescribeParameters"]);
    let ran = bench.done("status").await;
    assert!(
        ran.stdout.contains(" by arn:aws:sts"),
        "the history tells too: {ran:?}"
    );
    bench
        .params
        .deny(["DescribeParameters", "GetParameterHistory"]);
    shown!(bench.done("status").await, @r###"
    parameter /orders/chaos, version 1, changed [a moment] ago
    nothing is on
    --- standard error
    --- exit code 0
    "###);
}

#[tokio::test]
async fn settings_and_older_formats_are_told() {
    let dry = r#"{"settings": {"dry_run": true}, "latency": {"enabled": true, "min_latency": 5}}"#;
    shown!(Bench::with(dry).await.run(&format!("status --param {NAME}")).await, @r###"
    parameter /orders/chaos, version 1, changed [a moment] ago by arn:aws:sts::123456789012:assumed-role/chaos-local/function
    1 on, in a dry run: decided and written to the log, not injected
     flag     state    fault          where    how often  until
     latency  dry run  latency        handler  100 %      it is switched off
                       min_latency 5
    --- standard error
    --- exit code 3
    "###);
    let old = r#"{"isEnabled": true, "failureMode": "latency", "rate": 1, "minLatency": 5}"#;
    shown!(Bench::with(old).await.run(&format!("status --param {NAME}")).await, @r###"
    parameter /orders/chaos, version 1, changed [a moment] ago by arn:aws:sts::123456789012:assumed-role/chaos-local/function, in the format of failure-lambda 0.x
    1 on
     flag     state  fault    where    how often  until
     latency  on     latency  handler  100 %      it is switched off
    --- standard error
    --- exit code 3
    "###);
    let slip = r#"{"settings": {"dry_runn": true}, "latency": {"enabled": true}}"#;
    shown!(Bench::with(slip).await.run(&format!("status --param {NAME}")).await, @r###"
    parameter /orders/chaos, version 1, changed [a moment] ago by arn:aws:sts::123456789012:assumed-role/chaos-local/function
    nothing is on
     flag     state    fault    where  how often  until
     latency  invalid  latency                    functions skip it
    error: settings.dry_runn: is no setting, and so the document is not used; did you mean "dry_run"?
    warning: latency.min_latency: without it and max_latency the wait is 0; write how many ms to wait
    functions use nothing of this document until it is mended
    --- standard error
    --- exit code 0
    "###);
}

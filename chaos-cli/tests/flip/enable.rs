//! Switching on.

use serde_json::json;

use crate::shown;
use crate::support::{Bench, NAME, read};

const ODD: &str = r#"{
    "note": "of the team",
    "zeta": {"enabled":true,"mode":"latency", "min_latency": 5},
    "latency": {"enabled": false}
}"#;

#[tokio::test]
async fn a_flag_is_written_and_everything_else_stays() {
    let bench = Bench::with(ODD).await;
    let ran = bench
        .done("enable latency --min-latency 200 --percentage 0.5 --yes")
        .await;
    shown!(ran, @r###"
    --- standard error
          "note": "of the team",
          "zeta": {"enabled":true,"mode":"latency", "min_latency": 5},
    -     "latency": {"enabled": false}
    +     "latency": {
    +         "enabled": true,
    +         "min_latency": 200,
    +         "percentage": 0.5
    +     }
      }
         Enabled latency in parameter /orders/chaos (version 2)
    --- exit code 0
    "###);
    insta::assert_snapshot!(bench.text(), @r###"
    {
        "note": "of the team",
        "zeta": {"enabled":true,"mode":"latency", "min_latency": 5},
        "latency": {
            "enabled": true,
            "min_latency": 200,
            "percentage": 0.5
        }
    }
    "###);
}

#[tokio::test]
async fn every_way_to_aim_is_an_option() {
    let bench = Bench::with("{}").await;
    bench
        .done(
            "enable exception --name throttled --point aws.dynamodb.* --point aws.s3.* \
             --label table=orders --label tenant=a --label tenant=b \
             --match headers.x-test=1 --match !headers.x-no-chaos --match rawPath^=/api \
             --exception-type ThrottlingException --phase after --skip-first 2 --every 3 \
             --limit 4 --by label:tenant --yes",
        )
        .await;
    assert_eq!(
        bench.document()["throttled"],
        json!({
            "enabled": true,
            "mode": "exception",
            "exception_type": "ThrottlingException",
            "match": [
                {"path": "headers.x-test", "value": "1"},
                {"path": "headers.x-no-chaos", "operator": "exists", "not": true},
                {"path": "rawPath", "operator": "startsWith", "value": "/api"},
            ],
            "point": ["aws.dynamodb.*", "aws.s3.*"],
            "labels": {"table": "orders", "tenant": ["a", "b"]},
            "by": "label:tenant",
            "phase": "after",
            "every": 3,
            "skip_first": 2,
            "limit": 4,
        })
    );
}

#[tokio::test]
async fn without_a_terminal_nothing_is_written_but_with_yes() {
    let bench = Bench::with("{}").await;
    shown!(bench.fails(2, "enable latency --min-latency 200").await, @r###"
    --- standard error
    - {}
    + {
    +   "latency": {
    +     "enabled": true,
    +     "min_latency": 200
    +   }
    + }
    error: nothing is written, as nobody can be asked here; add --yes to write it
    --- exit code 2
    "###);
    assert_eq!(bench.text(), "{}");
    let ran = bench.fails(2, "enable latency --yes").await;
    shown!(ran, @r###"
    --- standard error
    error: latency does nothing without --min-latency or --max-latency or --mean: the shortest wait; 0 unless written; write a number from 0 to 900000 ms
    --- exit code 2
    "###);
    let ran = bench.fails(2, "enable").await;
    assert!(ran.stderr.contains("name a mode or a preset"), "{ran:?}");
}

#[tokio::test]
async fn what_is_not_valid_is_not_written() {
    let bench = Bench::with(ODD).await;
    for (arguments, said) in [
        (
            "latency --min-latency 900001",
            "latency.min_latency: 900001 is out of range",
        ),
        (
            "latency --min-latency soon",
            "latency.min_latency: \"soon\" is a text",
        ),
        (
            "latency --min-latency 9 --max-latency 5",
            "is less than min_latency",
        ),
        ("latency --mean 5 --distribution normal", "latency.sigma"),
        ("exception --match a~=(", "exception.match[0].value"),
        (
            "statuscode --status-code 600",
            "statuscode.status_code: 600 is out of range",
        ),
        ("timeout --name zeta", "give this one another --name"),
        ("latency --min-latency 5 --name settings", "settings"),
    ] {
        let ran = bench.fails(2, &format!("enable {arguments} --yes")).await;
        assert!(ran.stderr.contains(said), "{arguments}: {ran:?}");
        assert_eq!(bench.text(), ODD, "{arguments}");
    }
    // What clap refuses never gets as far as the store.
    bench.params.clear_requests();
    for arguments in [
        "latency --deny-list a",
        "latency --for soon",
        "latency --for 1h --expires-at 2030-01-01T00:00:00Z",
        "latency --label tenant",
        "exception --phase during",
        "dependency-down",
    ] {
        bench.fails(2, &format!("enable {arguments} --yes")).await;
    }
    assert_eq!(bench.params.requests(), []);
}

#[tokio::test]
async fn it_can_be_for_a_while() {
    let bench = Bench::with("{}").await;
    let ran = bench
        .done("enable latency --min-latency 1s --for 10m --yes")
        .await;
    assert!(ran.stderr.contains("(in 10 min)"), "{ran:?}");
    let flag = &bench.document()["latency"];
    assert_eq!(flag["min_latency"], 1000);
    assert!(
        flag["expires_at"].as_str().unwrap().ends_with('Z'),
        "{flag}"
    );
}

#[tokio::test]
async fn what_is_on_already_is_not_written_again() {
    let bench = Bench::with(r#"{"exception": {"enabled": true}}"#).await;
    let ran = bench.done("enable exception --yes").await;
    assert!(ran.stderr.contains("Unchanged"), "{ran:?}");
    assert_eq!(bench.params.get(NAME).unwrap().version, 1);
}

#[tokio::test]
async fn every_preset_can_be_switched_on() {
    let bench = Bench::with("{}").await;
    let listed = bench.run("presets --json").await.json();
    for (name, preset) in listed.as_object().unwrap() {
        let host = if preset["takes_host"] == true {
            "api.example.com"
        } else {
            ""
        };
        bench.done(&format!("enable {name} {host} --yes")).await;
    }
    assert_eq!(bench.on().len(), listed.as_object().unwrap().len());
    let down = &bench.document()["dependency-down"];
    assert_eq!(down["deny_list"], json!([r"(^|\.)api\.example\.com$"]));
    shown!(bench.run("presets").await, @r###"
    dynamodb-throttled      Half of the calls of DynamoDB are throttled, and the
                            SDK tries them again
    lambda-throttled        Half of the invocations of other functions are
                            throttled, and the SDK tries them again
    access-denied           Every call of an AWS service is denied, as after a
                            change of the role's policy
    dependency-down HOST    The name of a host does not resolve, nor do those
                            under it; needs the feature dns
    slow-cold-cache         The first ten calls of points named cache.… take one
                            to two seconds in each new environment
    cors-broken             Responses lose their headers of CORS, so that
                            browsers refuse them
    --- standard error
    --- exit code 0
    "###);

    bench
        .done("enable dynamodb-throttled --percentage 5 --yes")
        .await;
    assert_eq!(bench.document()["dynamodb-throttled"]["percentage"], 5);
    bench
        .done("enable dependency-down other.example --yes")
        .await;
    let down = &bench.document()["dependency-down"];
    assert_eq!(down["deny_list"], json!([r"(^|\.)other\.example$"]));
}

#[tokio::test]
async fn what_needs_to_be_allowed_is_said() {
    let bench = Bench::with("{}").await;
    let ran = bench.done("enable panic --yes").await;
    assert!(ran.stderr.contains("whose CHAOS_ALLOW names it"), "{ran:?}");
}

#[tokio::test]
async fn a_file_is_changed_in_its_place() {
    let bench = Bench::new().await;
    let file = bench.path("chaos.json");
    std::fs::write(&file, ODD).unwrap();
    let ran = bench
        .run(&format!("enable --file {file} latency --min-latency 7 -y"))
        .await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let written = read(&file);
    assert!(
        written.starts_with(&ODD[..ODD.find("\"latency\"").unwrap()]),
        "{written}"
    );
    assert!(written.contains("\"min_latency\": 7"), "{written}");
}

#[tokio::test]
async fn colours_are_for_terminals() {
    let bench = Bench::with("{}").await;
    let ran = bench.done("enable latency --min-latency 1 --yes").await;
    assert!(!ran.stderr.contains('\u{1b}'), "{ran:?}");
}

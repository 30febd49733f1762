//! Creating a document.

use chaos_core::plan::{self, MODES};
use chaos_local::{ParameterType, Tier};

use crate::shown;
use crate::support::{Bench, NAME, read};

#[tokio::test]
async fn a_parameter_has_every_flag_and_all_are_off() {
    let bench = Bench::new().await;
    shown!(bench.done("init").await, @r###"
    --- standard error
         Created parameter /orders/chaos (version 1), with every flag off
            Next set CHAOS_PARAM=/orders/chaos for the function
    --- exit code 0
    "###);
    let reading = plan::read(&bench.text());
    assert_eq!(reading.findings, []);
    assert_eq!(reading.plan.flags.len(), MODES.len());
    assert_eq!(reading.plan.active().count(), 0);
    let parameter = bench.params.get(NAME).unwrap();
    assert_eq!(parameter.kind, ParameterType::String);
    assert_eq!(parameter.tier, Tier::Standard);
}

#[tokio::test]
async fn what_is_there_is_not_written_over() {
    let bench = Bench::with("{}").await;
    shown!(bench.fails(1, "init").await, @r###"
    --- standard error
    error: there is a parameter /orders/chaos already; nothing is changed. `cargo chaos status` shows what is in it, and `cargo chaos disable --all` switches everything off
    --- exit code 1
    "###);
    assert_eq!(bench.text(), "{}");
    assert_eq!(bench.params.get(NAME).unwrap().version, 1);
}

#[tokio::test]
async fn a_secure_string_is_under_the_key_that_is_named() {
    let bench = Bench::new().await;
    bench.done("init --secure alias/orders").await;
    let parameter = bench.params.get(NAME).unwrap();
    assert_eq!(parameter.kind, ParameterType::SecureString);
    assert_eq!(parameter.key_id.as_deref(), Some("alias/orders"));

    let bench = Bench::new().await;
    let ran = bench.run(&format!("init --param {NAME} --secure")).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let parameter = bench.params.get(NAME).unwrap();
    assert_eq!(parameter.key_id.as_deref(), Some("alias/aws/ssm"));
}

#[tokio::test]
async fn a_file_is_created_once() {
    let bench = Bench::new().await;
    let file = bench.path("chaos.json");
    let ran = bench.run(&format!("init --file {file}")).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let first = read(&file);
    assert_eq!(plan::read(&first).findings, []);
    let ran = bench.run(&format!("init --file {file}")).await;
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(read(&file), first);
}

#[tokio::test]
async fn the_librarys_variables_say_where_too() {
    let bench = Bench::new().await;
    let ran = bench.run_with("init", &[("CHAOS_PARAM", NAME)]).await;
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(bench.params.get(NAME).unwrap().version, 1);

    let given = [("CHAOS_CONFIG", "{}"), ("CHAOS_PARAM", NAME)];
    let ran = bench.run_with("init", &given).await;
    shown!(ran, @r###"
    --- standard error
    warning: CHAOS_PARAM is ignored, as CHAOS_CONFIG is set and goes first; unset one of them
    error: CHAOS_CONFIG is the document itself, which a function reads once and nobody can change from here; name a place with --param, --appconfig or --file
    --- exit code 1
    "###);
    shown!(bench.run("init").await, @r###"
    --- standard error
    error: it is not said where the document is; name it with --param, --appconfig, --file, --profile or --local, or set CHAOS_PARAM
    --- exit code 2
    "###);
}

#[tokio::test]
async fn what_a_name_or_a_region_lacks_is_said() {
    let bench = Bench::new().await;
    let ran = bench.run("init --param orders/chaos").await;
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains("must be a fully qualified name"),
        "{ran:?}"
    );
    let nowhere = [("AWS_REGION", ""), ("AWS_ENDPOINT_URL_SSM", "")];
    let ran = bench
        .run_with(&format!("init --param {NAME}"), &nowhere)
        .await;
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains("name a region with --region"),
        "{ran:?}"
    );
}

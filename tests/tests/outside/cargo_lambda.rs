//! The quickstart under `cargo lambda watch`, invoked by `cargo lambda invoke`.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use chaos_tests::program::{Program, named_by};
use chaos_tests::{build, document, events};
use serde_json::Value;

/// It builds the quickstart, if need be from nothing.
const BUILD: Duration = Duration::from_mins(10);
/// One invocation of a function that is built.
const INVOKE: Duration = Duration::from_mins(1);

fn cargo_lambda() -> Command {
    let program = named_by("CHAOS_TESTS_CARGO_LAMBDA");
    let program = program.to_str().expect("its path is text").to_owned();
    let mut command = build::cargo(&program);
    command.arg("lambda");
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if ["CHAOS_", "FAILURE_", "AWS_"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
        {
            command.env_remove(name);
        }
    }
    command
}

/// One that nobody has; cargo-lambda does not say which one it was given.
fn free_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener
        .local_addr()
        .expect("an address")
        .port()
        .to_string()
}

/// The quickstart under `cargo lambda watch`, with this document.
async fn watched(document: &str, port: &str) -> Program {
    // what is built before is not built while the emulator waits for it
    build::quickstart();
    let mut command = cargo_lambda();
    command
        .args(["watch", "--ignore-changes", "--package", "quickstart"])
        .args(["--invoke-address", "127.0.0.1", "--invoke-port", port])
        .env("CHAOS_CONFIG", document);
    let mut watch = Program::start(command);
    let listens = |line: &str| line.contains(port).then_some(());
    watch.line("where it listens", INVOKE, listens).await;
    watch
}

/// What `cargo lambda invoke` prints.
async fn invoked(watch: &Program, event: &Path, port: &str) -> Value {
    let mut command = cargo_lambda();
    command
        .args(["invoke", "quickstart", "--invoke-address", "127.0.0.1"])
        .args([
            "--invoke-port",
            port,
            "--output-format",
            "json",
            "--data-file",
        ])
        .arg(event);
    let output = tokio::process::Command::from(command)
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(BUILD, output)
        .await
        .unwrap_or_else(|_| {
            panic!(
                "no answer within {BUILD:?}; the emulator wrote\n{}",
                watch.output()
            )
        });
    let output = output.expect("cargo-lambda can be run");
    let answer = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&answer).unwrap_or_else(|error| {
        let errors = String::from_utf8_lossy(&output.stderr);
        panic!(
            "{error}: {answer}\n{errors}\nthe emulator wrote\n{}",
            watch.output()
        )
    })
}

async fn answer_with(document: &str) -> Value {
    let event = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(event.path(), events::api_v2().to_string()).expect("the file can be written");
    let port = free_port();
    let watch = watched(document, &port).await;
    invoked(&watch, event.path(), &port).await
}

#[tokio::test]
async fn the_quickstart_obeys_its_document() {
    let answer = answer_with(&document::on()).await;
    assert_eq!(answer["statusCode"], 503, "{answer}");
    let answer = answer_with(&document::off()).await;
    assert_eq!(answer["statusCode"], 200, "{answer}");
    assert_eq!(answer["body"], "hello, Ada", "{answer}");
}

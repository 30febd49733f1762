//! What is said to somebody who asks, or asks for what cannot be meant.

use std::process::{Command, Output};

fn chaos(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cargo-chaos"))
        .args(arguments)
        .output()
        .expect("cargo-chaos starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

#[test]
fn help_has_examples_on_every_level() {
    // The second is how cargo calls a command that is installed.
    for arguments in [&["--help"][..], &["chaos", "--help"][..]] {
        let output = chaos(arguments);
        assert_eq!(output.status.code(), Some(0));
        let help = stdout(&output);
        assert!(help.contains("Usage: cargo chaos <COMMAND>"), "{help}");
        assert!(help.contains("tour"), "{help}");
        assert!(help.contains("Examples:"), "{help}");
        assert!(!help.contains('\u{1b}'), "no colours in a pipe");
    }
    let help = stdout(&chaos(&["tour", "--help"]));
    assert!(help.contains("Usage: cargo chaos tour"), "{help}");
    assert!(help.contains("Examples:"), "{help}");
    assert!(help.contains("--event <FILE>"), "{help}");
}

#[test]
fn without_a_command_there_is_help_and_an_error() {
    let output = chaos(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("Examples:"));
}

#[test]
fn a_package_that_does_not_exist_names_those_that_do() {
    let output = chaos(&["tour", "--package", "quickstrat"]);
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    assert!(
        said.contains("error: this workspace has no package `quickstrat`"),
        "{said}"
    );
    assert!(said.contains("quickstart"), "{said}");
    assert!(said.contains("http-api"), "{said}");
    assert_eq!(stdout(&output), "");
}

#[test]
fn an_event_that_cannot_be_read_is_refused_before_anything_is_built() {
    let output = chaos(&["tour", "--event", "no/such/file.json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("cannot read the event in no/such/file.json"));

    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("event.json");
    std::fs::write(&file, "{").expect("written");
    let output = chaos(&["tour", "--event", file.to_str().expect("UTF-8")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("is no JSON"));
}

#[test]
fn outside_a_workspace_that_is_what_is_said() {
    let directory = tempfile::tempdir().expect("a directory");
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-chaos"))
        .arg("tour")
        .current_dir(directory.path())
        .output()
        .expect("cargo-chaos starts");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("there is no workspace here"));
}

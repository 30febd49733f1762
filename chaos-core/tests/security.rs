//! What SECURITY.md says: each row of its tables names the test that holds it, and what the log may
//! not tell is not told.
#![cfg(all(feature = "inject", feature = "lambda"))]

mod log;

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use chaos_core::testing::Scope;
use chaos_core::{InjectedError, inject_chaos, plan};
use lambda_runtime::{Context, Error, LambdaEvent};
use serde_json::{Value, json};
use tracing::Level;

use self::log::Log;

#[test]
fn each_row_names_its_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |path: &str| {
        let path = root.join(path);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let page = read("SECURITY.md");
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| ")).collect();
    let named = rows
        .iter()
        .filter_map(|row| row.rsplit_once("| `")?.1.split_once("` |"))
        .map(|(name, _)| name);
    let mut count = 0;
    for name in named {
        let (file, test) = name.split_once("::").expect("a file and a test");
        let source = read(&format!("{file}.rs"));
        assert!(
            source.contains(&format!("fn {test}(")),
            "there is no test {name}"
        );
        count += 1;
    }
    let headings = rows
        .iter()
        .filter(|row| row.contains("held by") || row.contains("---"))
        .count();
    assert_eq!(count, rows.len() - headings, "each row has a test");
    assert!(count >= 12, "{count}");
}

/// Every name that an object of the document may have, but for those that the user chooses.
fn names(schema: &Value, into: &mut BTreeSet<String>) {
    match schema {
        Value::Object(object) => {
            if let Some(properties) = object.get("properties").and_then(Value::as_object) {
                into.extend(properties.keys().cloned());
            }
            object.values().for_each(|value| names(value, into));
        }
        Value::Array(list) => list.iter().for_each(|value| names(value, into)),
        _ => {}
    }
}

/// Whoever adds an attribute looks here whether it names a file, a host, a program or a variable.
/// `path` is one into the event; `_variant` comes with `AppConfig`'s flags; `headers` and `body` are sent, `deny_list` is compared.
#[test]
fn no_attribute_names_a_file_a_host_or_a_program() {
    let mut all = BTreeSet::new();
    names(&plan::schema::json_schema(), &mut all);
    let known = [
        "_variant",
        "body",
        "by",
        "cpu_ms",
        "cpu_threads",
        "deny_list",
        "disk_space",
        "distribution",
        "drop_headers",
        "dry_run",
        "enabled",
        "every",
        "exception_msg",
        "exception_type",
        "exit_code",
        "expires_at",
        "headers",
        "labels",
        "leave_free",
        "limit",
        "match",
        "max_latency",
        "mean",
        "memory_mb",
        "min_latency",
        "mode",
        "not",
        "operator",
        "path",
        "percentage",
        "phase",
        "point",
        "seed",
        "set_headers",
        "settings",
        "sigma",
        "skip_first",
        "starts_at",
        "status_code",
        "timeout_buffer_ms",
        "value",
    ];
    let modes = [
        "corruption",
        "cpu",
        "denylist",
        "diskspace",
        "duplicate",
        "exception",
        "exit",
        "latency",
        "lost_reply",
        "memory",
        "panic",
        "statuscode",
        "timeout",
    ];
    let known: BTreeSet<String> = known
        .iter()
        .chain(&modes)
        .map(ToString::to_string)
        .collect();
    let new: Vec<&String> = all.difference(&known).collect();
    assert!(new.is_empty(), "{new:?}");
    assert!(all.len() > 35, "the schema names its attributes: {all:?}");
}

#[inject_chaos(point = "store.get", labels(key))]
async fn get(key: &str) -> Result<(), InjectedError> {
    drop(key.to_owned());
    Ok(())
}

#[inject_chaos]
async fn handler(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let key = event.payload["headers"]["authorization"]
        .as_str()
        .unwrap_or_default();
    get(key).await.ok();
    Ok(json!({ "statusCode": 200, "headers": { "set-cookie": "s3cr3t" }, "body": "s3cr3t" }))
}

/// What a program prints that sets no format of its own.
#[derive(Clone, Default)]
struct Text(Arc<Mutex<Vec<u8>>>);

impl Write for Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_text_of_a_document_begins_a_line_of_the_log() {
    const FORGED: &str = "x\r\n2026-01-01 INFO forged\u{1b}[2K";
    let said = Text::default();
    let writer = said.clone();
    // not set for the process, as the other tests' logs are
    let (_others, _guard) = Log::collect(Level::ERROR);
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let document = json!({
        FORGED: { "enabled": true, "mode": "exception", "exception_msg": FORGED },
        "b": { "enabled": true, "mode": FORGED, FORGED: FORGED },
        "c": { "enabled": true, "mode": "latency", "min_latency": FORGED },
        "d": { "enabled": true, "mode": "denylist", "deny_list": [FORGED] },
        "e": { "enabled": true, "mode": "exception", "labels": { FORGED: 1 } },
    })
    .to_string();
    let guard = tracing::subscriber::set_default(subscriber);
    let (scope, findings) = Scope::lenient(&serde_json::from_str(&document).expect("JSON"));
    for finding in &findings {
        tracing::warn!(target: "chaos", "{finding}");
    }
    let event = LambdaEvent::new(json!({}), Context::default());
    scope.run(handler(event)).await.expect_err("it fails");
    drop(guard);
    let bytes = said.0.lock().expect("no panic").clone();
    let text = String::from_utf8(bytes).expect("text");
    let own = |line: &&str| line.contains(" chaos: ");
    assert!(text.contains("forged"), "{text}");
    assert!(!text.contains(['\r', '\u{1b}']), "{text:?}");
    assert_eq!(
        text.lines().filter(own).count(),
        text.lines().count(),
        "{text}"
    );
    assert!(
        findings.len() >= 3 && text.lines().count() > findings.len(),
        "{text}"
    );
}

#[tokio::test]
async fn a_line_of_the_log_has_a_bounded_length() {
    let (log, _guard) = Log::collect(Level::TRACE);
    // JSON writes each of these in six.
    let repeated = |length| "\u{1}".repeat(length);
    let (name, expression) = (repeated(256), repeated(100));
    let document = json!({
        "exception": { "enabled": true, "exception_msg": repeated(4096), "point": "store.*" },
        name: { "enabled": true, "mode": "exception", "exception_msg": repeated(4096) },
        "denylist": { "enabled": true, "deny_list": vec![expression; 64] },
    });
    let (scope, findings) = Scope::lenient(&document);
    assert_eq!(findings, []);
    let event = LambdaEvent::new(json!({}), Context::default());
    scope.run(handler(event)).await.expect_err("it fails");
    scope.run(get("")).await.expect_err("it fails");
    let lengths: Vec<usize> = log
        .take()
        .iter()
        .map(|line| line.to_string().len())
        .collect();
    assert!(lengths.len() >= 3, "{lengths:?}");
    assert!(lengths.iter().all(|&length| length < 10_000), "{lengths:?}");
    assert!(lengths.iter().any(|&length| length > 7_500), "{lengths:?}");
}

#[tokio::test]
async fn neither_events_nor_labels_nor_bodies_are_logged() {
    let (log, _guard) = Log::collect(Level::TRACE);
    let condition = json!([{ "path": "headers.authorization", "value": "s3cr3t" }]);
    let document = json!({
        "corruption": { "enabled": true, "match": condition, "body": "s3cr3t",
                        "set_headers": { "x-key": "s3cr3t" }, "percentage": 50 },
        "statuscode": { "enabled": true, "match": condition,
                        "body": "s3cr3t", "headers": { "x-key": "s3cr3t" }, "percentage": 50 },
        "point": { "enabled": true, "mode": "exception", "point": "store.*",
                   "labels": { "key": ["s3cr3t"] }, "by": "label:key" },
    });
    let scope = Scope::builder(&document).list_points().seed(1).build();
    for _ in 0..20 {
        let event = json!({ "headers": { "authorization": "s3cr3t" }, "body": "s3cr3t" });
        let event = LambdaEvent::new(event, Context::default());
        drop(scope.run(handler(event)).await);
    }
    let text = Value::from(log.take()).to_string();
    for flag in ["corruption", "point", "statuscode"] {
        assert!(
            scope.injected().iter().any(|name| name == flag),
            "{flag} was not injected"
        );
        assert!(text.contains(flag), "{flag} was not logged");
    }
    assert!(!text.contains("s3cr3t"), "{text}");
}

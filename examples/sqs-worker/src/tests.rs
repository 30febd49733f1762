//! Each worker under the faults of at-least-once delivery, without AWS.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use chaos_core::plan;
use chaos_core::testing::{Action, Scope};
use lambda_runtime::{Context, Error, LambdaEvent};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::ledger::FileLedger;
use crate::worker;

#[derive(Clone, Copy, Debug)]
enum Worker {
    Naive,
    Mended,
}

/// A worker with a ledger of its own.
struct Till {
    worker: Worker,
    ledger: FileLedger,
    _folder: TempDir,
}

impl Till {
    fn of(worker: Worker) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let ledger = FileLedger::new(folder.path().join("ledger.jsonl"));
        Self {
            worker,
            ledger,
            _folder: folder,
        }
    }

    /// Hands it a batch, as Lambda does.
    async fn deliver(&self, batch: &Value) -> Result<SqsBatchResponse, Error> {
        let event: SqsEvent = serde_json::from_value(batch.clone())?;
        let event = LambdaEvent::new(event, Context::default());
        match self.worker {
            Worker::Naive => worker::naive(event, &self.ledger).await,
            Worker::Mended => worker::mended(event, &self.ledger).await,
        }
    }

    /// What a customer was charged, charge by charge.
    fn charged(&self, customer: &str) -> Vec<u64> {
        let charges = self.ledger.charges().into_iter();
        charges
            .filter(|charge| charge.customer == customer)
            .map(|charge| charge.cents)
            .collect()
    }
}

fn message(id: &str, body: &str) -> Value {
    json!({"messageId": id, "body": body, "eventSource": "aws:sqs"})
}

/// A charge for ann and one for ben.
fn batch() -> Value {
    json!({"Records": [
        message("1", r#"{"customer": "ann", "cents": 450}"#),
        message("2", r#"{"customer": "ben", "cents": 700}"#),
    ]})
}

/// The messages that a response hands back to the queue.
fn failures(response: &SqsBatchResponse) -> Vec<&str> {
    let failures = response.batch_item_failures.iter();
    failures
        .map(|failure| failure.item_identifier.as_str())
        .collect()
}

#[tokio::test]
async fn without_chaos_both_charge_once() {
    for worker in [Worker::Naive, Worker::Mended] {
        let till = Till::of(worker);
        let response = till.deliver(&batch()).await.expect("a response");
        assert_eq!(failures(&response), [""; 0], "{worker:?}");
        assert_eq!(till.charged("ann"), [450], "{worker:?}");
        assert_eq!(till.charged("ben"), [700], "{worker:?}");
    }
}

/// The work is done, then the reply is lost: SQS delivers the batch again.
#[tokio::test]
async fn after_a_lost_reply_the_naive_one_charges_twice() {
    for (worker, ann) in [
        (Worker::Naive, &[450, 450][..]),
        (Worker::Mended, &[450][..]),
    ] {
        let till = Till::of(worker);
        let scope = Scope::new(&json!({"lost_reply": {"enabled": true, "limit": 1}}));
        scope
            .run(till.deliver(&batch()))
            .await
            .expect_err("no reply");
        let again = scope.run(till.deliver(&batch())).await.expect("a response");
        assert_eq!(failures(&again), [""; 0], "{worker:?}");
        assert_eq!(till.charged("ann"), ann, "{worker:?}");
        assert_eq!(scope.injected(), ["lost_reply"], "{worker:?}");
    }
}

/// The same at the write itself: only the message whose write was not confirmed comes again.
#[tokio::test]
async fn after_a_lost_reply_of_the_ledger_the_naive_one_charges_twice() {
    for (worker, ann) in [
        (Worker::Naive, &[450, 450][..]),
        (Worker::Mended, &[450][..]),
    ] {
        let till = Till::of(worker);
        let scope = Scope::new(&json!({"lost_reply": {
            "enabled": true, "limit": 1, "point": "ledger.*", "labels": {"customer": "ann"}
        }}));
        let response = scope.run(till.deliver(&batch())).await.expect("a response");
        assert_eq!(failures(&response), ["1"], "{worker:?}");
        let anns = json!({"Records": [batch()["Records"][0]]});
        let again = scope.run(till.deliver(&anns)).await.expect("a response");
        assert_eq!(failures(&again), [""; 0], "{worker:?}");
        assert_eq!(till.charged("ann"), ann, "{worker:?}");
        assert_eq!(till.charged("ben"), [700], "{worker:?}");
    }
}

#[tokio::test]
async fn a_message_that_fails_is_reported_alone() {
    let mixed = json!({"Records": [
        message("1", r#"{"customer": "ann", "cents": 450}"#),
        message("2", "no charge at all"),
        message("3", r#"{"customer": "ben", "cents": 700}"#),
    ]});
    for worker in [Worker::Naive, Worker::Mended] {
        let till = Till::of(worker);
        let response = till.deliver(&mixed).await.expect("a response");
        assert_eq!(failures(&response), ["2"], "{worker:?}");
        assert_eq!(till.charged("ann"), [450], "{worker:?}");
        assert_eq!(till.charged("ben"), [700], "{worker:?}");
    }
}

#[tokio::test]
async fn a_write_that_fails_is_reported_alone() {
    let refused = json!({"exception": {
        "enabled": true, "point": "ledger.*", "labels": {"customer": "ben"}
    }});
    for worker in [Worker::Naive, Worker::Mended] {
        let till = Till::of(worker);
        let response = Scope::new(&refused).run(till.deliver(&batch())).await;
        assert_eq!(failures(&response.expect("a response")), ["2"]);
        assert_eq!(till.charged("ann"), [450], "{worker:?}");
        assert_eq!(till.charged("ben"), [0; 0], "{worker:?}");
    }
}

/// One document may serve many functions: what is meant for those behind an API must not send a
/// worker's messages round and round.
#[tokio::test]
async fn a_status_code_is_nothing_to_a_worker() {
    for worker in [Worker::Naive, Worker::Mended] {
        let till = Till::of(worker);
        let scope = Scope::new(&json!({"statuscode": {"enabled": true, "status_code": 503}}));
        let response = scope.run(till.deliver(&batch())).await.expect("a response");
        assert_eq!(failures(&response), [""; 0], "{worker:?}");
        assert_eq!(till.charged("ann"), [450], "{worker:?}");
        let actions: Vec<Action> = scope
            .decisions()
            .iter()
            .map(|decision| decision.action)
            .collect();
        assert_eq!(actions, [Action::Error], "{worker:?}");
    }
}

/// SQS delivers the batch twice, though nothing failed.
#[tokio::test]
async fn delivered_twice_the_naive_one_charges_twice() {
    for (worker, ann) in [
        (Worker::Naive, &[450, 450][..]),
        (Worker::Mended, &[450][..]),
    ] {
        let till = Till::of(worker);
        let scope = Scope::new(&json!({"duplicate": {"enabled": true}}));
        let response = scope.run(till.deliver(&batch())).await.expect("a response");
        assert_eq!(failures(&response), [""; 0], "{worker:?}");
        assert_eq!(till.charged("ann"), ann, "{worker:?}");
        assert_eq!(scope.injected(), ["duplicate"], "{worker:?}");
    }
}

/// What the template puts into the parameter has no slip in it.
#[test]
fn the_templates_document_is_sound() {
    let (_, value) = include_str!("../template.yaml")
        .split_once("Value: |\n")
        .expect("a document");
    let lines = value
        .lines()
        .take_while(|line| line.starts_with("        "));
    let reading = plan::read(&lines.collect::<String>());
    assert_eq!(reading.findings, []);
    assert_eq!(reading.plan.flags.len(), 3);
}

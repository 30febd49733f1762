//! The worker, as it is often written and as it should be.

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent, SqsMessage};
use chaos_core::inject_chaos;
use lambda_runtime::{Error, LambdaEvent};
use serde::Deserialize;

use crate::ledger::{Charge, Ledger};

/// Charges for each delivery of a message. SQS delivers at least once, so some customers pay twice.
#[inject_chaos]
pub(crate) async fn naive(
    event: LambdaEvent<SqsEvent>,
    ledger: &impl Ledger,
) -> Result<SqsBatchResponse, Error> {
    Ok(each(event, async |charge| add(charge, ledger).await).await)
}

/// Charges once for each message, however often it is delivered.
#[inject_chaos]
pub(crate) async fn mended(
    event: LambdaEvent<SqsEvent>,
    ledger: &impl Ledger,
) -> Result<SqsBatchResponse, Error> {
    Ok(each(event, async |charge| add_once(charge, ledger).await).await)
}

#[inject_chaos(point = "ledger.add", labels(customer = charge.customer))]
async fn add(charge: &Charge, ledger: &impl Ledger) -> Result<(), Error> {
    ledger.add(charge).await?;
    tracing::info!(?charge, "charged");
    Ok(())
}

#[inject_chaos(point = "ledger.add", labels(customer = charge.customer))]
async fn add_once(charge: &Charge, ledger: &impl Ledger) -> Result<(), Error> {
    if ledger.add_once(charge).await? {
        tracing::info!(?charge, "charged");
    } else {
        tracing::info!(?charge, "was charged before");
    }
    Ok(())
}

/// Does the work for each message of a batch, and reports those for which it failed: SQS delivers
/// them again, and only them.
async fn each(
    event: LambdaEvent<SqsEvent>,
    work: impl AsyncFn(&Charge) -> Result<(), Error>,
) -> SqsBatchResponse {
    let mut response = SqsBatchResponse::default();
    for message in event.payload.records {
        let done = match charge(&message) {
            Ok(charge) => work(&charge).await,
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            let id = message.message_id.unwrap_or_default();
            tracing::warn!(message_id = id, %error, "not done");
            response.add_failure(id);
        }
    }
    response
}

/// What a message asks for.
fn charge(message: &SqsMessage) -> Result<Charge, Error> {
    #[derive(Deserialize)]
    struct Order {
        customer: String,
        cents: u64,
    }

    let id = message
        .message_id
        .clone()
        .ok_or("a message without an id")?;
    let body = message.body.as_deref().unwrap_or_default();
    let Order { customer, cents } = serde_json::from_str(body)?;
    Ok(Charge {
        message: id,
        customer,
        cents,
    })
}

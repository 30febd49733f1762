//! The two tables that an order is in.

use std::collections::HashMap;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use lambda_runtime::Error;

use crate::order::Order;

/// What was ordered.
const ORDERS: &str = "orders";
/// What the warehouse is to send.
const SHIPMENTS: &str = "shipments";

#[derive(Debug)]
pub(crate) struct Tables {
    dynamodb: Client,
}

impl Tables {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self {
            dynamodb: Client::new(config),
        }
    }

    pub(crate) async fn take_down(&self, order: &Order) -> Result<(), Error> {
        self.put(ORDERS, order).await
    }

    pub(crate) async fn have_shipped(&self, order: &Order) -> Result<(), Error> {
        self.put(SHIPMENTS, order).await
    }

    async fn put(&self, table: &str, order: &Order) -> Result<(), Error> {
        let put = self.dynamodb.put_item().table_name(table);
        let written = put.set_item(Some(row(order))).send().await;
        written.map_err(aws_sdk_dynamodb::Error::from)?;
        Ok(())
    }

    /// Both, or none where the order is there already. Says which.
    pub(crate) async fn place_once(&self, order: &Order) -> Result<bool, Error> {
        let once = put(ORDERS, order).condition_expression("attribute_not_exists(id)");
        let write = self
            .dynamodb
            .transact_write_items()
            .transact_items(TransactWriteItem::builder().put(once.build()?).build())
            .transact_items(
                TransactWriteItem::builder()
                    .put(put(SHIPMENTS, order).build()?)
                    .build(),
            );
        match write.send().await {
            Ok(_) => Ok(true),
            Err(error) if is_there_already(&error) => Ok(false),
            Err(error) => Err(aws_sdk_dynamodb::Error::from(error).into()),
        }
    }
}

fn row(order: &Order) -> HashMap<String, AttributeValue> {
    let text = |text: &String| AttributeValue::S(text.clone());
    HashMap::from([
        ("id".to_owned(), text(&order.id)),
        ("item".to_owned(), text(&order.item)),
    ])
}

fn put(table: &str, order: &Order) -> aws_sdk_dynamodb::types::builders::PutBuilder {
    Put::builder().table_name(table).set_item(Some(row(order)))
}

/// Whether the first write's condition cancelled the transaction.
fn is_there_already<R>(error: &SdkError<TransactWriteItemsError, R>) -> bool {
    let Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) =
        error.as_service_error()
    else {
        return false;
    };
    let first = cancelled.cancellation_reasons().first();
    first.and_then(|reason| reason.code()) == Some("ConditionalCheckFailed")
}

//! Conditions on the events that Lambda sends: the same verdict whether a function takes its event
//! as JSON, as one of the types of `aws_lambda_events` or as a `lambda_http::Request`, but for what
//! is listed here. `data/` has an event of each kind, in the form that AWS documents.
#![cfg(all(feature = "inject", feature = "lambda"))]

mod ask;
mod looked_at;
#[cfg(feature = "lambda_http")]
mod requests;
mod typed;
mod untyped;

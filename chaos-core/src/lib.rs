//! Fault injection for AWS Lambda functions written in Rust.
//!
//! Put [`#[inject_chaos]`](macro@inject_chaos) on a handler and deploy it once. From then on a
//! JSON document, in SSM Parameter Store, in `AppConfig`, in a file or in an environment variable,
//! says which invocations are delayed, fail, answer another status code or find the disk full. Changing the
//! document needs no deployment. Without a document, or while it asks for nothing, the handler runs
//! as it is written.
//!
//! Lambda's own ways to inject faults from outside start through `AWS_LAMBDA_EXEC_WRAPPER`, which
//! the OS-only runtimes ignore, and Rust functions run on one of those. So the faults are injected
//! from inside, by this crate.
//!
//! - [Five minutes](#five-minutes)
//! - [The document](#the-document)
//! - [Where the document lives](#where-the-document-lives)
//! - [What a function returns, and what that can carry](#what-a-function-returns-and-what-that-can-carry)
//! - [Errors](#errors)
//! - [Points and labels](#points-and-labels)
//! - [Calls of the AWS SDK](#calls-of-the-aws-sdk)
//! - [HTTP requests](#http-requests)
//! - [Redis commands](#redis-commands)
//! - [Setting up in `main`](#setting-up-in-main)
//! - [In tests](#in-tests)
//! - [What is seen](#what-is-seen), and [metrics](#metrics)
//! - [Features](#features)
//! - [Safety](#safety)
//!
//! # Five minutes
//!
//! ```toml
//! [dependencies]
//! chaos-core = "0.1"
//! lambda_runtime = "1.5"
//! serde_json = "1"
//! tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
//! tracing-subscriber = { version = "0.3", features = ["json"] }
//! ```
//!
#![cfg_attr(feature = "lambda", doc = "```no_run")]
#![cfg_attr(not(feature = "lambda"), doc = "```ignore")]
//! use chaos_core::inject_chaos;
//! use lambda_runtime::{Error, LambdaEvent, service_fn};
//! use serde_json::{Value, json};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Error> {
//!     // What is injected is said in the log.
//!     tracing_subscriber::fmt().json().flatten_event(true).without_time().init();
//!     // Optional: fetches the document before the first request.
//!     chaos_core::init().await;
//!     lambda_runtime::run(service_fn(greet)).await
//! }
//!
//! #[inject_chaos]
//! async fn greet(event: LambdaEvent<Value>) -> Result<Value, Error> {
//!     let name = event.payload["queryStringParameters"]["name"].as_str().unwrap_or("world");
//!     Ok(json!({ "statusCode": 200, "body": format!("hello, {name}") }))
//! }
//! ```
//!
//! Give the function the environment variable `CHAOS_PARAM=/orders/chaos` and its role the right
//! to `ssm:GetParameter` on that parameter. Then write the parameter:
//!
//! ```text
//! aws ssm put-parameter --name /orders/chaos --type String --overwrite \
//!     --value '{"latency": {"enabled": true, "percentage": 10, "min_latency": 100, "max_latency": 400}}'
//! ```
//!
//! Within a minute one in ten requests takes 100 to 400 ms longer. `--value '{}'` ends it.
//!
//! For closures, and for functions that are not yours, there is [`wrap()`]; for tower there is
//! [`ChaosLayer`]. All three decide and inject in the same way.
//!
#![doc = include_str!("guide/document.md")]
//!
#![doc = include_str!("guide/where.md")]
//!
#![doc = include_str!("guide/returns.md")]
//!
#![doc = include_str!("guide/points.md")]
//!
//! # Calls of the AWS SDK
//!
//! With the feature `aws`, `chaos_core::aws::instrument(config)` makes every client that is built from
//! an `SdkConfig` a seam: each attempt of each call is a point `aws.SERVICE.OPERATION`, such as
//! `aws.dynamodb.PutItem`, with labels for its table, queue, bucket and so on. The module `aws` says
//! what each mode does to a call, and lists the services' errors.
//!
//! # HTTP requests
//!
//! With the feature `reqwest`, `chaos_core::reqwest::instrument(client)`, or a middleware for
//! reqwest-middleware, makes every request of a reqwest client a point `http.METHOD`, such as `http.GET`,
//! with labels for its host, its path and the path's prefix. Errors are reqwest's own. With the feature
//! `http`, `chaos_core::http::HttpLayer` does the same to any tower HTTP client, and errors are what it
//! makes of them. The modules say what each mode does to a request.
//!
//! # Redis commands
//!
//! With the feature `redis`, `chaos_core::redis::instrument(connection)` makes every command of a
//! connection of the redis crate a point `redis.COMMAND`, such as `redis.GET`, with labels for its key,
//! the key's prefix, the database and the host. Errors are the client's own. The module `redis` says what
//! each mode does to a command, and lists the server's errors.
//!
//! # Setting up in `main`
//!
//! Nothing needs to be set up: the first wrapped function reads the environment. [`init()`] does it
//! in the init phase instead, so that no request waits for the first fetch. [`Chaos`] is the same
//! with a source, a client or times of your own.
//!
#![doc = include_str!("guide/tests.md")]
//!
#![doc = include_str!("guide/seen.md")]
//!
#![doc = include_str!("guide/metrics.md")]
//!
//! # Features
//!
//! | feature | on by default | what it does |
//! | --- | --- | --- |
//! | `inject` | yes | faults can be injected; without it the attribute returns the function's own tokens, and the other two doors let everything through |
//! | `lambda` | yes | handlers of lambda_runtime: `LambdaEvent`, `Diagnostic` |
//! | `lambda_http` | no | handlers of lambda_http: `Request`, `IntoResponse` |
//! | `axum` | no | `impl IntoResponse` of axum, as a return type and behind [`ChaosLayer::opaque`] |
//! | `ssm` | yes | documents from SSM Parameter Store, through aws-sdk-ssm |
//! | `extension` | no | documents from `AppConfig` and SSM Parameter Store, through AWS's agents and without an SDK |
//! | `dns` | no | the mode `denylist`, on Linux with glibc |
//! | `aws` | no | faults in the calls of AWS SDK clients: `aws::instrument` |
//! | `reqwest` | no | faults in the requests of reqwest clients: `reqwest::instrument` |
//! | `http` | no | faults in the requests of any tower HTTP client: `http::HttpLayer` |
//! | `hyper_util` | no | the same with the errors of hyper-util's client: `http::HyperUtilErrors` |
//! | `redis` | no | faults in the commands of Redis connections: `redis::instrument` |
//!
//! # Safety
//!
//! A document comes from outside, and so:
//!
//! - It can choose neither paths nor hosts, and exceeds none of the bounds above. It has at most
//!   1 MiB. Of more than 256 flags the first 256 by name are read. It has at most 16 regular
//!   expressions, each of at most 4 KiB compiled, and 64 more of 16 KiB in deny lists; they run in
//!   linear time, and texts of more than 4 KiB are not searched: such a condition does not hold,
//!   with `not` or without.
//! - What is wrong with it is logged without what may be a secret: of a document that is no
//!   object, of headers, bodies and messages, only the kind is named.
//! - Whatever is wrong with it, the function runs.
//! - What a fault took is given back when the function ends, however it ends: with a value, an
//!   error, a panic or a cancellation. The file that fills a disk has no name, so that even a
//!   killed process leaves nothing.
//! - Outside Lambda (no `AWS_LAMBDA_INITIALIZATION_TYPE`) the disk is somebody's own: `diskspace` has to
//!   be named in `CHAOS_ALLOW`.
//! - `memory` and `cpu` starve the process, `panic` and `exit` end it or what it does: they have
//!   to be named in `CHAOS_ALLOW` everywhere. With `panic = "abort"`, which `cargo lambda build --release`
//!   chooses unless `[profile.release]` says `panic = "unwind"`, a panic ends the process as well, the
//!   function's own and an injected one.
//! - It denies no name to what fetches it, whoever's client that is, nor Lambda's Runtime API to the
//!   function.
//! - Disk, memory, cores and the names of hosts are the whole process's. Invocations that run at the same time in one
//!   process see no other fault of each other.
//! - `unsafe` is used in one place: with the feature `dns`, round the C library's `getaddrinfo`.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod chaos;
mod clock;
mod engine;
mod error;
mod fault;
#[cfg(test)]
#[path = "../tests/log/mod.rs"]
mod log;
pub mod plan;
mod seam;
pub mod simulate;
pub mod source;
mod telemetry;
pub mod testing;

/// Makes a function an injection point.
///
#[cfg_attr(feature = "lambda", doc = "```")]
#[cfg_attr(not(feature = "lambda"), doc = "```ignore")]
/// use chaos_core::inject_chaos;
/// use lambda_runtime::{Error, LambdaEvent};
/// use serde_json::{Value, json};
///
/// #[inject_chaos]
/// async fn handler(event: LambdaEvent<Value>) -> Result<Value, Error> {
///     Ok(json!({ "statusCode": 200, "body": event.payload["rawPath"] }))
/// }
/// ```
///
/// What can be injected is in the [crate's documentation](crate#the-document). Without a source or
/// with the kill switch, a call costs one relaxed atomic load more; with the feature `inject` off
/// the attribute returns the function's own tokens.
///
/// An `async fn` becomes the plain function that returns its future. It stays an `async fn`, and its
/// arguments move once more, under another attribute macro that is still to come
/// (`#[instrument]` below this one), with an argument under `cfg`, with labels of a point beside
/// destructured arguments, and with the return type `!`. The event and the labels are looked at when
/// it is called; faults come when its future is polled.
///
#[doc = include_str!("guide/attribute.md")]
///
/// A `Result` whose error type takes no injected error does not compile, and the error names both
/// remedies:
///
#[cfg_attr(feature = "inject", doc = "```compile_fail,E0277")]
#[cfg_attr(not(feature = "inject"), doc = "```ignore")]
/// # use chaos_core::inject_chaos;
/// enum OrderError {
///     NotFound,
/// }
///
/// #[inject_chaos] // implement `From<InjectedError>` for `OrderError`, or name `error = path`
/// async fn order() -> Result<(), OrderError> {
///     Err(OrderError::NotFound)
/// }
/// ```
///
#[doc = include_str!("guide/attribute_beside.md")]
pub use chaos_macros::inject_chaos;

pub use crate::chaos::{Chaos, init};
pub use crate::engine::{PointInfo, points};
pub use crate::error::InjectedError;
#[cfg(feature = "aws")]
pub use crate::seam::aws;
pub use crate::seam::future::ChaosFuture;
pub use crate::seam::handler::{wrap, wrap_opaque, wrap_opaque_clone};
#[cfg(feature = "http")]
pub use crate::seam::http;
pub use crate::seam::layer::{ChaosBody, ChaosError, ChaosLayer, ChaosService};
pub use crate::seam::look::{HasContext, View};
pub use crate::seam::opaque::Opaque;
pub use crate::seam::point::{Point, point};
#[cfg(feature = "redis")]
pub use crate::seam::redis;
#[cfg(feature = "reqwest")]
pub use crate::seam::reqwest;
pub use crate::seam::returns::{FromInjected, Respond};

/// What the attribute expands to. Not part of the API.
#[doc(hidden)]
pub mod __private {
    pub use crate::engine::{Beginning, Carry, Seen, again, begin, begin_point};
    pub use crate::seam::future::{ChaosFuture, Kind, Rounds, carrier_of};
    pub use crate::seam::handler::{label, run_blocking, run_blocking_repeatable};
    pub use crate::seam::look::kind as event_kind;
    pub use crate::seam::look::probe as look;
    pub use crate::seam::returns::kind as response_kind;
    pub use crate::seam::returns::probe as returns;
    pub use crate::seam::returns::probe::{expect_future, once};
}

// The handler of the README is compiled too.
#[cfg(all(doctest, feature = "lambda"))]
#[doc = include_str!("../../README.md")]
mod readme {}

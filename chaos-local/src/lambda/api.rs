//! Lambda's own API: what an AWS SDK invokes functions through.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use super::call;
use super::function::Function;
use super::invoker::Invoker;
use crate::server::Server;
use crate::{ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY, SESSION_TOKEN};

/// Lambda's API on loopback, until it is dropped: functions invoke each other through it, as they
/// do in AWS.
///
/// Over the wire it knows `Invoke` alone, with the types of invocation `RequestResponse`, `Event`
/// (which is tried once) and `DryRun`. A function is named as in AWS, by its name or its ARN, with
/// its version or without; payloads have no limit. What a function does wrong is a reply with
/// `FunctionError`, as in AWS: an error that it reports, a deadline that it misses
/// (`Sandbox.Timedout`), an exit. Signatures are not checked. Client contexts and the tail of the
/// log are refused, as they are not there.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use chaos_local::{Function, LambdaApi};
/// use serde_json::json;
///
/// let lambda = LambdaApi::start().await?;
/// let prices = Function::builder("prices").start("target/debug/prices").await?;
/// lambda.add(&prices);
///
/// // A function that calls `prices` through the SDK:
/// let shop = Function::builder("shop").envs(lambda.env()).start("target/debug/shop").await?;
/// let reply = shop.invoke(json!({"item": "apple"})).await?;
/// assert_eq!(reply.payload()?["cents"], 450);
/// # Ok(())
/// # }
/// ```
pub struct LambdaApi {
    functions: Arc<Functions>,
    pub(crate) server: Server,
}

impl LambdaApi {
    /// Starts it without any function, on a port of 127.0.0.1 that the system picks.
    ///
    /// # Errors
    ///
    /// If there is no port to listen on.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with I/O and time enabled.
    #[expect(clippy::unused_async, reason = "that it needs a runtime should show")]
    pub async fn start() -> io::Result<Self> {
        let functions = Arc::new(Functions::default());
        let answering = Arc::clone(&functions);
        let server = Server::start(0, move |request| {
            call::answer(Arc::clone(&answering), request)
        })?;
        Ok(Self { functions, server })
    }

    /// Lets a function be invoked under its name, in the place of one that had the name before.
    /// Once the function is stopped or dropped, nothing is found there.
    pub fn add(&self, function: &Function) {
        self.functions.add(function.invoker.clone());
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Where it listens, as a URL: the value of `AWS_ENDPOINT_URL_LAMBDA`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address())
    }

    /// The environment variables with which a process invokes functions here: endpoint, region, and
    /// credentials that are worth nothing anywhere else.
    pub fn env(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL_LAMBDA", self.endpoint()),
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY.to_owned()),
            ("AWS_SESSION_TOKEN", SESSION_TOKEN.to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ]
    }
}

impl std::fmt::Debug for LambdaApi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LambdaApi")
            .field("endpoint", &self.endpoint())
            .finish_non_exhaustive()
    }
}

/// The functions that can be invoked, by name.
#[derive(Default)]
pub(super) struct Functions(Mutex<BTreeMap<String, Invoker>>);

impl Functions {
    fn add(&self, function: Invoker) {
        let mut functions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        functions.insert(function.name().to_owned(), function);
    }

    pub(super) fn named(&self, name: &str) -> Option<Invoker> {
        let functions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        functions.get(name).cloned()
    }
}

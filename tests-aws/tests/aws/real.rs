//! Injected failures of a connection beside those that were really provoked.

use std::error::Error as _;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_lambda::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_lambda::error::{BoxError, SdkError};
use aws_sdk_lambda::operation::list_functions::ListFunctionsError;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use chaos_core::testing::Scope;
use chaos_tests_aws::{config, plain};
use chaos_tests_clients::free_port;
use chaos_tests_clients::server::{Does, Server};
use serde_json::{Value, json};

/// Counts the attempts of a call.
#[derive(Clone, Debug, Default)]
struct Attempts(Arc<AtomicUsize>);

impl Intercept for Attempts {
    fn name(&self) -> &'static str {
        "Attempts"
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

type Failure = SdkError<ListFunctionsError>;

/// What a call fails with, and after how many attempts.
async fn call(config: &SdkConfig) -> (Failure, usize) {
    let attempts = Attempts::default();
    let own = aws_sdk_lambda::config::Builder::from(config).interceptor(attempts.clone());
    let listed = Client::from_conf(own.build()).list_functions().send().await;
    let failure = listed.expect_err("it fails");
    (failure, attempts.0.load(Ordering::SeqCst))
}

/// All that a caller can ask of it.
fn seen(failure: &Failure) -> impl PartialEq + std::fmt::Debug + use<> {
    let SdkError::DispatchFailure(dispatch) = failure else {
        panic!("it is no failure of the connection: {failure:?}")
    };
    let connector = dispatch
        .as_connector_error()
        .expect("the connector's error");
    let mut kinds = Vec::new();
    let mut inside = connector.source();
    while let Some(error) = inside {
        kinds.extend(error.downcast_ref().map(io::Error::kind));
        inside = error.source();
    }
    let asked = [
        dispatch.is_io(),
        dispatch.is_timeout(),
        dispatch.is_user(),
        dispatch.is_other(),
    ];
    let connected = connector.connection_metadata().is_some();
    (
        asked,
        connector.as_other(),
        connected,
        kinds,
        failure.to_string(),
    )
}

/// What the call of the service there fails with, without chaos, and what the flag makes of the same
/// call: they are the same.
async fn both(real: &SdkConfig, flag: Value) -> Failure {
    let (provoked, of_provoked) = call(real).await;
    let mut flag = flag;
    flag["enabled"] = json!(true);
    flag["point"] = json!("aws.lambda.ListFunctions");
    let scope = Scope::new(&json!({"flag": flag}));
    let (injected, of_injected) = scope.run(call(&config("http://127.0.0.1:9"))).await;
    assert_eq!(
        seen(&injected),
        seen(&provoked),
        "{injected:?}\n{provoked:?}"
    );
    assert_eq!(of_injected, of_provoked, "attempts");
    assert_eq!(of_injected, 3);
    assert_eq!(scope.injected().len(), 3);
    injected
}

fn exception(error_type: &str) -> Value {
    json!({"mode": "exception", "exception_type": error_type})
}

#[tokio::test]
async fn a_refused_connection() {
    let nobody = plain(&format!("http://127.0.0.1:{}", free_port()));
    let failure = both(&nobody, exception("ConnectionRefused")).await;
    assert!(
        format!("{failure:?}").contains("ConnectionRefused"),
        "{failure:?}"
    );
}

#[tokio::test]
async fn a_connection_that_is_cut_off() {
    let server = Server::that(Does::Reset).await;
    let failure = both(&plain(&server.url), exception("ConnectionReset")).await;
    assert!(
        format!("{failure:?}").contains("ConnectionReset"),
        "{failure:?}"
    );
    both(&plain(&server.url), json!({"mode": "lost_reply"})).await;
}

#[tokio::test]
async fn a_connection_that_is_closed() {
    let server = Server::that(Does::Close).await;
    both(&plain(&server.url), exception("ConnectionClosed")).await;
    assert_eq!(server.seen(), 3);
}

#[tokio::test]
async fn a_reply_that_does_not_come() {
    let server = Server::that(Does::Nothing).await;
    let short = TimeoutConfig::builder().read_timeout(Duration::from_millis(50));
    let real = plain(&server.url)
        .into_builder()
        .timeout_config(short.build());
    let real = real.build();
    both(&real, exception("Timeout")).await;
    both(&real, json!({"mode": "timeout"})).await;
    assert_eq!(server.seen(), 6);
}

/// Nothing is asked of a name server: the client's resolver fails as the system's does.
#[tokio::test]
async fn a_name_that_does_not_resolve() {
    #[derive(Clone, Debug)]
    struct NoName;
    impl ResolveDns for NoName {
        fn resolve_dns<'a>(&'a self, _: &'a str) -> DnsFuture<'a> {
            let why = io::Error::other("Name or service not known");
            DnsFuture::ready(Err(ResolveDnsError::new(why)))
        }
    }
    let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
    let real = plain("http://lambda.example.com").into_builder();
    let real = real.http_client(http.build_with_resolver(NoName)).build();
    both(&real, exception("DnsFailure")).await;
    both(&real, json!({"mode": "denylist", "deny_list": ["."]})).await;
}

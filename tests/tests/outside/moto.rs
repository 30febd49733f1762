//! A `SecureString` in moto's Parameter Store, flipped on and off with `PutParameter`.

use std::process::Command;
use std::time::{Duration, Instant};

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use aws_sdk_ssm::Client;
use aws_sdk_ssm::types::ParameterType;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use chaos_tests::document::{is_on, off, on};
use chaos_tests::program::{Program, named_by};
use chaos_tests::{PARAMETER, Running, function, wait};
use serde_json::json;

/// Python, and all that moto brings, takes its time to start.
const START: Duration = Duration::from_secs(90);
/// `CHAOS_CACHE_TTL`, and what a busy machine with a server in Python may add.
const SEEN_WITHIN: Duration = Duration::from_secs(1 + 1);

/// A Parameter Store, and an operator's client for it.
struct Moto {
    _server: Program,
    endpoint: String,
    operator: Client,
}

impl Moto {
    async fn start() -> Self {
        let mut command = Command::new(named_by("CHAOS_TESTS_MOTO"));
        // the system picks the port, and the server says which
        command.args(["-H", "127.0.0.1", "-p", "0"]);
        let mut server = Program::start(command);
        let address = |line: &str| {
            line.split("Running on ")
                .nth(1)
                .map(|url| url.trim().to_owned())
        };
        let endpoint = server.line("where moto runs", START, address).await;
        let operator = operator(&endpoint).await;
        Self {
            _server: server,
            endpoint,
            operator,
        }
    }

    async fn put(&self, document: String) {
        let put = self
            .operator
            .put_parameter()
            .name(PARAMETER)
            .value(document);
        let put = put.r#type(ParameterType::SecureString).overwrite(true);
        put.send().await.expect("moto takes the parameter");
    }

    /// A function that reads its parameter there.
    async fn function(&self) -> Running {
        function!("value")
            .env("AWS_ENDPOINT_URL_SSM", &self.endpoint)
            .env("CHAOS_PARAM", PARAMETER)
            .env("CHAOS_CACHE_TTL", "1")
            // moto is slower than SSM
            .env("CHAOS_FETCH_TIMEOUT_MS", "5000")
            .with_init()
            .start()
            .await
    }
}

async fn operator(endpoint: &str) -> Client {
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::for_tests())
        .endpoint_url(endpoint)
        .load()
        .await;
    Client::new(&config)
}

async fn is_now_on(function: &Running) -> bool {
    is_on(&function.answer(json!({})).await)
}

#[tokio::test]
async fn a_secure_string_is_read_decrypted_and_flipped() {
    let moto = Moto::start().await;
    moto.put(off()).await;
    let stored = moto.operator.get_parameter().name(PARAMETER).send().await;
    let stored = stored.expect("moto has it").parameter.expect("a parameter");
    assert_ne!(stored.value, Some(off()), "it is kept encrypted");

    let function = moto.function().await;
    assert!(!is_now_on(&function).await, "{}", function.story());
    for (document, wanted) in [(on(), true), (off(), false), (on(), true)] {
        moto.put(document).await;
        let begun = Instant::now();
        let seen = wait::until(wait::LONG, async || is_now_on(&function).await == wanted).await;
        assert!(seen, "the flip was never seen\n{}", function.story());
        let took = begun.elapsed();
        assert!(took <= SEEN_WITHIN, "{took:?}\n{}", function.story());
    }
    let gone = moto
        .operator
        .delete_parameter()
        .name(PARAMETER)
        .send()
        .await;
    gone.expect("moto deletes it");
    let ended = wait::until(wait::LONG, async || !is_now_on(&function).await).await;
    assert!(
        ended,
        "chaos goes on without a document\n{}",
        function.story()
    );
    assert_eq!(function.function.restarts(), 0);
    let why = |line: &chaos_tests::Line| line.field("message").contains("SSM has no parameter");
    function.line("that there is no document", why).await;
}

/// What moto says of a parameter that was never there is understood as what SSM says.
#[tokio::test]
async fn a_parameter_that_does_not_exist_is_no_chaos() {
    let moto = Moto::start().await;
    let function = moto.function().await;
    assert!(!is_now_on(&function).await, "{}", function.story());
    function.settle().await;
    let troubles = function.troubles();
    assert_eq!(troubles.len(), 1, "{}", function.story());
    let message = troubles[0].field("message");
    assert!(message.contains("SSM has no parameter"), "{message}");
}

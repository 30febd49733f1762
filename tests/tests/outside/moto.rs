//! A `SecureString` in moto's Parameter Store, flipped on and off with `PutParameter`.

use std::time::{Duration, Instant};

use aws_sdk_ssm::types::ParameterType;
use chaos_tests::document::{is_on, off, on};
use chaos_tests::moto::Moto;
use chaos_tests::{PARAMETER, Running, function, wait};
use serde_json::json;

/// `CHAOS_CACHE_TTL`, and what a busy machine with a server in Python may add.
const SEEN_WITHIN: Duration = Duration::from_secs(1 + 1);

/// What these tests do with it.
trait Operated {
    async fn put(&self, document: String);
    async fn function(&self) -> Running;
}

impl Operated for Moto {
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

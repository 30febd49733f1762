//! Both versions as real processes under their deadline, and the function that they ask as another.

use std::time::{Duration, Instant};

use chaos_local::{Function, Invocation, InvokeError, LambdaApi};
use serde_json::{Value, json};

/// Lambda's own, unless a function says otherwise.
const TIMEOUT: Duration = Duration::from_secs(3);
/// What is not there by then does not come.
const START: Duration = Duration::from_secs(30);

/// A shop and the function that it asks, which ends with it.
struct Shop {
    page: Function,
    recommend: Function,
    _lambda: LambdaApi,
}

impl Shop {
    async fn open(version: &str, document: &str) -> Self {
        Self::with(version, document, TIMEOUT).await
    }

    /// With another timeout of the function's than Lambda's own.
    async fn with(version: &str, document: &str, timeout: Duration) -> Self {
        let lambda = LambdaApi::start().await.expect("a port");
        let recommend = Function::builder("recommend")
            .init_timeout(START)
            .start(env!("CARGO_BIN_EXE_recommend"))
            .await
            .expect("it starts");
        lambda.add(&recommend);
        let page = Function::builder("page")
            .envs(lambda.env())
            .env("VERSION", version)
            .env("CHAOS_CONFIG", document)
            .timeout(timeout)
            .init_timeout(START)
            .start(env!("CARGO_BIN_EXE_upstream-timeout"))
            .await
            .expect("it starts");
        for function in [&recommend, &page] {
            function.ready().await.expect("it asks for its first event");
        }
        Self {
            page,
            recommend,
            _lambda: lambda,
        }
    }

    /// Somebody comes for apples.
    async fn visit(&self) -> Result<Value, InvokeError> {
        let event = Invocation::new(json!({"item": "apples"}));
        let reply = self.page.invoke(event).await?;
        Ok(reply.payload().expect("a page"))
    }

    /// Whether a line of the log says that the flag hit the call.
    async fn was_hit(&self) {
        let hit = self.page.find_log(|line| {
            let line: Value = serde_json::from_str(line).unwrap_or_default();
            line["action"] == "inject" && line["point"] == "aws.lambda.Invoke"
        });
        let hit = tokio::time::timeout(START, hit)
            .await
            .expect("it is logged");
        let hit: Value = serde_json::from_str(&hit).expect("a line of JSON");
        assert!(hit["request_id"].is_string(), "{hit}");
    }
}

const DOCUMENT: &str = include_str!("../document.json");

fn page(also: &[&str], degraded: bool) -> Value {
    json!({"item": "apples", "cents": 450, "also": also, "degraded": degraded})
}

#[tokio::test]
async fn without_chaos_both_show_what_the_other_function_says() {
    for version in ["naive", "mended"] {
        // The first visit sets up what may take its second on a busy machine.
        let shop = Shop::with(version, "{}", 2 * START).await;
        shop.visit().await.expect("a page");
        let also = ["a basket for each apples", "pears"];
        assert_eq!(shop.visit().await.expect("a page"), page(&also, false));
    }
}

/// The README's document, and another one: a call that is answered late, and one that never is.
fn documents() -> [String; 2] {
    let never = json!({"timeout": {"enabled": true, "point": "aws.lambda.Invoke"}});
    [DOCUMENT.to_owned(), never.to_string()]
}

#[tokio::test]
async fn the_naive_one_is_cut_off_by_its_own_deadline() {
    for document in documents() {
        let shop = Shop::open("naive", &document).await;
        let error = shop.visit().await.expect_err("no page");
        assert!(matches!(error, InvokeError::TimedOut { .. }), "{error}");
        shop.was_hit().await;
        assert_eq!(shop.recommend.restarts(), 0, "the other function is sound");
    }
}

#[tokio::test]
async fn the_mended_one_answers_in_time_without_recommendations() {
    for document in documents() {
        // Far more than it needs, so that a busy machine tells nothing else.
        let shop = Shop::with("mended", &document, 2 * START).await;
        let begun = Instant::now();
        assert_eq!(shop.visit().await.expect("a page"), page(&[], true));
        let took = begun.elapsed();
        assert!(
            took >= Duration::from_secs(1),
            "it waits a second: {took:?}"
        );
        assert!(took < START, "and not for its deadline: {took:?}");
        shop.was_hit().await;
        assert_eq!(shop.page.restarts(), 0);
    }
}

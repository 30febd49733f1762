//! Each mode at a request: what the caller sees, and what has reached the server.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chaos_core::reqwest::{ChaosMiddleware, instrument};
use chaos_core::testing::Scope;
use reqwest::{Client, Response};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next, Result};
use serde_json::{Value, json};

use chaos_tests_clients::server::{BODY, Does, Server};

struct Api {
    server: Server,
    client: ClientWithMiddleware,
}

impl Api {
    async fn new() -> Self {
        Self {
            server: Server::that(Does::Answer).await,
            client: instrument(Client::new()),
        }
    }

    /// Of a client with a timeout.
    async fn limited(timeout: Duration) -> Self {
        let client = Client::builder().timeout(timeout).build().unwrap();
        let chaos = ChaosMiddleware::new().timeout(timeout);
        Self {
            server: Server::that(Does::Answer).await,
            client: chaos.instrument(client),
        }
    }

    async fn get(&self) -> Result<Response> {
        let url = format!("{}/users/42?fields=name", self.server.url);
        self.client.get(url).send().await
    }

    /// Under one flag at every request.
    async fn under(&self, mut flag: Value) -> (Result<Response>, Scope) {
        flag["enabled"] = json!(true);
        flag["point"] = json!("http.*");
        let scope = Scope::new(&json!({"flag": flag}));
        (scope.run(self.get()).await, scope)
    }
}

async fn text(response: Result<Response>) -> String {
    response.unwrap().text().await.unwrap()
}

/// Why nothing was injected.
fn refusal(scope: &Scope) -> String {
    assert!(scope.injected().is_empty());
    scope.decisions()[0].message.clone().expect("a reason")
}

#[tokio::test]
async fn with_nothing_on_the_real_response_comes_through() {
    let api = Api::new().await;
    let elsewhere = Scope::new(&json!({"exception": {"enabled": true, "point": "http.POST"}}));
    let response = elsewhere.run(api.get()).await.unwrap();
    assert_eq!(response.url().path(), "/users/42");
    assert_eq!(response.content_length(), Some(BODY.len() as u64));
    assert_eq!(text(Ok(response)).await, BODY);
    assert!(elsewhere.decisions().is_empty());
    assert_eq!(text(api.get().await).await, BODY);
    assert_eq!(api.server.seen(), 2);
}

#[tokio::test]
async fn an_exception_is_a_failure_of_the_connection_and_nothing_goes_out() {
    let api = Api::new().await;
    let (got, scope) = api.under(json!({"mode": "exception"})).await;
    let error = got.unwrap_err();
    assert!(error.is_request() && format!("{error:?}").contains("ConnectionReset"));
    assert_eq!(scope.decisions()[0].point, "http.GET");
    assert_eq!(api.server.seen(), 0);
    let flag = json!({"mode": "exception", "exception_type": "ConnectionRefused"});
    assert!(api.under(flag).await.0.unwrap_err().is_connect());
}

#[tokio::test]
async fn after_the_request_the_error_comes_and_the_work_is_done() {
    let api = Api::new().await;
    let flag = json!({"mode": "exception", "phase": "after", "exception_type": "Timeout"});
    assert!(api.under(flag).await.0.unwrap_err().is_timeout());
    assert_eq!(api.server.seen(), 1);
}

#[tokio::test]
async fn a_lost_reply_is_a_failed_connection_after_the_work() {
    let api = Api::new().await;
    let (got, _) = api.under(json!({"mode": "lost_reply"})).await;
    assert!(format!("{:?}", got.unwrap_err()).contains("ConnectionReset"));
    assert_eq!(api.server.seen(), 1);
}

#[tokio::test]
async fn a_type_that_there_is_not_is_answered_with_the_nearest() {
    let api = Api::new().await;
    let flag = json!({"mode": "exception", "exception_type": "DNSFailure"});
    let (got, scope) = api.under(flag).await;
    assert_eq!(text(got).await, BODY);
    assert!(refusal(&scope).contains("did you mean `DnsFailure`?"));
}

#[tokio::test]
async fn a_status_code_is_the_response() {
    let api = Api::new().await;
    let (got, _) = api
        .under(
            json!({"mode": "statuscode", "status_code": 503, "headers": {"retry-after": "1"},
            "body": {"error": "busy"}}),
        )
        .await;
    let response = got.unwrap();
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()["retry-after"], "1");
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.url().path(), "/users/42");
    assert!(response.error_for_status_ref().unwrap_err().is_status());
    assert_eq!(text(Ok(response)).await, r#"{"error":"busy"}"#);
    assert_eq!(api.server.seen(), 0);
}

#[tokio::test]
async fn a_status_code_after_the_request_replaces_the_responses_own() {
    let api = Api::new().await;
    let flag = json!({"mode": "statuscode", "status_code": 500, "phase": "after"});
    let (got, _) = api.under(flag).await;
    let response = got.unwrap();
    assert_eq!(response.status(), 500);
    assert_eq!(response.headers()["x-own"], "1");
    assert_eq!(response.url().path(), "/users/42");
    assert_eq!(text(Ok(response)).await, BODY);
    assert_eq!(api.server.seen(), 1);
}

#[tokio::test]
async fn latency_is_waited_and_the_real_response_comes() {
    let api = Api::new().await;
    for phase in ["before", "after"] {
        let start = Instant::now();
        let flag = json!({"mode": "latency", "min_latency": 100, "phase": phase});
        let (got, scope) = api.under(flag).await;
        assert_eq!(text(got).await, BODY);
        assert!(start.elapsed() >= Duration::from_millis(100), "{phase}");
        assert_eq!(scope.injected(), ["flag"]);
    }
}

#[tokio::test]
async fn latency_runs_into_the_timeout() {
    let limit = Duration::from_millis(60);
    let api = Api::limited(limit).await;
    let start = Instant::now();
    let flag = json!({"mode": "latency", "min_latency": 60_000});
    let (got, _) = api.under(flag.clone()).await;
    assert!(got.unwrap_err().is_timeout());
    assert!(start.elapsed() >= limit && start.elapsed() < Duration::from_secs(30));
    assert_eq!(api.server.seen(), 0);
    // A request may have one of its own.
    let api = Api::new().await;
    let scope = Scope::new(&json!({"latency": {"enabled": true, "point": "http.GET",
        "min_latency": 60_000}}));
    let get = api.client.get(&api.server.url).timeout(limit);
    assert!(scope.run(get.send()).await.unwrap_err().is_timeout());
}

#[tokio::test]
async fn what_a_wait_has_left_is_what_the_request_gets() {
    /// What the request that goes out says of its timeout.
    #[derive(Clone, Default)]
    struct Told(Arc<Mutex<Vec<Option<Duration>>>>);
    #[async_trait::async_trait]
    impl Middleware for Told {
        async fn handle(
            &self,
            request: reqwest::Request,
            extensions: &mut http::Extensions,
            next: Next<'_>,
        ) -> Result<Response> {
            self.0.lock().unwrap().push(request.timeout().copied());
            next.run(request, extensions).await
        }
    }
    let limit = Duration::from_millis(1_200);
    let chaos = ChaosMiddleware::new();
    let cases = [
        (chaos.clone().timeout(limit), Some(Duration::from_secs(1))),
        // A read timeout is none of the whole request.
        (chaos.read_timeout(limit), None),
    ];
    for (chaos, left) in cases {
        let told = Told::default();
        // The client's own would come after a minute.
        let client = Client::builder().timeout(Duration::from_mins(1));
        let client = ClientBuilder::new(client.build().unwrap())
            .with(chaos)
            .with(told.clone());
        let api = Api {
            server: Server::that(Does::Nothing).await,
            client: client.build(),
        };
        let start = Instant::now();
        let flag = json!({"mode": "latency", "min_latency": 200});
        let (got, _) = api.under(flag).await;
        let error = got.unwrap_err();
        assert!(error.is_timeout());
        assert!(error.url().is_some_and(|url| url.path() == "/users/42"));
        let took = start.elapsed();
        assert!(took >= limit && took < Duration::from_secs(30), "{took:?}");
        assert_eq!(api.server.seen(), 1);
        assert_eq!(*told.0.lock().unwrap(), [left]);
    }
}

#[tokio::test]
async fn a_timeout_lasts_as_long_as_the_client_waits() {
    let api = Api::limited(Duration::from_secs(1)).await;
    let (got, scope) = api.under(json!({"mode": "timeout"})).await;
    assert!(got.unwrap_err().is_timeout());
    assert_eq!(scope.decisions()[0].latency_ms, Some(1_000.0));
    assert_eq!(api.server.seen(), 0);
    let flag = json!({"mode": "timeout", "phase": "after"});
    assert!(api.under(flag).await.0.unwrap_err().is_timeout());
    assert_eq!(api.server.seen(), 1);
}

#[tokio::test]
async fn a_denied_host_does_not_resolve() {
    let api = Api::new().await;
    let flag = |host: &str| json!({"mode": "denylist", "deny_list": [host]});
    let (got, scope) = api.under(flag("^127\\.0")).await;
    let error = got.unwrap_err();
    let reqwest_middleware::Error::Reqwest(error) = error else {
        panic!("{error:?}")
    };
    assert!(error.is_dns());
    assert_eq!(scope.injected(), ["flag"]);
    assert_eq!(api.server.seen(), 0);
    let (got, scope) = api.under(flag("amazonaws")).await;
    assert_eq!(text(got).await, BODY);
    assert!(scope.decisions().is_empty());
}

#[tokio::test]
async fn a_corrupted_response_is_mangled_or_another() {
    let api = Api::new().await;
    let (got, scope) = api.under(json!({"mode": "corruption"})).await;
    let response = got.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.url().path(), "/users/42");
    let error = serde_json::from_str::<Value>(&text(Ok(response)).await);
    assert!(error.is_err());
    assert_eq!(scope.decisions()[0].body, Some("mangled"));
    let flag = json!({"mode": "corruption", "body": "{}", "drop_headers": "x-own",
        "set_headers": {"x-new": "2"}});
    let (got, scope) = api.under(flag).await;
    let response = got.unwrap();
    assert!(!response.headers().contains_key("x-own"));
    assert_eq!(response.headers()["x-new"], "2");
    assert_eq!(response.headers()["content-length"], "2");
    assert_eq!(text(Ok(response)).await, "{}");
    assert_eq!(scope.decisions()[0].headers_dropped, Some(1));
    assert_eq!(api.server.seen(), 2);
}

#[tokio::test]
async fn a_second_run_is_nothing_and_the_log_says_so() {
    let api = Api::new().await;
    let (got, scope) = api.under(json!({"mode": "duplicate"})).await;
    assert_eq!(text(got).await, BODY);
    assert!(refusal(&scope).contains("only a handler is run twice"));
    assert_eq!(api.server.seen(), 1);
}

#[tokio::test]
async fn a_flag_hits_the_host_and_the_path_that_it_names() {
    let api = Api::new().await;
    let scope = Scope::new(&json!({"exception": {"enabled": true, "point": "http.GET",
        "labels": {"host": "127.0.0.1", "path": "/users/42", "prefix": "/users",
        "method": "GET"}}}));
    assert!(scope.run(api.get()).await.is_err());
    let other = format!("{}/users/43", api.server.url);
    assert!(scope.run(api.client.get(&other).send()).await.is_ok());
    let head = api.client.delete(format!("{}/users/42", api.server.url));
    assert!(scope.run(head.send()).await.is_ok());
    assert_eq!(scope.injected().len(), 1);
}

/// The middleware is the innermost: one that retries meets it again.
#[tokio::test]
async fn a_fault_that_passes_is_survived_by_a_middleware_that_retries() {
    struct Twice;
    #[async_trait::async_trait]
    impl Middleware for Twice {
        async fn handle(
            &self,
            request: reqwest::Request,
            extensions: &mut http::Extensions,
            next: Next<'_>,
        ) -> Result<Response> {
            let again = request.try_clone().expect("it has no body");
            let first = next.clone().run(request, extensions).await;
            match first {
                Err(_) => next.run(again, extensions).await,
                done => done,
            }
        }
    }
    let server = Server::that(Does::Answer).await;
    let client = ClientBuilder::new(Client::new()).with(Twice);
    let api = Api {
        client: client.with(ChaosMiddleware::new()).build(),
        server,
    };
    let flag = json!({"mode": "exception", "limit": 1});
    let (got, scope) = api.under(flag).await;
    assert_eq!(text(got).await, BODY);
    assert_eq!(scope.injected().len(), 1);
    assert_eq!(api.server.seen(), 1);
}

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
//! - [Setting up in `main`](#setting-up-in-main)
//! - [In tests](#in-tests)
//! - [What is seen](#what-is-seen)
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
//! # The document
//!
//! One key a flag. A flag's mode is its `mode`, or else its key:
//!
//! ```
//! # let reading = chaos_core::plan::read(r#"
//! {
//!   "settings":   { "expires_at": "2026-12-01T18:00:00Z" },
//!   "latency":    { "enabled": true, "percentage": 10, "min_latency": 100, "max_latency": 400 },
//!   "statuscode": { "enabled": true, "percentage": 0.5, "status_code": 503 },
//!   "slow-cache": { "enabled": true, "mode": "latency", "min_latency": 50,
//!                   "point": "cache.*", "labels": { "tenant": ["a", "b"] }, "limit": 3 }
//! }
//! # "#);
//! # assert_eq!(reading.findings, []);
//! # assert_eq!(reading.plan.flags.len(), 3);
//! ```
//!
//! The modes, in the order in which they are applied; [`plan::MODES`] is the same table in code.
//!
//! | mode | what it does | attributes |
//! | --- | --- | --- |
//! | `latency` | waits, then goes on; never past the invocation's deadline | `min_latency` and `max_latency`, 0 to 900000 ms; a lone `min_latency` is also the maximum, a lone `max_latency` starts from 0. `distribution`: `uniform` unless written; or `normal` or `lognormal` with `mean` and `sigma`, the mean and the standard deviation of the waits, 0 to 900000 ms each, where a draw outside `min_latency` and `max_latency` (0 and 900000 unless written) is the bound |
//! | `timeout` | waits until the invocation's deadline less the buffer, then goes on; where the deadline is not known, it does not wait and says so | `timeout_buffer_ms`, 0 to 900000 ms; 0 unless written, which waits a second past the deadline, so that Lambda ends the invocation |
//! | `diskspace` | takes blocks of the temporary directory until the wrapped function ends | `disk_space`, 1 to 10240 MB of 1,048,576 bytes; 100 unless written. Or `leave_free`, 0 to 10240 MB: all but so much is taken, 10240 MB at most |
//! | `memory` | holds resident memory until the function that was hit ends; only where `CHAOS_ALLOW` names it | `memory_mb`, 1 to 10240 MB of 1,048,576 bytes, whole; 100 unless written. Where it is more than the function has, Lambda ends the process |
//! | `cpu` | keeps cores busy until the function that was hit ends, never past the invocation's deadline; only where `CHAOS_ALLOW` names it | `cpu_ms`, at most so long, 1 to 900000 ms, whole; 900000 unless written. `cpu_threads`, 1 to 64; as many as there are cores unless written |
//! | `denylist` | until the function that was hit ends, [names of hosts do not resolve](#names-that-do-not-resolve), in the whole process; needs the feature `dns` | `deny_list`, regular expressions that are found in such a name; at most 64 in a document, each of at most 16 KiB compiled |
//! | `statuscode` | answers, and the function is not run; with phase `after` it is run and its response's code is replaced | `status_code`, 100 to 599; 500 unless written. `body`: a text as it is, any other JSON but null as JSON, at most 262144 characters. `headers`: an object of at most 50 texts; names have at most 256 characters, values at most 4096 |
//! | `exception` | fails with an error | `exception_msg`; "Injected exception" unless written. `exception_type` |
//! | `panic` | panics; only where `CHAOS_ALLOW` names it | `exception_msg`; "Injected panic" unless written |
//! | `exit` | ends the process; only where `CHAOS_ALLOW` names it | `exit_code`, 0 to 255; 1 unless written |
//! | `lost_reply` | the function is run, and fails in place of its reply, as if that were lost on its way: `exception` whose `phase` is always `after` | as `exception` |
//! | `duplicate` | runs the handler twice, one run after the other, with clones of its arguments, as at-least-once delivery does; the second result is returned. It is run once, and the log says so, where the arguments are not `Clone`, where a method takes another `self` than `&self`, behind `wrap_opaque`, `ChaosLayer::opaque`, `#[async_trait]` or `-> impl Future`, and at a point | none |
//! | `corruption` | runs the function and spoils its own response, body or headers; its `phase` is always `after`. A response that was injected is not corrupted, nor is an error | `body`, a text of at most 262144 characters: the body in place of the response's own. `drop_headers`, a header's name or a list of at most 50 names: taken out, whatever their case, as those of CORS. `set_headers`, an object of at most 50 texts. Names have at most 256 characters, values at most 4096. With headers alone the body stays; with none of the three it is cut to about half and mangled, chunk by chunk where it streams |
//!
//! What every flag can have; [`plan::FLAG_ATTRIBUTES`] is the table in code.
//!
//! | attribute | meaning | unless written |
//! | --- | --- | --- |
//! | `enabled` | `true` or `false` | required |
//! | `mode` | one of those above | the flag's key |
//! | `percentage` | 0 to 100, decimals allowed; each flag is rolled by itself | 100 |
//! | `match` | a list of conditions on the event, all of which must hold: `path` (names and list indices with dots between), `operator` (`eq`, `exists`, `startsWith`, `regex`; `eq` unless written), `value` (a text), `not` | every event |
//! | `point` | a glob, or a list of globs, over the names of [points](#points-and-labels) | the handler |
//! | `labels` | an object; every label that it names must have the value, or one of the list | every call |
//! | `by` | a path into the event, or `label:NAME`: the roll of `percentage` is a hash of that value, so that the same calls are hit each time. Where the value is absent, the call is not hit | at random |
//! | `phase` | `before`: the work is not done. `after`: it is done, then the fault comes (not for `diskspace`, `memory`, `cpu`, `denylist` and `duplicate`) | `before`; `after` for `lost_reply` and `corruption` |
//! | `skip_first` | so many calls are let through first | 0 |
//! | `every` | each n-th call only, counted after `skip_first` | each |
//! | `limit` | at most so many injections; of a `latency`, 1 is a cold start | no limit |
//! | `starts_at`, `expires_at` | RFC 3339; nothing before the one, nothing from the other on | always |
//!
//! Where nothing else is said, a text has at most 4096 characters, and a list or an object at most
//! 64 entries; a label's name has at most 256 characters.
//!
//! `skip_first`, `every` and `limit` count in each execution environment by itself, over the calls
//! that the flag concerns. The counters go on when a new document brings an equal flag. What was not
//! injected after all, since another flag answered first or the function's type cannot carry it,
//! does not count against the `limit`; a dry run counts by itself.
//!
//! Conditions and `by` see the event as Lambda sent it, whether the function takes it as a `Value`,
//! as one of the types of `aws_lambda_events` or as a `lambda_http::Request`; null and an empty map
//! count as absent. What such a type does not keep cannot be seen:
//!
//! - fields that it does not have (unless `aws_lambda_events` has its feature `catch-all-fields`);
//! - the fraction of a time that is a whole second: `12:34:56.000Z` is seen as `12:34:56Z`;
//! - in a `lambda_http::Request` of a REST API all but the last value of a header under
//!   `multiValueHeaders`. One of a load balancer shows its headers and parameters as single values and
//!   as lists, whichever were sent.
//!
//! `settings` concerns all flags: `enabled` (false switches all of them off), `dry_run` (decide
//! and say so, inject nothing), `seed` (a whole number, for runs that can be repeated) and
//! `expires_at`.
//!
//! An invalid flag is skipped and the others stay. So that a slip does not hit 100 % of the calls,
//! a key that belongs to no mode skips its flag. Invalid `settings`, or text that is no JSON
//! object, mean no chaos at all. What is wrong is in the log, with the field and what to write:
//!
//! ```
//! let reading = chaos_core::plan::read(r#"{ "latency": { "enabled": true, "percantage": 1 } }"#);
//! assert!(reading.plan.flags.is_empty());
//! assert_eq!(
//!     reading.findings[0].to_string(),
//!     "latency.percantage: is no attribute; did you mean \"percentage\"?",
//! );
//! ```
//!
//! Documents of failure-lambda 1.0 are read as they are, and so are the formats of failure-lambda
//! 0.x and of chaos-lambda (Python). [`plan::read`] checks a document without injecting
//! anything.
//!
//! ## Names that do not resolve
//!
//! With the feature `dns`, on Linux with glibc linked dynamically, which is what `cargo lambda build`
//! makes, `denylist` lets a program meet hosts that it cannot find:
//!
//! ```json
//! { "denylist": { "enabled": true, "deny_list": ["^dynamodb\\..*\\.amazonaws\\.com$"] } }
//! ```
//!
//! While a function that was hit runs, every lookup of such a name in the process fails, whichever
//! client makes it, as it does for a name that does not exist: std and the clients built on it ask
//! the C library's `getaddrinfo`. An expression is found anywhere in the name unless it is anchored;
//! the case of letters does not matter, nor does a dot at the end. Addresses always resolve, and
//! `localhost` is a name like any other. A connection that is kept alive asks for no name, and a client
//! with a resolver of its own does not ask the C library.
//!
//! The document is fetched on threads for which nothing is denied, so even a list of `.*` can be
//! switched off. Elsewhere, or without the feature, names resolve, and an event of level error says
//! what to do.
//!
//! ## Its schema
//!
//! [`plan::schema`] makes the JSON Schema of the document from the tables by which it is read: in
//! draft 2020-12, with which an editor completes and checks a document as it is written, and in
//! draft-04, with which `AppConfig` refuses an invalid one before it is deployed (as a validator of
//! a [freeform profile](plan::schema#as-a-validator-of-appconfig)). What
//! [no schema can say](plan::schema#what-no-schema-says) is listed there.
//!
//! ```
//! let schema = chaos_core::plan::schema::json_schema();
//! assert_eq!(schema["$defs"]["mode-latency"]["properties"]["min_latency"]["maximum"], 900_000);
//! ```
//!
//! # Where the document lives
//!
//! The environment says where. The first of these that is set and not empty wins, and a second one
//! is warned about:
//!
//! | variable | the document is | read again after |
//! | --- | --- | --- |
//! | `CHAOS_CONFIG` | this variable itself | never |
//! | `CHAOS_CONFIG_FILE` | in this file | 1 s |
//! | `CHAOS_APPCONFIG_APPLICATION`, `CHAOS_APPCONFIG_ENVIRONMENT` and `CHAOS_APPCONFIG_CONFIGURATION`, or `FAILURE_APPCONFIG_…` | in this configuration of `AppConfig`, freeform or feature flags, through `AppConfig`'s agent (feature `extension`); all three are needed | 0 s |
//! | `CHAOS_PARAM`, or `FAILURE_INJECTION_PARAM` | in this SSM parameter, String or SecureString, through the SDK (feature `ssm`) | 60 s |
//! | the same, without the feature `ssm` | there too, through the Parameters and Secrets extension (feature `extension`) | 0 s |
//!
//! `AppConfig`'s agent and the extension are Lambda layers that AWS offers. They listen on 127.0.0.1,
//! on `AWS_APPCONFIG_EXTENSION_HTTP_PORT` (2772) and `PARAMETERS_SECRETS_EXTENSION_HTTP_PORT`
//! (2773), and have caches of their own: those say how soon a change is seen, which for the
//! extension is `SSM_PARAMETER_STORE_TTL`, 300 seconds unless set. The extension answers during
//! invocations only, so [`init()`] does not ask it. In a profile of feature flags, attributes that
//! are no scalars are JSON in a text, and a flag named `settings` is the document's settings.
//!
//! And how it is treated:
//!
//! | variable | meaning | unless set |
//! | --- | --- | --- |
//! | `CHAOS_CACHE_TTL`, or `FAILURE_CACHE_TTL` | the cache time in seconds, 0 to 86400, decimals allowed | as above |
//! | `CHAOS_FETCH_TIMEOUT_MS` | the longest that a fetch may hold up a request, 0 to 900000 | 500 |
//! | `CHAOS_MAX_STALE` | the seconds for which an unconfirmed document stays in force, 1 to 86400; never less than twice the cache time | 300 |
//! | `CHAOS_DISABLED`, or `FAILURE_LAMBDA_DISABLED` | the kill switch: nothing is read and nothing injected | off |
//! | `CHAOS_DRY_RUN` | decide and say so, inject nothing | off |
//! | `CHAOS_METRICS` | write [metrics](#metrics) for CloudWatch | off |
//! | `CHAOS_LIST_POINTS` | say in the log [which points are reached](#points-and-labels) | off |
//! | `CHAOS_ALLOW` | exactly the modes that a document may use, with commas between | all but `memory`, `cpu`, `panic` and `exit`; outside Lambda not `diskspace` either |
//! | `CHAOS_RESPONSE_HEADER` | the name of a [response header](#the-response-header) that names the flags that fired | no header |
//!
//! A switch is on if it is set to anything but nothing, `0`, `false`, `no` or `off`. An empty
//! `CHAOS_ALLOW` allows nothing.
//!
//! The environment is read once: by [`init()`], or else when the first wrapped function runs.
//!
//! Two rules decide when a document is fetched. Requests shall not pay for it, and switching
//! faults off shall work:
//!
//! - A document younger than the cache time is used as it is. Between once and twice the cache
//!   time it is used while a new one is fetched beside the handler. When it is older, as in a
//!   function that was quiet for long, the request waits for the new one, at most for the fetch
//!   timeout.
//! - When a fetch fails or the wait runs out, one line in the log says why. Fetches go on beside
//!   the handlers, with backoff, and until one succeeds at most one request in each
//!   `CHAOS_MAX_STALE` waits again. The last
//!   good document stays in force, but no longer than `CHAOS_MAX_STALE` after it was last
//!   confirmed.
//! - A document that does not exist, or is invalid as a whole, means no chaos at once.
//!
//! A source of your own implements [`source::Source`]; [`Chaos::source`] takes it, and with it an
//! SSM client of your own.
//!
//! # What a function returns, and what that can carry
//!
//! The attribute never parses the word `Result`. It asks the compiler what the type is, so type
//! aliases work.
//!
//! | the function returns | an exception | a status code |
//! | --- | --- | --- |
//! | `Result<R, E>` where `E` [takes an injected error](#errors) | is the `Err` | as `R` carries it, below |
//! | anything else, or an `E` of `Infallible` | is a panic, and only where `CHAOS_ALLOW` names both `exception` and `panic` | as the type itself carries it |
//!
//! | type | carries a status code as |
//! | --- | --- |
//! | `http::Response<B>` where `B: From<String>`; so `lambda_http::Response<Body>` | itself |
//! | `impl IntoResponse` of lambda_http (feature `lambda_http`) or of axum (feature `axum`) | an [`Opaque`] in its place |
//! | `ApiGatewayV2httpResponse`, `ApiGatewayProxyResponse`, `AlbTargetGroupResponse` | itself |
//! | `serde_json::Value` | `{"statusCode": …, "headers": …, "body": …}`; not under lambda_http, where a `Value` is a body |
//! | a type of yours that serializes to and deserializes from that shape | itself; not under lambda_http |
//! | `impl Serialize` | an [`Opaque`] in its place |
//! | any other | not at all |
//!
//! A delay, a full disk, memory and cores suit every function. Where a type cannot carry the fault, the function
//! runs as if nothing had been asked, and an event of level error, once a flag, says so and why: one document
//! may be meant for several functions, and must not turn each message of a queue's worker into a
//! retry.
//!
//! Types that mention a lifetime, a reference or `Self` carry errors but no status code, unless
//! they are `impl IntoResponse` or `impl Serialize`.
//!
//! ## What is corrupted
//!
//! `corruption` works on what the function itself returned, at the handler or at a point, and leaves
//! it as it is where the type cannot carry it:
//!
//! | type | the body | headers |
//! | --- | --- | --- |
//! | `http::Response<B>` where `B: From<String> + 'static` | replaced; mangled if `B` is a text, bytes, or a body of lambda_http, lambda_runtime or axum | yes |
//! | any other `http::Response` of a function with the attribute | no | yes |
//! | lambda_runtime's streaming response | yes, chunk by chunk | yes, with the cookies of its prelude |
//! | `impl IntoResponse`, `impl Serialize` | yes, when it becomes a response | yes |
//! | JSON with a `statusCode` | its `body`, decoded and encoded again if `isBase64Encoded` says so | in `headers`, `multiValueHeaders` and `cookies` |
//! | any other JSON, from a type that serializes and deserializes | all of it: replaced (a `Value` gets a `body`, as in failure-lambda), or its texts and lists cut short as far as the type takes it | no |
//!
//! Text stays valid UTF-8, and a `content-length` that is there tells the new length, or is dropped
//! where that is not known. With a seed the same is cut off each time.
//!
//! ## The response header
//!
//! With `CHAOS_RESPONSE_HEADER=x-chaos`, the response of an invocation in which flags fired has
//! that header with their names, as `latency, slow-cache`: its own response or an injected one,
//! where it can carry headers. What a header cannot hold is percent encoded, and names beyond 1024
//! bytes are counted (`+2`). Flags that fired at points are named too; of points in spawned tasks,
//! while one invocation runs at a time. A dry run names nothing.
//!
//! # Errors
//!
//! An injected error is an [`InjectedError`]. It becomes the function's own error through `From`,
//! so boxed errors (`lambda_runtime::Error`), `anyhow::Error` and `lambda_runtime::Diagnostic`
//! need nothing. An enum takes one variant more, or a function is named:
//!
//! ```
//! use chaos_core::{InjectedError, inject_chaos};
//!
//! #[derive(Debug, thiserror::Error)]
//! enum OrderError {
//!     #[error("no such order")]
//!     NotFound,
//!     #[error(transparent)]
//!     Injected(#[from] InjectedError),
//! }
//!
//! #[inject_chaos]
//! async fn order(id: u32) -> Result<String, OrderError> {
//!     if id == 0 {
//!         return Err(OrderError::NotFound);
//!     }
//!     Ok(format!("order {id}"))
//! }
//!
//! /// Somebody else's error type.
//! # #[derive(Debug)]
//! struct StoreError(String);
//!
//! fn injected(error: InjectedError) -> StoreError {
//!     StoreError(error.to_string())
//! }
//!
//! #[inject_chaos(point = "store.get", error = injected)]
//! async fn get(key: &str) -> Result<Vec<u8>, StoreError> {
//!     Ok(key.as_bytes().to_vec())
//! }
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! # assert!(order(1).await.is_ok() && get("a").await.is_ok());
//! # let _ = StoreError(String::new()).0;
//! # }
//! ```
//!
//! The document's `exception_type` is on the wire as `errorType` where the handler's error is a
//! `lambda_runtime::Diagnostic`, or where the handler is behind a [`ChaosLayer`]. A boxed error
//! hides it: the runtime sends the name of the box's type, whatever is inside.
//!
//! # Points and labels
//!
//! Faults can also enter at the functions that a handler calls. There the name of the `point` is
//! needed; without one, a function counts as a handler. Labels are expressions over the arguments,
//! shown through `Display`, and looked at when a flag concerns the point:
//!
#![cfg_attr(feature = "inject", doc = "```")]
#![cfg_attr(not(feature = "inject"), doc = "```ignore")]
//! use chaos_core::{InjectedError, inject_chaos, testing::Scope};
//! use serde_json::json;
//!
//! struct Cache;
//!
//! impl Cache {
//!     #[inject_chaos(point = "cache.get_user", labels(tenant, shard = id % 4))]
//!     async fn get_user(&self, tenant: &str, id: u64) -> Result<Option<String>, InjectedError> {
//!         Ok(Some(format!("{tenant}/{id}")))
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let scope = Scope::new(&json!({
//!     "no-cache": { "enabled": true, "mode": "exception", "point": "cache.*", "labels": { "tenant": "b" } }
//! }));
//! assert!(scope.run(Cache.get_user("a", 7)).await.is_ok());
//! assert!(scope.run(Cache.get_user("b", 7)).await.is_err());
//! # }
//! ```
//!
//! In a glob, `*` stands for any run of characters, dots among them. The handler is the point
//! `handler`, so a glob of `*` reaches it too.
//!
//! Every call has the labels `lambda.function`, `lambda.version`, `lambda.region` and
//! `lambda.tenant`, where Lambda gives them, so that one document can serve many functions. A call
//! that is about several things at once, as a batch of an AWS service, has a label several times: it
//! is enough if one of the values fits, for `labels` and for `by`.
//!
//! A block of code is a point with [`point()`]:
//!
#![cfg_attr(feature = "inject", doc = "```")]
#![cfg_attr(not(feature = "inject"), doc = "```ignore")]
//! # use chaos_core::{InjectedError, point};
//! # async fn find(tenant: &str) -> Result<u8, InjectedError> { Ok(7) }
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), InjectedError> {
//! # let tenant = "a";
//! let user = point("cache.get_user").label("tenant", || tenant).run(async { find(tenant).await }).await?;
//! # assert_eq!(user, 7);
//! # Ok(())
//! # }
//! ```
//!
//! At a point, `match`, the deadline and the request id are those of the invocation around it, also
//! where several run at once in the process. In a task that was spawned they are those of the only
//! invocation that runs; of several only the earliest deadline is known there, and conditions do not
//! hold.
//!
//! For whoever writes the document, [`points()`] lists the points that were reached, where
//! `CHAOS_LIST_POINTS` or [`Chaos::list_points`] asks for it; in a test, [`testing::Scope::points`]
//! does. Each is also said once in the log, with the names of its labels, which are then evaluated
//! whether a flag concerns the point or not.
//!
//! # Setting up in `main`
//!
//! Nothing needs to be set up: the first wrapped function reads the environment. [`init()`] does it
//! in the init phase instead, so that no request waits for the first fetch. [`Chaos`] is the same
//! with a source, a client or times of your own.
//!
//! # In tests
//!
//! [`testing::Scope`] puts a document in force for one future or one call. Tests that run at the
//! same time do not see each other's, and the environment is not read. Waits go by tokio's clock,
//! so that under its paused time a latency of 30 s takes none. A seed makes the rolls the same each
//! time. [`testing`] has the rest, and a CI test of a handler under each fault:
//!
#![cfg_attr(feature = "inject", doc = "```")]
#![cfg_attr(not(feature = "inject"), doc = "```ignore")]
//! use chaos_core::{InjectedError, inject_chaos, testing::Scope};
//! use serde_json::json;
//!
//! #[inject_chaos]
//! async fn pay(amount: u32) -> Result<u32, InjectedError> {
//!     Ok(amount)
//! }
//!
//! async fn pay_with_retry(amount: u32) -> Result<u32, InjectedError> {
//!     match pay(amount).await {
//!         Ok(paid) => Ok(paid),
//!         Err(_) => pay(amount).await,
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! // The work is done, and then it fails: is anything paid twice?
//! let scope = Scope::new(&json!({
//!     "exception": { "enabled": true, "phase": "after", "limit": 1 }
//! }));
//! assert_eq!(scope.run(pay_with_retry(5)).await, Ok(5));
//! assert_eq!(scope.injected(), ["exception"]);
//! # }
//! ```
//!
//! # What is seen
//!
//! Each decision to inject is one `tracing` event with the fields `source` (always `chaos`),
//! `config_source`, `mode`, `flag`, `action`, `point`, where known `request_id`, and the mode's
//! own figures:
//!
//! | field | type | of |
//! | --- | --- | --- |
//! | `source` | text | every line: `chaos` |
//! | `config_source` | text | every line: `env`, `file`, `ssm`, `appconfig`, or what a source of one's own is named |
//! | `mode`, `flag`, `point` | texts | every line; the handler is the point `handler` |
//! | `action` | text | every line, see below |
//! | `request_id` | text | where the invocation is known |
//! | `latency_ms` | number | `latency`, `timeout` |
//! | `disk_mb`, `leave_free_mb` | whole numbers | `diskspace` |
//! | `memory_mb` | whole number | `memory` |
//! | `cpu_ms`, `cpu_threads` | whole numbers | `cpu` |
//! | `deny_list` | text | `denylist`: the expressions, with commas between |
//! | `status_code` | whole number | `statuscode` |
//! | `exit_code` | whole number | `exit` |
//! | `body` | text | `corruption`: `replaced` or `mangled` |
//! | `headers_dropped`, `headers_set` | whole numbers | `corruption` |
//! | `detail` | text | `exception`, `panic` and `lost_reply`: the message. Else what there is to remark |
//!
//! | `action` | level | meaning |
//! | --- | --- | --- |
//! | `inject` | info | it was injected |
//! | `clear` | info | what it had taken was given back, at the end of the call: `diskspace`, `memory`, `cpu`, `denylist` |
//! | `dryrun` | info | it would have been injected; the figures are those of the document |
//! | `block` | warning, once a flag, then debug | `CHAOS_ALLOW` does not allow the mode |
//! | `error` | error, once a flag, then debug | it could not be injected; `detail` says why |
//!
//! Lines about the document itself have `source` and `action`, and no `mode`; those of points that
//! were reached have the action `reach`, `point` and `labels`. Events need a
//! subscriber: without one, nothing is seen. A JSON subscriber with `flatten_event(true)`, as above,
//! writes lines that Logs Insights can query:
//!
//! ```text
//! fields @timestamp, mode, flag, point, request_id
//! | filter source = "chaos" and action = "inject"
//! | sort @timestamp desc
//! ```
//!
//! ```text
//! filter source = "chaos" and action = "inject"
//! | stats count(*) as times by flag, mode, point
//! ```
//!
//! # Calls of the AWS SDK
//!
//! With the feature `aws`, `chaos_core::aws::instrument(config)` makes every client that is built from
//! an `SdkConfig` a seam: each attempt of each call is a point `aws.SERVICE.OPERATION`, such as
//! `aws.dynamodb.PutItem`, with labels for its table, queue, bucket and so on. The module `aws` says
//! what each mode does to a call, and lists the services' errors.
//!
//! # Redis commands
//!
//! With the feature `redis`, `chaos_core::redis::instrument(connection)` makes every command of a
//! connection of the redis crate a point `redis.COMMAND`, such as `redis.GET`, with labels for its key,
//! the key's prefix, the database and the host. Errors are the client's own. The module `redis` says what
//! each mode does to a command, and lists the server's errors.
//!
//! # Metrics
//!
//! With `CHAOS_METRICS` set, or [`Chaos::metrics`], the function also writes lines in CloudWatch's
//! [embedded metric format][emf] to its standard output, of which CloudWatch makes metrics in the
//! namespace `Chaos`. They need no subscriber, and no rights beyond those to write logs.
//!
//! | metric | dimensions | what is counted |
//! | --- | --- | --- |
//! | `CallsSeen` | `FunctionName` | calls of wrapped handlers and of points, whether anything was on or not |
//! | `Injected` | `FunctionName`; and `FunctionName`, `Flag`, `Mode` | faults that were injected; no dry runs |
//! | `FetchesFailed` | `FunctionName` | fetches of the document that failed |
//!
//! The unit is always `Count`, and what counts nothing is left out. Outside Lambda, where
//! `AWS_LAMBDA_FUNCTION_NAME` is not set, the dimension `FunctionName` is left out too. A flag's name that
//! CloudWatch does not take as it is, is escaped as in Rust, put in quotes or cut after 1024
//! characters.
//!
//! At the end of each invocation one line is written, and one for each flag that was injected in it;
//! before a mode that may end the process (`timeout`, `panic`, `exit`) what was counted so far is
//! written at once. Where only points are wrapped there is no such end: there it is written with
//! a call of a point, at most once a second. CloudWatch charges for each flag as for a metric of
//! its own, and a document has at most 256.
//!
//! [emf]: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
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
//!   to be named in `CHAOS_ALLOW` everywhere.
//! - It denies no name to what fetches it, whoever's client that is, nor Lambda's Runtime API to the
//!   function.
//! - Disk, memory, cores and the names of hosts are the whole process's. Invocations that run at the same time in one
//!   process see no other fault of each other.
//! - `unsafe` is used in one place: with the feature `dns`, round the C library's `getaddrinfo`.

mod chaos;
mod clock;
mod engine;
mod error;
mod fault;
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
/// # Arguments
///
/// All are optional, in any order, each at most once.
///
/// | argument | meaning |
/// | --- | --- |
/// | `point = "cache.get_user"` | The name of the point: words joined by dots. Without it the function is a handler, and the first of its arguments that is an event is looked at. `handler` is taken, and neither `*` nor white space may be in a name. |
/// | `labels(tenant, shard = id % 4)` | What a flag's `labels` and `by` can ask for. Each value is an expression over the arguments whose type is `Display`; a lone `tenant` stands for `tenant = tenant`. Evaluated when a flag concerns the point. |
/// | `error = path` | A `fn(InjectedError) -> E`, for an error type `E` that is not `From<InjectedError>`. |
/// | `crate = path` | Where chaos-core is, if not at `::chaos_core`. |
///
/// Put it without `point` on the handler alone: a function that the handler calls would count as
/// a second handler, and be hit by the same flags again.
///
/// # Functions
///
/// - `async fn`: the faults come before the body is first polled, and after it is ready. A
///   delay does not block the thread.
/// - `fn`: the same, but a delay really blocks the thread, and so does waiting for a document that is
///   too old. On a runtime of one thread that would keep the fetch from going on: there such a call
///   goes without chaos, and the document is fetched beside it.
/// - `fn … -> impl Future` and `fn … -> Pin<Box<dyn Future>>` (also as `BoxFuture` or
///   `LocalBoxFuture`): the function's own code runs when it is called, and the faults come when
///   the future is polled. Its future is not polled if a fault answers in its place.
/// - Methods with any `self`, associated functions, generics, lifetimes, const generics,
///   `impl Trait` as an argument or a return type, destructured and `mut` arguments.
/// - Methods in an `impl` under `#[async_trait]`.
///
/// `return` and `?` in the body mean what they meant. The future is `Send` if the function's own is
/// and its output is.
///
/// ```
/// use std::fmt::Display;
/// use std::future::Future;
/// use chaos_core::{InjectedError, inject_chaos};
///
/// struct Store<'a> {
///     name: &'a str,
/// }
///
/// impl<'a> Store<'a> {
///     #[inject_chaos(point = "store.get", labels(store = self.name, key))]
///     async fn get<K: Display + Sync>(&self, key: &K) -> Result<String, InjectedError> {
///         Ok(format!("{}/{key}", self.name))
///     }
///
///     #[inject_chaos(point = "store.list")]
///     fn list(&self) -> Result<Vec<&'a str>, InjectedError> {
///         Ok(vec![self.name])
///     }
/// }
///
/// #[inject_chaos(point = "tax.of")]
/// fn tax((net, percent): (u32, u32)) -> impl Future<Output = Result<u32, InjectedError>> + Send {
///     async move { Ok(net * percent / 100) }
/// }
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # let store = Store { name: "a" };
/// # assert_eq!(store.get(&1).await.unwrap(), "a/1");
/// # assert_eq!(store.list().unwrap(), ["a"]);
/// # assert_eq!(tax((100, 7)).await, Ok(7));
/// # }
/// ```
///
/// # What a return type carries
///
/// Every type carries a delay, a full disk, and what memory and cores go through. What carries an error and what a status code is in
/// [tables in the crate's documentation](crate#what-a-function-returns-and-what-that-can-carry).
/// It is asked where the function is defined: in generic code, a type parameter carries a status
/// code only if its bounds say that it serializes and deserializes.
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
/// A return type of `impl IntoResponse` or `impl Serialize` becomes an [`Opaque`], which stands in
/// for it. Beside `Send`, `Sync`, `Unpin` and lifetimes it must be the only bound; with others,
/// the type carries no status code.
///
/// # What an event shows
///
/// The event is looked at only while a flag that is on has `match`, or `by` with a path. Then it
/// is serialized: `LambdaEvent<T>` where `T: Serialize`, `serde_json::Value`, and with the feature
/// `lambda_http` a `lambda_http::Request`, which is put together again as the event it came from,
/// as far as that goes. Of a `LambdaEvent` of another type only the context is looked at (request
/// id, deadline), and of all others nothing. A flag that needs to look and cannot does not fire,
/// and says so.
///
/// # Beside `#[tracing::instrument]`
///
/// Either order works. The upper attribute is the outer one:
///
/// - `#[inject_chaos]` above: the delay and the injected error are outside the function's span.
/// - `#[tracing::instrument]` above: they are inside it, and its `err` sees the injected error.
///
/// A handler whose event is destructured in its arguments is the exception: there `instrument`
/// always goes first.
///
/// # What is refused
///
/// With an error at the token that is wrong, and the function left as it is: an argument that does
/// not exist or is given twice, a label given twice, a name that is no point's, `const fn`, a
/// declaration without a body, anything that is no function, and `error = path` where there is no
/// `Result` or the path makes another type.
///
/// A return type that hides a lifetime (`View` for a `struct View<'a>`) and implements serde's traits
/// does not compile either: write the lifetime, `View<'_>`.
///
/// # What changes besides
///
/// As with `#[tracing::instrument]`, the body is a block of its own: arguments that it names are
/// dropped when it ends, and those that it does not name after them.
pub use chaos_macros::inject_chaos;

pub use crate::chaos::{Chaos, init};
pub use crate::engine::{PointInfo, points};
pub use crate::error::InjectedError;
#[cfg(feature = "aws")]
pub use crate::seam::aws;
pub use crate::seam::future::{ChaosFuture, Kind, Rounds, carrier_of};
pub use crate::seam::handler::{wrap, wrap_opaque};
pub use crate::seam::layer::{ChaosError, ChaosLayer, ChaosService};
pub use crate::seam::look::{HasContext, View};
pub use crate::seam::opaque::Opaque;
pub use crate::seam::point::{Point, point};
#[cfg(feature = "redis")]
pub use crate::seam::redis;
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

//! Every shape of function that the attribute takes, with and without a fault.
#![cfg(all(feature = "inject", feature = "lambda"))]

use std::fmt::{Debug, Display};
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

use chaos_core::testing::Scope;
use chaos_core::{InjectedError, inject_chaos};
use lambda_runtime::{Context, Diagnostic, Error, LambdaEvent};
use serde_json::{Value, json};

fn nothing() -> Scope {
    Scope::new(&json!({}))
}

fn boom() -> Scope {
    Scope::new(&json!({"exception": {"enabled": true, "exception_msg": "boom"}}))
}

/// A fault at the point of this name.
fn boom_at(point: &str) -> Scope {
    Scope::new(&json!({"exception": {"enabled": true, "exception_msg": "boom", "point": point}}))
}

fn slow() -> Scope {
    Scope::new(&json!({"latency": {"enabled": true, "min_latency": 5000}}))
}

fn event(payload: Value) -> LambdaEvent<Value> {
    LambdaEvent::new(payload, Context::default())
}

// --- error types -----------------------------------------------------------------------------

#[inject_chaos]
async fn boxed(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let n: i64 = event.payload["n"].as_str().unwrap_or("1").parse()?;
    if n == 2 {
        return Ok(json!("two"));
    }
    Ok(json!(n))
}

#[inject_chaos]
async fn anyhowed(event: LambdaEvent<Value>) -> anyhow::Result<i64> {
    let text = event.payload.as_str().unwrap_or("1");
    Ok(text.parse::<i64>()?)
}

#[inject_chaos]
async fn diagnosed(_event: LambdaEvent<Value>) -> Result<Value, Diagnostic> {
    Ok(json!(1))
}

#[derive(Debug, thiserror::Error)]
enum Own {
    #[error("not a number: {0}")]
    Parse(#[from] std::num::ParseIntError),
    #[error(transparent)]
    Injected(#[from] InjectedError),
}

/// `?` has two ways into the error type: inference must know which one is meant.
#[inject_chaos]
async fn owned(text: &str) -> Result<i64, Own> {
    Ok(text.parse::<i64>()?)
}

#[derive(Debug, PartialEq)]
struct Foreign(String);

fn to_foreign(error: InjectedError) -> Foreign {
    Foreign(error.into_message())
}

#[inject_chaos(error = to_foreign)]
async fn by_path(n: u8) -> Result<u8, Foreign> {
    Ok(n)
}

type Answer<T> = std::result::Result<T, Error>;

#[inject_chaos]
async fn aliased(n: u8) -> Answer<u8> {
    Ok(n)
}

#[tokio::test]
async fn errors_reach_every_error_type() {
    let scope = boom();
    assert_eq!(
        scope
            .run(boxed(event(json!({}))))
            .await
            .unwrap_err()
            .to_string(),
        "boom"
    );
    assert_eq!(
        scope
            .run(anyhowed(event(json!("1"))))
            .await
            .unwrap_err()
            .to_string(),
        "boom"
    );
    assert_eq!(
        scope
            .run(diagnosed(event(json!({}))))
            .await
            .unwrap_err()
            .error_type,
        "InjectedError"
    );
    assert!(matches!(scope.run(owned("1")).await, Err(Own::Injected(_))));
    assert_eq!(scope.run(by_path(1)).await, Err(Foreign("boom".into())));
    assert_eq!(scope.run(aliased(1)).await.unwrap_err().to_string(), "boom");
}

#[tokio::test]
async fn without_a_fault_return_and_question_mark_mean_what_they_meant() {
    let scope = nothing();
    assert_eq!(
        scope.run(boxed(event(json!({"n": "2"})))).await.unwrap(),
        json!("two")
    );
    assert_eq!(
        scope.run(boxed(event(json!({"n": "3"})))).await.unwrap(),
        json!(3)
    );
    assert!(scope.run(boxed(event(json!({"n": "x"})))).await.is_err());
    assert!(matches!(scope.run(owned("x")).await, Err(Own::Parse(_))));
    assert_eq!(scope.run(by_path(4)).await, Ok(4));
    assert_eq!(
        boxed(event(json!({}))).await.unwrap(),
        json!(1),
        "outside any scope too"
    );
}

// --- arguments and receivers -----------------------------------------------------------------

struct Users<'a, T> {
    known: Vec<&'a str>,
    tag: T,
}

impl<'a, T: Display + Clone + Sync> Users<'a, T> {
    #[inject_chaos(point = "users.find", labels(tag = self.tag, id))]
    async fn find<'b>(&'b self, id: usize) -> Result<&'b &'a str, Own> {
        let Some(found) = self.known.get(id) else {
            return Ok(&self.known[0]);
        };
        Ok(found)
    }

    #[inject_chaos(point = "users.add")]
    fn add(&mut self, name: &'a str) -> Result<&mut Vec<&'a str>, Own> {
        self.known.push(name);
        Ok(&mut self.known)
    }

    #[inject_chaos(point = "users.first")]
    fn first(&self) -> &str {
        self.known[0]
    }

    #[inject_chaos(point = "users.into")]
    fn into_known(self) -> Result<Vec<&'a str>, Own> {
        Ok(self.known)
    }
}

#[tokio::test]
async fn methods_keep_their_receivers_and_lifetimes() {
    let mut users = Users {
        known: vec!["ann", "ben"],
        tag: "x",
    };
    assert_eq!(nothing().run(users.find(1)).await.unwrap(), &"ben");
    assert_eq!(nothing().run(users.find(7)).await.unwrap(), &"ann");
    assert!(boom_at("users.*").run(users.find(1)).await.is_err());
    assert!(boom_at("users.add").run_blocking(|| users.add("eve").is_err()));
    assert_eq!(
        users.add("cat").unwrap().len(),
        3,
        "the fault came before the work"
    );
    assert_eq!(users.first(), "ann");
    assert_eq!(users.into_known().unwrap(), ["ann", "ben", "cat"]);
}

#[tokio::test]
async fn labels_aim_at_some_calls_only() {
    let users = Users {
        known: vec!["ann"],
        tag: "x",
    };
    let scope = Scope::new(&json!({"exception": {
        "enabled": true, "point": "users.find", "labels": {"id": ["1", "2"], "tag": "x"},
    }}));
    let hit: Vec<bool> = [
        scope.run(users.find(0)).await,
        scope.run(users.find(1)).await,
        scope.run(users.find(2)).await,
    ]
    .iter()
    .map(Result::is_err)
    .collect();
    assert_eq!(hit, [false, true, true]);
}

#[inject_chaos]
async fn destructured(
    LambdaEvent {
        mut payload,
        context: _,
    }: LambdaEvent<Vec<u32>>,
) -> Result<Vec<u32>, Error> {
    payload.push(4);
    Ok(payload)
}

#[inject_chaos]
async fn mutable(mut event: LambdaEvent<Value>) -> Result<Value, Error> {
    event.payload["seen"] = json!(true);
    Ok(event.payload)
}

#[inject_chaos]
async fn tuple((a, b): (u8, u8), [c, ..]: [u8; 3], (): ()) -> Result<u8, Error> {
    Ok(a + b + c)
}

#[tokio::test]
async fn arguments_may_be_destructured() {
    let event_of = |payload| LambdaEvent::new(payload, Context::default());
    assert_eq!(
        nothing()
            .run(destructured(event_of(vec![1])))
            .await
            .unwrap(),
        [1, 4]
    );
    assert!(boom().run(destructured(event_of(vec![1]))).await.is_err());
    assert_eq!(
        nothing().run(mutable(event(json!({})))).await.unwrap(),
        json!({"seen": true})
    );
    assert_eq!(
        nothing().run(tuple((1, 2), [3, 0, 0], ())).await.unwrap(),
        6
    );
    assert!(boom().run(tuple((1, 2), [3, 0, 0], ())).await.is_err());
}

#[inject_chaos]
async fn generic<T, const N: usize>(event: LambdaEvent<[T; N]>) -> Result<usize, Error>
where
    T: Debug + Send,
{
    let seen = format!("{:?}", event.payload);
    Ok(seen.len() + N)
}

#[inject_chaos(point = "takes.impl")]
async fn takes_impl(text: impl AsRef<str> + Send, f: impl Fn(&str) -> usize) -> Result<usize, Own> {
    Ok(f(text.as_ref()))
}

#[inject_chaos]
async fn gives_impl(n: u8) -> Result<impl Iterator<Item = u8> + Debug, Error> {
    Ok(0..n)
}

#[inject_chaos(point = "gives.plain")]
fn gives_plain(n: u8) -> impl Iterator<Item = u8> {
    0..n
}

#[tokio::test]
async fn generics_and_impl_trait_work() {
    let three = || LambdaEvent::new([1, 2, 3], Context::default());
    assert_eq!(nothing().run(generic(three())).await.unwrap(), 12);
    assert!(boom().run(generic(three())).await.is_err());
    assert_eq!(
        nothing().run(takes_impl("four", str::len)).await.unwrap(),
        4
    );
    assert!(
        boom_at("takes.*")
            .run(takes_impl("four", str::len))
            .await
            .is_err()
    );
    assert_eq!(nothing().run(gives_impl(3)).await.unwrap().sum::<u8>(), 3);
    assert!(boom().run(gives_impl(3)).await.is_err());
    assert_eq!(gives_plain(3).count(), 3);
}

// --- how a function hands back its result ----------------------------------------------------

#[inject_chaos]
fn blocking(n: u8) -> Result<u8, Error> {
    Ok(n)
}

#[inject_chaos]
fn plain_future(n: u8) -> impl Future<Output = Result<u8, Error>> + Send {
    async move {
        let doubled = u8::try_from(u16::from(n) * 2)?;
        Ok(doubled)
    }
}

#[inject_chaos]
fn boxed_future(n: u8) -> Pin<Box<dyn Future<Output = Result<u8, Error>> + Send>> {
    Box::pin(async move { Ok(n) })
}

#[async_trait::async_trait]
trait Store {
    async fn get(&self, key: &str) -> Result<String, Own>;
    async fn put(&mut self, key: &str, value: String) -> Result<(), Own>;
}

struct Memory(Vec<(String, String)>);

#[async_trait::async_trait]
impl Store for Memory {
    #[inject_chaos(point = "store.get", labels(key))]
    async fn get(&self, key: &str) -> Result<String, Own> {
        let found = self.0.iter().find(|(name, _)| name == key);
        Ok(found.map(|(_, value)| value.clone()).unwrap_or_default())
    }

    #[inject_chaos(point = "store.put")]
    async fn put(&mut self, key: &str, value: String) -> Result<(), Own> {
        self.0.push((key.to_owned(), value));
        Ok(())
    }
}

#[test]
fn a_function_that_is_not_async_really_blocks() {
    let scope = Scope::new(&json!({"latency": {"enabled": true, "min_latency": 60}}));
    let start = Instant::now();
    assert_eq!(scope.run_blocking(|| blocking(1)).unwrap(), 1);
    assert!(start.elapsed() >= Duration::from_millis(60));
    assert!(boom().run_blocking(|| blocking(1)).is_err());
    assert_eq!(blocking(2).unwrap(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_function_that_returns_a_future_waits_in_it() {
    let start = tokio::time::Instant::now();
    let scope = slow();
    let future = scope.run_blocking(|| plain_future(2));
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert_eq!(scope.run(future).await.unwrap(), 4);
    assert!(start.elapsed() >= Duration::from_secs(5));
    assert_eq!(scope.run(async { boxed_future(2).await }).await.unwrap(), 2);
    assert!(start.elapsed() >= Duration::from_secs(10));
    assert!(boom().run(async { plain_future(2).await }).await.is_err());
    assert!(boom().run(async { boxed_future(2).await }).await.is_err());
    assert_eq!(plain_future(3).await.unwrap(), 6);
}

#[tokio::test]
async fn async_trait_methods_are_points() {
    let mut memory = Memory(Vec::new());
    memory.put("a", "1".into()).await.unwrap();
    assert_eq!(
        nothing()
            .run(async { memory.get("a").await })
            .await
            .unwrap(),
        "1"
    );
    let scope = Scope::new(&json!({"exception": {
        "enabled": true, "point": "store.get", "labels": {"key": "b"},
    }}));
    assert!(scope.run(async { memory.get("a").await }).await.is_ok());
    assert!(scope.run(async { memory.get("b").await }).await.is_err());
    let put = boom_at("store.put")
        .run(async { memory.put("b", "2".into()).await })
        .await;
    assert!(put.is_err());
    assert_eq!(memory.0.len(), 1, "the fault came before the work");
}

#[tokio::test(start_paused = true)]
async fn an_async_function_waits_without_blocking() {
    let start = tokio::time::Instant::now();
    assert!(slow().run(aliased(1)).await.is_ok());
    assert!(start.elapsed() >= Duration::from_secs(5));
}

// --- beside tracing --------------------------------------------------------------------------

#[inject_chaos]
#[tracing::instrument(skip(event), fields(size = event.payload.to_string().len()))]
async fn chaos_outside(event: LambdaEvent<Value>) -> Result<Value, Error> {
    Ok(event.payload)
}

#[tracing::instrument(skip(event), err)]
#[inject_chaos]
async fn chaos_inside(event: LambdaEvent<Value>) -> Result<Value, Error> {
    Ok(event.payload)
}

#[inject_chaos]
#[tracing::instrument(skip(payload, context))]
async fn chaos_outside_destructured(
    LambdaEvent { payload, context }: LambdaEvent<Value>,
) -> Result<(Value, String), Error> {
    Ok((payload, context.request_id))
}

#[tracing::instrument(skip_all)]
#[inject_chaos]
fn chaos_inside_blocking((a, b): (u8, u8)) -> Result<u8, Error> {
    Ok(a + b)
}

#[tokio::test]
async fn lives_with_instrument_in_either_order() {
    for scope in [nothing(), boom()] {
        let fails = scope.run(aliased(1)).await.is_err();
        assert_eq!(
            scope.run(chaos_outside(event(json!(1)))).await.is_err(),
            fails
        );
        assert_eq!(
            scope.run(chaos_inside(event(json!(1)))).await.is_err(),
            fails
        );
        assert_eq!(
            scope
                .run(chaos_outside_destructured(event(json!(1))))
                .await
                .is_err(),
            fails
        );
        assert_eq!(
            scope
                .run_blocking(|| chaos_inside_blocking((1, 2)))
                .is_err(),
            fails
        );
    }
}

// --- no result, another path -----------------------------------------------------------------

#[inject_chaos]
async fn unit(n: &mut u8) {
    *n += 1;
    if *n > 100 {
        return;
    }
    *n += 1;
}

#[inject_chaos]
async fn never_fails(n: u8) -> Result<u8, std::convert::Infallible> {
    Ok(n)
}

#[tokio::test]
async fn a_function_without_an_error_type_is_never_failed() {
    let mut n = 0;
    let scope = boom();
    scope.run(unit(&mut n)).await;
    assert_eq!(n, 2);
    assert_eq!(scope.run(never_fails(3)).await, Ok(3));
    let messages: Vec<_> = scope
        .decisions()
        .into_iter()
        .filter_map(|d| d.message)
        .collect();
    assert_eq!(messages.len(), 2);
    assert!(messages[0].contains("CHAOS_ALLOW"), "{messages:?}");
    assert_eq!(scope.injected(), [""; 0]);
}

#[tokio::test]
#[should_panic(expected = "boom")]
async fn it_panics_where_that_is_allowed() {
    let document = json!({"exception": {"enabled": true, "exception_msg": "boom"}});
    Scope::allowing(&document, &["exception", "panic"])
        .run(unit(&mut 0))
        .await;
}

mod elsewhere {
    pub(crate) use chaos_core as renamed;
}

#[inject_chaos(crate = crate::elsewhere::renamed, point = "re.named")]
async fn through_another_path() -> Result<u8, Error> {
    Ok(1)
}

#[tokio::test]
async fn the_crate_may_have_another_name() {
    assert!(through_another_path().await.is_ok());
    assert!(boom_at("re.*").run(through_another_path()).await.is_err());
}

// --- inference stays as good as without ------------------------------------------------------

trait Shape {
    fn area(&self) -> f64;
}

struct Square(f64);

impl Shape for Square {
    fn area(&self) -> f64 {
        self.0 * self.0
    }
}

#[inject_chaos]
async fn coerces(side: f64) -> Box<dyn Shape> {
    Box::new(Square(side))
}

#[inject_chaos(point = "coerces.blocking")]
fn coerces_blocking(side: f64) -> Box<dyn Shape> {
    Box::new(Square(side))
}

#[inject_chaos]
async fn infers_collect(n: u8) -> Result<Vec<u8>, Error> {
    Ok((0..n).collect())
}

#[inject_chaos]
async fn only_fails(_n: u8) -> Result<u8, Error> {
    Err("always".into())
}

#[tokio::test]
async fn inference_is_as_good_as_without() {
    assert!((coerces(2.0).await.area() - 4.0).abs() < 1e-9);
    assert!((coerces_blocking(3.0).area() - 9.0).abs() < 1e-9);
    assert_eq!(infers_collect(3).await.unwrap(), [0, 1, 2]);
    assert_eq!(only_fails(1).await.unwrap_err().to_string(), "always");
}

#[test]
fn futures_stay_send() {
    fn send<T: Send>(value: T) -> T {
        value
    }
    drop(send(boxed(event(json!({})))));
    drop(send(plain_future(1)));
    drop(send(gives_impl(1)));
    drop(send(through_another_path()));
}

/// A future that is not `Send` may be wrapped too.
#[inject_chaos]
async fn not_send(n: std::rc::Rc<u8>) -> Result<u8, Error> {
    tokio::task::yield_now().await;
    Ok(*n)
}

#[tokio::test]
async fn futures_need_not_be_send() {
    assert!(nothing().run(not_send(1.into())).await.is_ok());
    assert!(boom().run(not_send(1.into())).await.is_err());
}

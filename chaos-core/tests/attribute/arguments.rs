//! The attribute: arguments and receivers.

use std::fmt::{Debug, Display};

use super::*;

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
pub(crate) async fn gives_impl(n: u8) -> Result<impl Iterator<Item = u8> + Debug, Error> {
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

//! The attribute: inference stays as good as without.

use super::*;

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
    drop(send(crate::errors::boxed(event(json!({})))));
    drop(send(crate::results::plain_future(1)));
    drop(send(crate::arguments::gives_impl(1)));
    drop(send(crate::elsewhere::through_another_path()));
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

//! The list of the points that were reached.

use chaos_core::testing::Scope;
use chaos_core::{InjectedError, PointInfo, inject_chaos, point, points};
use lambda_runtime::{Context, Error, LambdaEvent};
use serde_json::{Value, json};
use tracing::Level;

use crate::log::Log;

#[inject_chaos(point = "store.get", labels(key))]
async fn get(key: &str) -> Result<String, InjectedError> {
    Ok(key.to_owned())
}

#[inject_chaos]
async fn handler(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let got = get("a").await?;
    point("store.put")
        .label("tenant", || "t")
        .label("kind", || "write")
        .run_blocking(|| Ok::<_, InjectedError>(()))?;
    point("store.put")
        .label("size", || got.len())
        .run(async { Ok::<_, InjectedError>(()) })
        .await?;
    Ok(event.payload)
}

fn event() -> LambdaEvent<Value> {
    LambdaEvent::new(json!({}), Context::default())
}

fn shown(points: &[PointInfo]) -> Vec<(&str, String, u64)> {
    let shown = |point: &PointInfo| point.labels.join(" ");
    let points = points.iter();
    points
        .map(|point| (point.name.as_str(), shown(point), point.calls))
        .collect()
}

#[tokio::test]
async fn has_each_point_with_its_labels_and_its_calls() {
    // With a document that asks for nothing, and with one that names the points.
    let slow = json!({ "latency": { "enabled": true, "min_latency": 0, "point": "store.*" } });
    for document in [json!({}), slow] {
        let scope = Scope::builder(&document).list_points().build();
        assert_eq!(scope.points(), []);
        scope.run(handler(event())).await.expect("an answer");
        let inside = scope.run(async {
            get("b").await.expect("its own answer");
            points()
        });
        let inside = inside.await;
        assert_eq!(
            shown(&inside),
            [
                ("store.get", "key".to_owned(), 2),
                ("store.put", "kind size tenant".to_owned(), 2),
            ],
            "{document}"
        );
        assert_eq!(scope.points(), inside);
        // A flip leaves the list.
        scope.flip(&json!({}));
        scope.run(handler(event())).await.expect("an answer");
        assert_eq!(scope.points()[0].calls, 3);
    }
}

#[tokio::test]
async fn is_empty_unless_it_is_asked_for() {
    let scope = Scope::new(&json!({}));
    scope.run(handler(event())).await.expect("an answer");
    assert_eq!(scope.points(), []);
    assert_eq!(scope.run(async { points() }).await, []);
    assert_eq!(points(), [], "there is no engine outside");
}

#[tokio::test]
async fn each_point_is_said_once_and_again_where_a_label_is_new() {
    let (log, _guard) = Log::collect(Level::INFO);
    let scope = Scope::builder(&json!({})).list_points().build();
    for _ in 0..3 {
        scope.run(handler(event())).await.expect("an answer");
    }
    let lines = log.take().into_iter().map(|line| {
        assert_eq!(line["source"], "chaos");
        assert_eq!(line["action"], "reach");
        assert_eq!(line["message"], "point reached");
        ["point", "labels"].map(|field| line[field].as_str().expect("a text").to_owned())
    });
    assert_eq!(
        lines.collect::<Vec<_>>(),
        [
            ["store.get", "key"],
            ["store.put", "kind,tenant"],
            ["store.put", "kind,size,tenant"],
        ]
    );
}

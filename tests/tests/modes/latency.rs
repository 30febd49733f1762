//! Mode `latency`: the answer is the handler's own, later.

use std::time::Duration;

use chaos_tests::{Launch, Running, function};
use serde_json::{Value, json};

const WAIT: Duration = Duration::from_millis(300);

fn delayed(percentage: u8) -> Launch {
    function!("value").document(&json!({
        "latency": {"enabled": true, "percentage": percentage, "min_latency": 300, "max_latency": 300}
    }))
}

fn own_answer() -> Value {
    json!({"statusCode": 200, "body": "own answer"})
}

#[tokio::test]
async fn always() {
    let function = delayed(100).start().await;
    for _ in 0..3 {
        let reply = function.reply(json!({})).await;
        assert!(reply.duration >= WAIT, "{reply:?}\n{}", function.story());
        assert_eq!(reply.payload(), Ok(own_answer()));
        let line = function.line("the wait", |line| {
            line.field("request_id") == reply.request_id
        });
        let line = line.await;
        assert_eq!(line.field("action"), "inject", "{line}");
        assert_eq!(line.field("mode"), "latency", "{line}");
        assert_eq!(line.field("latency_ms"), "300.0", "{line}");
    }
}

#[tokio::test]
async fn never() {
    let function = delayed(0).start().await;
    let mut waits = Vec::new();
    for _ in 0..5 {
        let reply = function.reply(json!({})).await;
        waits.push(reply.duration);
        assert_eq!(reply.payload(), Ok(own_answer()));
    }
    let shortest = waits.iter().min();
    assert!(shortest < Some(&WAIT), "{waits:?}\n{}", function.story());
    function.settle().await;
    assert!(
        function.actions("inject").is_empty(),
        "{}",
        function.story()
    );
}

/// A wait between two bounds is between them, and not always the same.
#[tokio::test]
async fn between_bounds() {
    let document = json!({"latency": {"enabled": true, "min_latency": 20, "max_latency": 80}});
    let function = function!("value").document(&document).start().await;
    for _ in 0..20 {
        let waited = function.timed(json!({})).await;
        assert!(waited >= Duration::from_millis(20), "{}", function.story());
    }
    let waits = waits(&function).await;
    assert!(waits.len() >= 20, "{}", function.story());
    assert!(
        waits.iter().all(|wait| (20.0..=80.0).contains(wait)),
        "{waits:?}"
    );
    assert!(waits.iter().any(|wait| *wait < 50.0), "{waits:?}");
    assert!(waits.iter().any(|wait| *wait > 50.0), "{waits:?}");
}

/// What the log says of each wait so far, in milliseconds.
async fn waits(function: &Running) -> Vec<f64> {
    function.settle().await;
    let lines = function.actions("inject");
    let waits = lines.iter().map(|line| line.field("latency_ms").parse());
    waits.collect::<Result<_, _>>().expect("each is a number")
}

/// How many waits are drawn of each distribution.
const DRAWN: u32 = 200;

/// So many waits with a mean of 20 ms and a standard deviation of 6 ms: the same in each process.
async fn drawn(distribution: &str) -> Vec<f64> {
    let document = json!({
        "settings": {"seed": 7},
        "latency": {"enabled": true, "distribution": distribution, "mean": 20, "sigma": 6},
    });
    let function = function!("value").document(&document).start().await;
    let mut took = Duration::ZERO;
    for _ in 0..DRAWN {
        let reply = function.reply(json!({})).await;
        assert_eq!(reply.payload(), Ok(own_answer()));
        took += reply.duration;
    }
    let mut waits = waits(&function).await;
    // `settle` invokes it too
    waits.truncate(DRAWN as usize);
    let waited = waits.iter().sum::<f64>();
    assert!(
        took.as_secs_f64() * 1_000.0 >= waited,
        "{took:?} for {waited} ms"
    );
    waits.sort_by(f64::total_cmp);
    waits
}

/// The mean of 200 such waits is off by less than four of its own standard deviations of
/// 6 / √200 ms.
fn assert_mean(waits: &[f64]) {
    let mean = waits.iter().sum::<f64>() / f64::from(DRAWN);
    assert!((mean - 20.0).abs() < 1.7, "{mean}: {waits:?}");
}

#[tokio::test]
async fn normal() {
    let (waits, same) = tokio::join!(drawn("normal"), drawn("normal"));
    assert_eq!(waits, same, "with the same seed");
    assert_mean(&waits);
    // Two of three are within one standard deviation, to either side alike.
    let near = waits.iter().filter(|wait| (14.0..26.0).contains(*wait));
    let near = near.count();
    assert!((110..160).contains(&near), "{near}: {waits:?}");
    let median = waits[waits.len() / 2];
    assert!((median - 20.0).abs() < 2.0, "{median}: {waits:?}");
}

/// The tail is to the side of the long waits.
#[tokio::test]
async fn lognormal() {
    let (waits, same) = tokio::join!(drawn("lognormal"), drawn("lognormal"));
    assert_eq!(waits, same, "with the same seed");
    assert_mean(&waits);
    let (shortest, longest) = (waits[0], waits[waits.len() - 1]);
    assert!(shortest > 0.0, "{waits:?}");
    assert!(longest - 20.0 > 20.0 - shortest, "{waits:?}");
}

//! One line when trouble starts, silence while it lasts, one line when it is over.

use serde_json::Value;
use tracing::Level;
use tracing::subscriber::DefaultGuard;

use super::*;
use crate::log::Log;

/// Collects what this thread logs at level info and above.
struct Lines(Log);

impl Lines {
    fn collect() -> (Self, DefaultGuard) {
        let (log, guard) = Log::collect(Level::INFO);
        (Self(log), guard)
    }

    /// The lines since the last call.
    fn take(&self) -> Vec<Value> {
        self.0.take()
    }

    /// Level and message of the lines since the last call.
    fn short(&self) -> Vec<String> {
        let short = |line: Value| {
            assert_eq!(line["target"], "chaos");
            assert_eq!(line["source"], "chaos");
            assert_eq!(line["config_source"], "script");
            let [level, message] = ["level", "message"].map(|key| line[key].as_str().unwrap());
            format!("{level} {message}")
        };
        self.take().into_iter().map(short).collect()
    }
}

const NOTHING: [&str; 0] = [];

#[tokio::test(start_paused = true)]
async fn trouble_is_one_line_and_so_is_its_end() {
    let (lines, _guard) = Lines::collect();
    let stage = Stage::new([Say::Text("a"), Say::Fail("connection refused")]);
    stage.invoke().await;
    assert_eq!(lines.short(), NOTHING);
    for _ in 0..100 {
        sleep_s(2).await;
        stage.invoke_freely().await;
    }
    let logged = lines.take();
    assert_eq!(logged.len(), 1, "{logged:?}");
    let line = &logged[0];
    assert_eq!(line["level"], "WARN");
    assert_eq!(line["action"], "error");
    assert_eq!(line["location"], "scene 1");
    assert_eq!(line["reason"], "connection refused");
    assert_eq!(
        line["message"],
        "cannot read the chaos document (scene 1): connection refused; the last one stays in \
         force, at most for 300 s after it was last confirmed"
    );

    stage.says([Say::Text("a")]);
    for _ in 0..61 {
        sleep_s(1).await;
        stage.invoke_freely().await;
    }
    let logged = lines.take();
    assert_eq!(logged.len(), 1, "{logged:?}");
    assert_eq!(logged[0]["level"], "INFO");
    assert_eq!(logged[0]["action"], "clear");
}

#[tokio::test(start_paused = true)]
async fn a_change_of_reason_is_one_line() {
    let (lines, _guard) = Lines::collect();
    let stage = Stage::new([
        Say::Fail("refused"),
        Say::Fail("refused"),
        Say::Fail("denied"),
        Say::Fail("denied"),
    ]);
    for _ in 0..100 {
        stage.invoke().await;
        sleep_s(1).await;
    }
    assert_eq!(
        lines.short(),
        [
            "WARN cannot read the chaos document (scene 1): refused; no chaos until it has been read",
            "WARN cannot read the chaos document (scene 1): denied; no chaos until it has been read",
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn silence_is_one_line() {
    let (lines, _guard) = Lines::collect();
    let stage = Stage::new([Say::Hang]);
    for _ in 0..200 {
        stage.invoke().await;
        sleep_s(1).await;
    }
    assert_eq!(
        lines.short(),
        [
            "WARN cannot read the chaos document (scene 1): no answer within 500 ms; see that the function can reach it, in a VPC by a NAT gateway or an interface endpoint; no chaos until it has been read"
        ]
    );
}

/// A call that is dropped says nothing of the source, before its first poll or after it.
#[tokio::test(start_paused = true)]
async fn a_wait_that_is_given_up_is_no_trouble() {
    for polled in [false, true] {
        let (lines, _guard) = Lines::collect();
        let stage = Stage::new([Say::Slow(100, "a")]);
        let wait = stage.refresh.turn().unwrap();
        let wait = tokio::time::timeout(Duration::from_millis(20), wait);
        if polled {
            assert!(wait.await.is_err());
        } else {
            drop(wait);
        }
        sleep_ms(101).await;
        assert_eq!(stage.in_force().as_deref(), Some("a"));
        assert_eq!(lines.short(), NOTHING, "polled: {polled}");
    }
}

/// What the source itself then fails to say is trouble, as if nobody had waited for it.
#[tokio::test(start_paused = true)]
async fn a_wait_that_is_given_up_hides_no_trouble() {
    let (lines, _guard) = Lines::collect();
    let stage = Stage::new([Say::Hang]);
    drop(stage.refresh.turn().unwrap());
    sleep_s(6).await;
    assert_eq!(
        lines.short(),
        [
            "WARN cannot read the chaos document (scene 1): no answer within 5000 ms; see that the function can reach it, in a VPC by a NAT gateway or an interface endpoint; no chaos until it has been read"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_document_that_lapses_is_one_line() {
    let (lines, _guard) = Lines::collect();
    let stage = Stage::new([Say::Text("a"), Say::Fail("refused")]);
    stage.invoke().await;
    for _ in 0..400 {
        sleep_s(1).await;
        stage.invoke().await;
    }
    let logged = lines.short();
    assert_eq!(logged.len(), 2, "{logged:?}");
    assert!(logged[1].contains("unconfirmed for 300 s"), "{logged:?}");
}

#[tokio::test(start_paused = true)]
async fn trouble_that_takes_a_document_out_of_force_is_one_line() {
    let (lines, _guard) = Lines::collect();
    let stage = Stage::new([Say::Text("a"), Say::Hang]);
    stage.invoke().await;
    stage.freeze(secs(3600));
    stage.invoke().await;
    assert_eq!(
        lines.short(),
        [
            "WARN cannot read the chaos document (scene 1): no answer within 500 ms; see that the function can reach it, in a VPC by a NAT gateway or an interface endpoint; no chaos, as the last one has gone unconfirmed for 300 s"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_document_that_is_missing_is_one_line_and_so_is_its_coming() {
    let (lines, _guard) = Lines::collect();
    let stage = Stage::new([Say::Missing]);
    for _ in 0..10 {
        stage.invoke().await;
        sleep_s(61).await;
    }
    assert_eq!(
        lines.short(),
        [
            "WARN there is no chaos document (scene 1): it does not exist; no chaos until there is one"
        ]
    );
    stage.says([Say::Text("a")]);
    stage.invoke_freely().await;
    assert_eq!(
        lines.short(),
        ["INFO the chaos document can be read again (scene 1)"]
    );
}

#[test]
fn a_runtime_without_timers_is_one_line() {
    let (lines, _guard) = Lines::collect();
    let stage = Stage::new([Say::Text("a")]);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        stage.invoke().await;
        stage.invoke().await;
    });
    let logged = lines.short();
    assert_eq!(logged.len(), 1);
    assert!(logged[0].contains("enable_time"));
}

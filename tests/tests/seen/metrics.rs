//! The metrics of a real process: what CloudWatch would make of its lines.

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use chaos_local::{Behaviour, InvokeError, ParameterStore};
use chaos_tests::{Launch, PARAMETER, Running, function, wait};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::emf::{lines, sum, sums};

const INVOCATIONS: u64 = 40;
/// The name that chaos-local gives to the function.
const FUNCTION: (&str, &str) = ("FunctionName", "tested");

fn counting(launch: Launch) -> Launch {
    launch.env("CHAOS_METRICS", "1")
}

fn total(function: &Running, name: &str) -> u64 {
    sum(&sums(&lines(function)), name, &[FUNCTION])
}

fn of_flag(function: &Running, flag: &str, mode: &str) -> u64 {
    let dimensions = [FUNCTION, ("Flag", flag), ("Mode", mode)];
    sum(&sums(&lines(function)), "Injected", &dimensions)
}

/// Waits until so many calls are counted, and then to see that there are no more.
async fn calls_are(function: &Running, calls: u64) {
    let there = wait::until(wait::LONG, async || total(function, "CallsSeen") >= calls).await;
    assert!(there, "{}", function.story());
    assert_eq!(total(function, "CallsSeen"), calls, "{}", function.story());
}

fn now_ms() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    u64::try_from(now.expect("after 1970").as_millis()).expect("before the end")
}

/// What is counted is what came back.
#[tokio::test]
async fn the_sums_are_right() {
    let document = json!({
        "settings": {"seed": 11},
        "slow": {"enabled": true, "mode": "latency", "percentage": 40, "min_latency": 1},
        "broken": {"enabled": true, "mode": "statuscode", "percentage": 50, "status_code": 429},
        "never": {"enabled": true, "mode": "exception", "percentage": 0},
        "refused": {"enabled": true, "mode": "exit"},
    });
    let begun = now_ms();
    let function = counting(function!("value").document(&document))
        .start()
        .await;
    let mut broken = 0;
    for _ in 0..INVOCATIONS {
        let answer = function.answer(json!({})).await;
        broken += u64::from(answer["statusCode"] == 429);
    }
    assert!((5..=35).contains(&broken), "{broken} of {INVOCATIONS}");
    calls_are(&function, INVOCATIONS).await;
    let flag_broken = of_flag(&function, "broken", "statuscode");
    assert_eq!(flag_broken, broken, "{}", function.story());

    let told = function.actions("inject");
    let slow = told.iter().filter(|line| line.field("flag") == "slow");
    let slow = u64::try_from(slow.count()).expect("few");
    assert!(slow > 0);
    assert_eq!(of_flag(&function, "slow", "latency"), slow);

    let lines = lines(&function);
    let sums = sums(&lines);
    assert_eq!(sum(&sums, "Injected", &[FUNCTION]), slow + broken);
    // Calls; and of each flag that was hit, in all and by itself.
    assert_eq!(sums.len(), 1 + 1 + 2, "{sums:?}");
    // One line an invocation, and one for each flag that was hit in it.
    let most = usize::try_from(INVOCATIONS + slow + broken).expect("few");
    assert_eq!(lines.len(), most);
    for line in &lines {
        let at = line["_aws"]["Timestamp"].as_u64().expect("milliseconds");
        assert!((begun..=now_ms()).contains(&at), "{line}");
    }
}

/// The same numbers in a second process with that seed.
#[tokio::test]
async fn a_seed_makes_them_known_beforehand() {
    let run = async || {
        let document = json!({
            "settings": {"seed": 4},
            "broken": {"enabled": true, "mode": "statuscode", "percentage": 30},
        });
        let function = counting(function!("value").document(&document))
            .start()
            .await;
        for _ in 0..INVOCATIONS {
            function.answer(json!({})).await;
        }
        calls_are(&function, INVOCATIONS).await;
        of_flag(&function, "broken", "statuscode")
    };
    let (one, two) = tokio::join!(run(), run());
    assert!(one > 0);
    assert_eq!(one, two);
}

/// The store refuses access, which the SDK does not try again: each request is one fetch.
#[tokio::test]
async fn fetches_that_fail_are_counted() {
    let params = ParameterStore::start().await.expect("a store");
    params.put(PARAMETER, "{}").expect("the document fits");
    params
        .behave(Behaviour::AccessDenied)
        .await
        .expect("it can");
    let function = counting(function!("value").parameter(&params))
        .start()
        .await;
    let fetched = || u64::try_from(params.count("GetParameter")).expect("few");
    let mut invocations = 0;
    let mut invoke = async || {
        invocations += 1;
        function.answer(json!({})).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let tried = wait::until(wait::LONG, async || {
        invoke().await;
        fetched() >= 3
    });
    assert!(tried.await, "{}", function.story());

    // Fetches begin with invocations, so that the last one is over by then.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let refused = fetched();
    params.behave(Behaviour::Normal).await.expect("it can");
    let back = wait::until(wait::LONG, async || {
        invoke().await;
        function
            .lines()
            .iter()
            .any(|line| line.field("message").contains("can be read again"))
    });
    assert!(back.await, "{}", function.story());
    invoke().await;
    calls_are(&function, invocations).await;
    let failed = total(&function, "FetchesFailed");
    assert_eq!(failed, refused, "{}", function.story());
    assert!(fetched() > refused, "one went well\n{}", function.story());
}

/// Nobody listens.
#[tokio::test]
async fn fetches_that_are_refused_are_counted() {
    let params = ParameterStore::start().await.expect("a store");
    params.behave(Behaviour::Refuse).await.expect("it can");
    let function = counting(function!("value").parameter(&params))
        .start()
        .await;
    let counted = wait::until(wait::LONG, async || {
        function.answer(json!({})).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        total(&function, "FetchesFailed") >= 2
    });
    assert!(counted.await, "{}", function.story());
}

#[tokio::test]
async fn they_are_off_unless_they_are_asked_for() {
    let document = json!({"statuscode": {"enabled": true}});
    for off in [None, Some(""), Some("0"), Some("off")] {
        let mut launch = function!("value").document(&document);
        if let Some(off) = off {
            launch = launch.env("CHAOS_METRICS", off);
        }
        let function = launch.start().await;
        function.answer(json!({})).await;
        function
            .line("the injection", |line| line.is_action("inject"))
            .await;
        assert_eq!(lines(&function), Vec::<Value>::new(), "{off:?}");
    }
    let function = counting(function!("value").document(&document));
    let function = function.env("CHAOS_DISABLED", "1").start().await;
    function.settle().await;
    assert_eq!(lines(&function), Vec::<Value>::new());
}

/// While nothing is on, calls are counted all the same, those of points among them.
#[tokio::test]
async fn idle_calls_are_counted() {
    let function = counting(function!("pointed").document(&json!({})));
    let function = function.start().await;
    for _ in 0..5 {
        function.answer(json!({})).await;
    }
    calls_are(&function, 5 * 2).await;
    assert_eq!(lines(&function).len(), 5, "{}", function.story());
}

/// Without a wrapped handler nothing says when an invocation ends: once a second is enough then.
#[tokio::test]
async fn points_without_a_handler_are_counted_now_and_then() {
    let function = counting(function!("point").document(&json!({})));
    let function = function.start().await;
    let begun = Instant::now();
    let mut invocations = 0;
    while begun.elapsed() < Duration::from_millis(2_500) {
        function.answer(json!({})).await;
        invocations += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let some = wait::until(wait::LONG, async || total(&function, "CallsSeen") > 1).await;
    assert!(some, "{}", function.story());
    assert!(total(&function, "CallsSeen") <= invocations);
    let seconds = begun.elapsed().as_secs() + 2;
    assert!(u64::try_from(lines(&function).len()).expect("few") <= seconds);
}

/// A flag may have any name; each has a series of its own.
#[tokio::test]
async fn any_name_of_a_flag_will_do() {
    let names = [
        "",
        " ",
        ":colon",
        "Verzögerung",
        "\u{1F600}",
        "a\nb\u{0}",
        // As long as a name may be, and as a value of a dimension too long.
        &"\u{fc}".repeat(256),
    ];
    let mut document = json!({});
    for name in names {
        document[name] = json!({"enabled": true, "mode": "latency", "min_latency": 0});
    }
    let function = counting(function!("value").document(&document))
        .start()
        .await;
    for _ in 0..3 {
        function.answer(json!({})).await;
    }
    calls_are(&function, 3).await;
    let series = sums(&lines(&function));
    let by_flag = series
        .iter()
        .filter(|((name, dimensions), _)| name == "Injected" && dimensions.contains_key("Flag"));
    let counts: Vec<u64> = by_flag.map(|(_, count)| *count).collect();
    assert_eq!(counts, vec![3; names.len()], "{series:?}");
}

/// Nothing is written after these.
#[tokio::test]
async fn what_ends_the_process_is_counted() {
    let document = json!({"exit": {"enabled": true, "exit_code": 3}});
    let function = counting(function!("value").document(&document));
    let function = function.env("CHAOS_ALLOW", "exit").start().await;
    let ended = function.no_answer(json!({})).await;
    assert!(matches!(ended, InvokeError::Exited { .. }), "{ended:?}");
    let counted = wait::until(wait::LONG, async || of_flag(&function, "exit", "exit") > 0).await;
    assert!(counted, "{}", function.story());

    let document = json!({"timeout": {"enabled": true, "limit": 1}});
    let function = counting(function!("value").document(&document))
        .start()
        .await;
    let brief = chaos_local::Invocation::new(json!({})).timeout(Duration::from_secs(1));
    let ended = function.no_answer(brief).await;
    assert!(matches!(ended, InvokeError::TimedOut { .. }), "{ended:?}");
    let counted = async || of_flag(&function, "timeout", "timeout") == 1;
    assert!(
        wait::until(wait::LONG, counted).await,
        "{}",
        function.story()
    );
}

/// Each line is whole, although eight invocations write at once.
#[tokio::test]
async fn lines_do_not_mix() {
    let document = json!({"latency": {"enabled": true, "percentage": 50, "min_latency": 1}});
    let function = counting(function!("concurrent").document(&document));
    let function = function
        .env("AWS_LAMBDA_MAX_CONCURRENCY", "8")
        .start()
        .await;
    let function = Arc::new(function);
    let mut under_way: JoinSet<Value> = (0..64)
        .map(|_| Arc::clone(&function))
        .map(|function| async move { function.answer(json!({})).await })
        .collect();
    while let Some(answer) = under_way.join_next().await {
        assert_eq!(answer.expect("it is answered")["statusCode"], 200);
    }
    calls_are(&function, 64).await;
    let mixed = function
        .lines()
        .into_iter()
        .find(|line| !line.json().is_object());
    assert!(mixed.is_none(), "{mixed:?}");
    let told = u64::try_from(function.actions("inject").len()).expect("few");
    assert_eq!(of_flag(&function, "latency", "latency"), told);
}

/// A function whose output cannot be written runs all the same.
#[tokio::test]
async fn an_output_that_takes_nothing_is_no_trouble() {
    let mut command = Command::new("sh");
    command
        .args(["-c", r#"exec "$0" >/dev/full"#])
        .arg(env!("CARGO_BIN_EXE_function"));
    let document = json!({"statuscode": {"enabled": true, "status_code": 503}});
    let launch = Launch::of_command(command.into()).env("TEST_HANDLER", "value");
    let function = counting(launch.document(&document)).start().await;
    let pid = function.function.pid();
    for _ in 0..3 {
        assert_eq!(function.answer(json!({})).await["statusCode"], 503);
    }
    assert_eq!(function.function.pid(), pid);
    assert_eq!(lines(&function), Vec::<Value>::new());
}

//! Shares and seeds.

use chaos_core::testing::Scope;
use serde_json::{Value, json};

use super::{event, handler, hits};

#[tokio::test]
async fn a_percentage_is_that_share() {
    for percentage in [0.0_f64, 0.5, 5.0, 50.0, 100.0] {
        let scope = Scope::new(&json!({
            "settings": {"seed": 7},
            "exception": {"enabled": true, "percentage": percentage},
        }));
        let hits = hits(&scope, 20_000).await;
        let share: f64 = hits.into_iter().map(|hit| f64::from(u8::from(hit))).sum();
        let expected = percentage * 200.0;
        // Four standard deviations of a binomial distribution.
        let slack = 4.0 * (expected * (1.0 - percentage / 100.0)).sqrt();
        assert!(
            (share - expected).abs() <= slack,
            "{percentage} %: {share} of 20,000"
        );
    }
}

#[tokio::test]
async fn a_seed_gives_the_same_faults_again() {
    let with_seed = |seed: u64| {
        Scope::new(&json!({
            "settings": {"seed": seed},
            "exception": {"enabled": true, "percentage": 50},
        }))
    };
    let first = hits(&with_seed(1), 64).await;
    assert_eq!(first, hits(&with_seed(1), 64).await);
    assert_ne!(first, hits(&with_seed(2), 64).await);
}

#[tokio::test]
async fn each_flag_has_a_stream_of_its_own() {
    let alone = Scope::new(&json!({
        "settings": {"seed": 1},
        "exception": {"enabled": true, "percentage": 50},
    }));
    let with_another = Scope::new(&json!({
        "settings": {"seed": 1},
        "exception": {"enabled": true, "percentage": 50},
        "latency": {"enabled": true, "percentage": 50, "min_latency": 0},
    }));
    assert_eq!(hits(&alone, 64).await, hits(&with_another, 64).await);
}

/// A document with some flags of every kind of chance, and one that waits.
fn document(draws: &mut impl FnMut(u64) -> u64) -> Value {
    let mut document = json!({});
    for name in ["one", "two", "three"] {
        let mut flag = json!({ "mode": "exception", "enabled": true, "percentage": draws(101) });
        for attribute in ["every", "skip_first", "limit"] {
            if draws(3) == 0 {
                flag[attribute] = (1 + draws(4)).into();
            }
        }
        if draws(3) == 0 {
            flag["by"] = "customer".into();
        }
        document[name] = flag;
    }
    let shape = ["uniform", "normal", "lognormal"][usize::try_from(draws(3)).expect("below 3")];
    document["latency"] = json!({
        "enabled": true, "percentage": draws(101), "min_latency": 1, "max_latency": 900,
        "distribution": shape,
    });
    if shape != "uniform" {
        document["latency"]["mean"] = 200.into();
        document["latency"]["sigma"] = 50.into();
    }
    document
}

/// Every decision, with all of its figures.
async fn decisions(document: &Value, seed: u64, calls: &[Value]) -> String {
    let mut document = document.clone();
    document["settings"] = json!({ "seed": seed });
    let scope = Scope::new(&document);
    for call in calls {
        let _ = scope.run(handler(event(call.clone()))).await;
    }
    format!("{:?}", scope.decisions())
}

#[tokio::test(start_paused = true)]
async fn whatever_the_document_the_same_seed_and_calls_give_the_same_faults() {
    let mut state = 7_u64;
    let mut draws = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut other_seeds_differ = 0;
    for _ in 0..50 {
        let document = document(&mut draws);
        let calls: Vec<Value> = (0..40).map(|_| json!({ "customer": draws(10) })).collect();
        let first = decisions(&document, 1, &calls).await;
        assert_eq!(first, decisions(&document, 1, &calls).await, "{document}");
        other_seeds_differ += usize::from(first != decisions(&document, 2, &calls).await);
    }
    assert!(other_seeds_differ > 40, "{other_seeds_differ} of 50");
}

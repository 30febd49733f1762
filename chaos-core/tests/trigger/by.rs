//! Whose calls are hit.

use std::collections::{BTreeMap, BTreeSet};

use chaos_core::testing::Scope;
use chaos_core::{InjectedError, inject_chaos};
use serde_json::{Value, json};

use super::{event, handler};

#[tokio::test]
async fn by_hits_the_same_values_each_time_and_nobody_without_one() {
    let scope = Scope::new(&json!({"exception": {
        "enabled": true, "percentage": 50, "by": "customer",
    }}));
    let customer = async |id: Option<u32>| {
        let payload = id.map_or(json!({}), |id| json!({"customer": id}));
        scope.run(handler(event(payload))).await.is_err()
    };
    let mut hit = 0;
    for id in 0..100 {
        let first = customer(Some(id)).await;
        assert_eq!(first, customer(Some(id)).await, "{id}");
        hit += u32::from(first);
    }
    assert!((30..70).contains(&hit), "{hit} of 100");
    for _ in 0..20 {
        assert!(!customer(None).await);
    }
}

#[inject_chaos(point = "orders.of", labels(tenant = tenant))]
async fn orders_of(tenant: &str) -> Result<usize, InjectedError> {
    Ok(tenant.len())
}

#[tokio::test]
async fn a_label_can_say_whose_call_it_is() {
    let scope = Scope::new(&json!({"exception": {
        "enabled": true, "percentage": 50, "by": "label:tenant", "point": "orders.*",
    }}));
    let mut hit = 0;
    for n in 0..100 {
        let tenant = format!("tenant-{n}");
        let first = scope.run(orders_of(&tenant)).await.is_err();
        assert_eq!(first, scope.run(orders_of(&tenant)).await.is_err());
        hit += u32::from(first);
    }
    assert!((30..70).contains(&hit), "{hit} of 100");
}

const KEYS: u32 = 100_000;

fn by_customer(percentages: &[(&str, f64)]) -> Scope {
    let flag = |percentage: f64| json!({ "mode": "exception", "enabled": true, "by": "customer", "percentage": percentage });
    let flags = percentages.iter();
    let flags = flags.map(|(name, percentage)| ((*name).to_owned(), flag(*percentage)));
    Scope::dry_run(&Value::Object(flags.collect()))
}

/// Which of the customers each flag hits.
async fn customers_hit(scope: &Scope, customers: u32) -> BTreeMap<String, BTreeSet<String>> {
    for n in 0..customers {
        let mut call = event(json!({ "customer": format!("customer-{n}") }));
        call.context.request_id = n.to_string();
        scope.run(handler(call)).await.expect("a dry run");
    }
    let mut hit: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for made in scope.decisions() {
        let customer = made.request_id.expect("the customer's number");
        hit.entry(made.flag).or_default().insert(customer);
    }
    hit
}

#[tokio::test]
async fn of_a_hundred_thousand_customers_the_share_is_right_and_flags_share_few() {
    let flags = [("a", 5.0), ("b", 5.0), ("ten", 10.0), ("half", 50.0)];
    let hit = customers_hit(&by_customer(&flags), KEYS).await;
    let percent =
        |count: usize| f64::from(u32::try_from(count).expect("a count")) * 100.0 / f64::from(KEYS);
    for (name, percentage) in flags {
        let share = percent(hit[name].len());
        assert!((share - percentage).abs() < 0.5, "{name}: {share} %");
    }
    // Of two independent flags; 0.07 is more than four standard deviations.
    let both = percent(hit["a"].intersection(&hit["b"]).count());
    assert!((both - 0.25).abs() < 0.07, "{both} % are hit by both");

    let again = customers_hit(&by_customer(&flags), 2_000).await;
    for (name, customers) in again {
        let first = hit[&name].iter();
        let first = first.filter(|n| n.parse::<u32>().expect("a number") < 2_000);
        assert!(first.eq(&customers), "{name} hits the same ones again");
    }
}

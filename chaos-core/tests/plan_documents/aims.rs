//! Which points and labels a flag aims at.

use std::borrow::Cow;

use super::*;

#[test]
fn aims() {
    let aim = |attributes: Value| sound(&flag(&attributes)).flags[0].aim.clone();

    let handler = aim(json!({}));
    assert!(handler.concerns_point("handler") && !handler.concerns_point("cache.get"));
    for point in [json!("*"), json!("handler"), json!(["x", "hand*"])] {
        assert!(aim(json!({ "point": point })).concerns_point("handler"));
    }
    assert!(!aim(json!({ "point": "cache.*" })).concerns_point("handler"));

    let labelled = aim(json!({ "labels": { "tenant": ["a", "b"], "table": "orders" } }));
    let holds = |tenant: &'static str, table: Option<&'static str>| {
        labelled.labels_hold(|name| match name {
            "tenant" => Some(Cow::Borrowed(tenant)),
            "table" => table.map(Cow::Borrowed),
            _ => None,
        })
    };
    assert!(holds("b", Some("orders")));
    assert!(!holds("c", Some("orders")) && !holds("a", Some("users")) && !holds("a", None));
    assert!(aim(json!({})).labels_hold(|_| None));
    let of_several = |table: [&'static str; 2]| {
        labelled.labels_hold(|name| match name {
            "tenant" => vec!["a".into()],
            _ => table.map(Cow::Borrowed).to_vec(),
        })
    };
    assert!(of_several(["users", "orders"]) && !of_several(["users", "carts"]));
}

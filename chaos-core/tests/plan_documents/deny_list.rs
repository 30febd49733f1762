//! The mode denylist.

use super::*;

fn denying(list: &Value) -> Value {
    json!({ "denylist": { "enabled": true, "deny_list": list } })
}

#[test]
fn a_deny_list_finds_names_of_hosts() {
    let list = json!([r"dynamodb\..*\.amazonaws\.com$", "^Orders"]);
    let Mode::DenyList(list) = &sound(&denying(&list)).flags[0].mode else {
        panic!("it is a deny list")
    };
    let denied = |name: &str| list.hosts.iter().any(|host| host.found_in_host(name));
    assert!(denied("dynamodb.eu-north-1.amazonaws.com"));
    assert!(denied("DYNAMODB.eu-north-1.amazonaws.com."));
    assert!(denied("orders.internal") && !denied("my-orders.internal"));
    assert!(!denied("s3.amazonaws.com") && !denied(""));
}

#[test]
fn what_is_wrong_with_a_deny_list_is_said() {
    let nothing = "denylist.deny_list: without an expression every name resolves; write which do not, \
                   as [\"dynamodb\\..*\\.amazonaws\\.com\"]";
    let list = "write a list of regular expressions, as [\"dynamodb\\..*\\.amazonaws\\.com\"]";
    assert_eq!(said(&denying(&json!([]))), [nothing]);
    assert_eq!(said(&json!({ "denylist": { "enabled": true } })), [nothing]);
    let not_a_list = said(&denying(&json!("s3")));
    assert_eq!(
        not_a_list,
        [format!("denylist.deny_list: \"s3\" is a text; {list}")]
    );
    let not_a_text = said(&denying(&json!(["s3", 7])));
    assert_eq!(
        not_a_text,
        [format!("denylist.deny_list: 7 is a number; {list}")]
    );
    let look_around = &said(&denying(&json!(["s3", "^(?!api)"])))[0];
    assert!(look_around.starts_with("denylist.deny_list[1]: look-around is not supported"));
    let after = json!({ "denylist": { "enabled": true, "deny_list": ["s3"], "phase": "after" } });
    assert!(said(&after)[0].starts_with("denylist.phase: denylist after the work"));
}

#[test]
fn deny_lists_are_bounded() {
    let names = |number: usize| json!(vec!["orders.internal"; number]);
    assert_eq!(said(&denying(&names(64))), Vec::<String>::new());
    let more = read(&denying(&names(65)));
    assert!(
        more.findings[0].message.contains("more than 64"),
        "{more:?}"
    );
    assert_eq!(more.plan.flags, []);

    let long = "a".repeat(253);
    assert_eq!(said(&denying(&json!([long]))), Vec::<String>::new());
    let large = &said(&denying(&json!(["(a{9}){99}"])))[0];
    assert!(large.contains("the expression is too large"), "{large}");
}

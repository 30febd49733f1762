//! Documents that are right but for a slip here and there: what is drawn at random seldom asks for
//! anything.

use chaos_core::plan::{MODES, ModeRow};
use serde_json::{Value, json};

use crate::generate::Draws;

const MESSAGES: [&str; 4] = [" a ", "", "\u{202e}x", "two\nlines"];

/// Values at a bound, beyond it, and of another kind.
fn odd(draws: &mut Draws) -> Value {
    let odd = [
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1e-320),
        json!(99.999),
        json!(900_000),
        json!(900_000.1),
        json!(u64::MAX),
        json!(1e308),
        json!("5"),
        json!("after"),
        json!([]),
        json!({ "a": ["b"] }),
    ];
    draws.one(&odd).clone()
}

/// A number of milliseconds, often with a fraction.
fn ms(draws: &mut Draws) -> Value {
    let most = *draws.one(&[2, 50, 1_000, 40_000, 900_000]);
    let whole = draws.below(most + 1);
    if draws.below(2) == 0 {
        return json!(whole);
    }
    let fraction = u16::try_from(draws.below(1_000)).expect("below a thousand");
    let whole = u32::try_from(whole).expect("below a million");
    json!((f64::from(whole) - f64::from(fraction) / 1_000.0).max(0.0))
}

/// What a flag of that mode has of its own.
fn figures(mode: &str, draws: &mut Draws) -> Value {
    let message = json!(*draws.one(&MESSAGES));
    match (mode, draws.below(4)) {
        ("latency", 0) => json!({ "min_latency": ms(draws) }),
        ("latency", 1) => json!({ "max_latency": ms(draws) }),
        ("latency", 2) => json!({ "min_latency": draws.below(3_000), "max_latency": 3_000 }),
        ("latency", _) => json!({ "distribution": *draws.one(&["normal", "lognormal"]),
            "mean": ms(draws), "sigma": ms(draws), "min_latency": draws.below(20) }),
        ("timeout", 1..) => json!({ "timeout_buffer_ms": ms(draws) }),
        // No more than others on the machine can spare.
        ("diskspace", _) => json!({ "disk_space": 1 + draws.below(2) }),
        ("denylist", 0) => json!({ "deny_list": [] }),
        ("denylist", _) => json!({ "deny_list": [*draws.one(&["nowhere", "^a+$", "("])] }),
        ("statuscode", 0) => json!({ "status_code": 100 + draws.below(500), "body": message,
            "headers": { *draws.one(&["content-TYPE", "x-own"]): "x" } }),
        ("statuscode", 1) => json!({ "body": { "why": message }, "status_code": 503.0 }),
        ("statuscode", 2) => json!({ "status_code": 100 + draws.below(500) }),
        ("exception" | "lost_reply", 0) => json!({ "exception_type": "Odd" }),
        ("exception" | "lost_reply", 1) => {
            json!({ "exception_type": "x", "exception_msg": message })
        }
        ("exception" | "lost_reply" | "panic", 2) => json!({ "exception_msg": message }),
        ("corruption", 0) => json!({ "body": message }),
        ("corruption", 1) => json!({ "drop_headers": [*draws.one(&["Content-Type", "x-none"])] }),
        ("corruption", 2) => json!({ "set_headers": { *draws.one(&["CONTENT-type", "x"]): "y" } }),
        _ => json!({}),
    }
}

/// What every flag can have: mostly nothing, and mostly what lets it fire.
fn common(row: &ModeRow, draws: &mut Draws, flag: &mut Value) {
    match draws.below(24) {
        0..4 => flag["percentage"] = json!(*draws.one(&[0.0, 0.5, 50.0, 100.0])),
        4 => flag["match"] = json!([{ "path": "body", "value": *draws.one(&["hello", "bye"]) }]),
        5 => flag["match"] = json!([{ "path": "headers.X-Debug", "operator": "exists" }]),
        6 => flag["by"] = json!(*draws.one(&["body", "nowhere", "label:tenant"])),
        7 => flag["every"] = json!(1 + draws.below(2)),
        8 => flag["skip_first"] = json!(draws.below(2)),
        9 => flag["limit"] = json!(1),
        10 => flag["starts_at"] = json!("2026-12-01T18:00:00Z"),
        11 => flag["expires_at"] = json!("2026-12-01T18:00:00Z"),
        12 => flag["point"] = json!(*draws.one(&["handler", "*", "store.*"])),
        13 => flag["labels"] = json!({ "tenant": "acme" }),
        _ => {}
    }
    if row.before && row.after && draws.below(3) == 0 {
        flag["phase"] = json!("after");
    }
}

fn settings(draws: &mut Draws) -> Option<Value> {
    Some(match draws.below(40) {
        0..2 => json!({ "dry_run": true }),
        2 => json!({ "enabled": false }),
        3 => json!({ "seed": draws.next() }),
        4 => json!({ "expires_at": "2026-12-01T18:00:00Z" }),
        5 => json!({ "dry_run": odd(draws) }),
        _ => return None,
    })
}

/// A document in the format of today.
pub(crate) fn document(draws: &mut Draws) -> Value {
    let mut document = json!({});
    for n in 0..=draws.below(4) {
        let row = draws.one(MODES);
        let mut flag = figures(row.name, draws);
        flag["enabled"] = json!(draws.below(16) != 0);
        common(row, draws, &mut flag);
        if draws.below(10) == 0 {
            let keys: Vec<_> = flag.as_object().expect("an object").keys().collect();
            let key = (*draws.one(&keys)).clone();
            flag[key] = odd(draws);
        }
        if draws.below(3) == 0 {
            flag["mode"] = json!(row.name);
            document[format!("{n}-{}", draws.one(&["a", "é.[0]", "latency"]))] = flag;
        } else {
            document[row.name] = flag;
        }
    }
    if let Some(settings) = settings(draws) {
        document["settings"] = settings;
    }
    document
}

/// A document in one of the older formats.
pub(crate) fn older(draws: &mut Draws) -> Value {
    let rate = json!(*draws.one(&[0.0, 0.5, 1.0, 7.0]));
    let message = json!(*draws.one(&MESSAGES));
    let mut document = if draws.below(2) == 0 {
        json!({ "isEnabled": true, "failureMode": draws.one(MODES).name, "rate": rate,
            "minLatency": 5, "maxLatency": draws.below(900), "exceptionMsg": message,
            "statusCode": 100 + draws.below(500), "denylist": ["nowhere"], "diskSpace": 1 })
    } else {
        json!({ "is_enabled": true, "fault_type": *draws.one(&["latency", "exception", "status_code"]),
            "rate": rate, "delay": draws.below(900), "exception_msg": message,
            "error_code": 100 + draws.below(500) })
    };
    if draws.below(6) == 0 {
        let keys = ["rate", "isEnabled", "minLatency", "delay", "statusCode"];
        document[*draws.one(&keys)] = odd(draws);
    }
    document
}

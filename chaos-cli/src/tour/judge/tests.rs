use super::*;

const QUICK: u64 = 3;

fn http(status: u64, body: &str) -> Outcome {
    Outcome::Http {
        status,
        body: body.to_owned(),
    }
}

fn error(message: &str) -> Outcome {
    Outcome::Error {
        kind: "Error".to_owned(),
        message: message.to_owned(),
    }
}

fn hello() -> Outcome {
    http(200, "hello")
}

fn call(outcome: Outcome, ms: u64) -> Call {
    Call {
        outcome,
        took: Duration::from_millis(ms),
    }
}

fn seen(calls: impl IntoIterator<Item = Call>) -> Seen {
    Seen {
        calls: calls.into_iter().collect(),
        log: Vec::new(),
        space: None,
    }
}

fn complaint(text: &str) -> Line {
    Line {
        action: Some("error".to_owned()),
        text: text.to_owned(),
        disk_mb: None,
    }
}

fn baseline() -> Baseline {
    Baseline::learn(&[call(hello(), QUICK), call(hello(), QUICK)]).unwrap()
}

fn judged(expect: &Expect, seen: &Seen) -> Result<(), String> {
    judge(expect, seen, &baseline(), None)
}

fn one(expect: &Expect, outcome: Outcome, ms: u64) -> bool {
    judged(expect, &seen([call(outcome, ms)])).is_ok()
}

#[test]
fn the_usual_answer_has_to_be_the_same_and_quick() {
    assert!(one(&Expect::Usual, hello(), QUICK));
    assert!(!one(&Expect::Usual, http(200, "bye"), QUICK));
    assert!(!one(&Expect::Usual, error("no"), QUICK));
    assert!(!one(&Expect::Usual, hello(), 300));
    let second_is_slow = seen([call(hello(), QUICK), call(hello(), 300)]);
    assert!(judged(&Expect::Usual, &second_is_slow).is_err());
}

#[test]
fn a_function_whose_answers_vary_is_compared_by_their_kind() {
    let varies = [call(http(200, "12:01"), 1), call(http(200, "12:02"), 1)];
    let varies = Baseline::learn(&varies).unwrap();
    let judged = |outcome| judge(&Expect::Usual, &seen([call(outcome, 1)]), &varies, None);
    assert!(judged(http(200, "12:03")).is_ok());
    assert!(judged(http(500, "12:03")).is_err());
    let recoded = Expect::Recoded { code: 404 };
    let late = seen([call(http(404, "12:04"), 1)]);
    assert!(judge(&recoded, &late, &varies, None).is_ok());
}

#[test]
fn a_latency_is_at_least_what_was_asked_for_and_not_much_more() {
    let slow = Expect::Slow {
        min: Duration::from_millis(300),
        max: Duration::from_millis(400),
    };
    assert!(one(&slow, hello(), 300));
    assert!(one(&slow, hello(), 405));
    assert!(!one(&slow, hello(), 299));
    assert!(!one(&slow, hello(), 900));
    assert!(!one(&slow, error("no"), 350));
}

#[test]
fn a_status_code_comes_with_its_body() {
    let teapot = Expect::Status {
        code: 418,
        body: "teapot".to_owned(),
    };
    assert!(one(&teapot, http(418, "teapot"), 1));
    assert!(!one(&teapot, http(418, "hello"), 1));
    assert!(!one(&teapot, hello(), 1));
    let recoded = Expect::Recoded { code: 404 };
    assert!(one(&recoded, http(404, "hello"), 1));
    assert!(!one(&recoded, http(404, "injected"), 1));
    assert!(!one(&recoded, hello(), 1));
}

#[test]
fn an_error_has_the_message_that_was_asked_for() {
    let expect = Expect::Error {
        message: "the tour was here".to_owned(),
    };
    assert!(one(&expect, error("the tour was here"), 1));
    assert!(!one(&expect, error("something else"), 1));
    assert!(!one(&expect, hello(), 1));
}

#[test]
fn half_is_about_half_and_a_seed_hits_the_same_again() {
    let half = |again| Expect::Half {
        message: "unlucky".to_owned(),
        again,
    };
    let every = |n: usize| {
        seen((0..20).map(|number| {
            let outcome = if number % n == 0 {
                error("unlucky")
            } else {
                hello()
            };
            call(outcome, 1)
        }))
    };
    assert!(judged(&half(false), &every(2)).is_ok());
    assert!(judged(&half(false), &every(1)).is_err(), "all");
    assert!(judged(&half(false), &every(20)).is_err(), "one");

    let pattern = every(2).hits();
    let again = |seen: &Seen| judge(&half(true), seen, &baseline(), Some(&pattern));
    assert!(again(&every(2)).is_ok());
    assert!(again(&every(3)).is_err());
    assert!(judged(&half(true), &every(2)).is_err(), "nothing before");

    let mut other = every(2);
    other.calls[0].outcome = error("something else");
    assert!(judged(&half(false), &other).is_err());
}

#[test]
fn a_disk_shrinks_and_comes_back() {
    let with = |before, least, after, disk_mb| {
        let mut seen = seen([call(hello(), 310)]);
        seen.space = Some(Space {
            before,
            least,
            after,
        });
        seen.log = vec![Line {
            action: Some("inject".to_owned()),
            text: "chaos injected".to_owned(),
            disk_mb: Some(disk_mb),
        }];
        judged(&Expect::Disk { megabytes: 256 }, &seen)
    };
    assert_eq!(with(1000, 744, 1000, 256), Ok(()));
    assert_eq!(with(1000, 750, 990, 256), Ok(()), "others use it too");
    assert!(with(1000, 1000, 1000, 256).is_err(), "never gone");
    assert!(with(1000, 744, 744, 256).is_err(), "not back");
    assert!(with(1000, 744, 1000, 100).is_err(), "not what it says");
}

#[test]
fn what_is_invalid_is_complained_of_once() {
    let mut seen = seen([call(hello(), 1), call(hello(), 1)]);
    assert!(judged(&Expect::Rejected, &seen).is_err(), "silence");
    seen.log = vec![complaint("no JSON")];
    assert_eq!(judged(&Expect::Rejected, &seen), Ok(()));
    seen.log.push(complaint("no JSON"));
    assert!(judged(&Expect::Rejected, &seen).is_err(), "twice");
}

#[test]
fn a_slip_is_named_and_the_other_flag_holds() {
    let named = Expect::Named {
        word: "percentge".to_owned(),
        code: 418,
        body: "teapot".to_owned(),
    };
    let with = |ms, text| {
        let mut seen = seen([call(http(418, "teapot"), ms)]);
        seen.log = vec![complaint(text)];
        judged(&named, &seen)
    };
    assert_eq!(with(1, "latency.percentge: write percentage"), Ok(()));
    assert!(with(300, "latency.percentge: write percentage").is_err());
    assert!(with(1, "something is wrong").is_err());
}

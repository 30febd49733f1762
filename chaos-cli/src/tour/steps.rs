//! The steps of the tour: what the document asks for, and what is to be seen then.

use std::time::Duration;

/// One step: a document, and what is expected once it is in force.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Step {
    /// What the document asks for, in words.
    pub(crate) asks: String,
    /// What is put into the parameter; nothing while there is no parameter yet.
    pub(crate) document: Option<String>,
    /// How often the function is invoked.
    pub(crate) times: usize,
    pub(crate) expect: Expect,
}

/// What is to be seen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expect {
    /// The function's own answer, which is learned here.
    Baseline,
    /// The function's own answer, as quickly as ever.
    Usual,
    /// The function's own answer, this much later.
    Slow { min: Duration, max: Duration },
    /// A response with this code and body.
    Status { code: u64, body: String },
    /// The function's own response with its code replaced.
    Recoded { code: u64 },
    /// An error with this message.
    Error { message: String },
    /// An error in about half of the invocations; `again`: in the same as the last time.
    Half { message: String, again: bool },
    /// The function's own answer, with so many megabytes gone meanwhile and back afterwards.
    Disk { megabytes: u64 },
    /// A flag is left out and one line of the log names what is wrong with it; another holds.
    Named {
        word: String,
        code: u64,
        body: String,
    },
    /// The function's own answer, and one line of the log that says why.
    Rejected,
}

impl Expect {
    /// Whether the log has a part in it.
    pub(crate) fn needs_log(&self) -> bool {
        matches!(
            self,
            Self::Disk { .. } | Self::Named { .. } | Self::Rejected
        )
    }
}

const LATENCY: (u64, u64) = (300, 400);
const OLD_LATENCY: (u64, u64) = (200, 300);
/// How long the disk stays taken, so that it can be looked at.
const HOLD_MS: u64 = 300;

/// All steps, in order. `megabytes` is how much of the disk may be taken.
pub(crate) fn all(megabytes: u64) -> Vec<Step> {
    let mut steps = vec![Step {
        asks: "nothing, there is no parameter".to_owned(),
        document: None,
        times: 2,
        expect: Expect::Baseline,
    }];
    steps.extend(each_mode());
    steps.extend(half());
    steps.push(disk(megabytes));
    steps.extend(older_formats());
    steps.extend(invalid());
    steps.push(step(
        "everything off again",
        r#"{"latency": {"enabled": false, "min_latency": 300}, "statuscode": {"enabled": false}, "exception": {"enabled": false}, "diskspace": {"enabled": false}}"#,
        Expect::Usual,
    ));
    steps
}

fn each_mode() -> [Step; 4] {
    let (min, max) = LATENCY;
    [
        step(
            "latency, but not enabled",
            &format!(r#"{{"latency": {{"enabled": false, "min_latency": {min}}}}}"#),
            Expect::Usual,
        ),
        step(
            &format!("latency of {min} to {max} ms"),
            &format!(
                r#"{{"latency": {{"enabled": true, "min_latency": {min}, "max_latency": {max}}}}}"#
            ),
            slow(LATENCY),
        ),
        step(
            "status code 503",
            r#"{"statuscode": {"enabled": true, "status_code": 503}}"#,
            Expect::Status {
                code: 503,
                body: r#"{"message":"Injected status code 503"}"#.to_owned(),
            },
        ),
        step(
            "an error",
            r#"{"exception": {"enabled": true, "exception_msg": "the tour was here"}}"#,
            Expect::Error {
                message: "the tour was here".to_owned(),
            },
        ),
    ]
}

fn half() -> [Step; 3] {
    let document = r#"{"settings": {"seed": 42}, "exception": {"enabled": true, "percentage": 50, "exception_msg": "unlucky"}}"#;
    let half = |asks, again| Step {
        times: 20,
        ..step(
            asks,
            document,
            Expect::Half {
                message: "unlucky".to_owned(),
                again,
            },
        )
    };
    [
        half("an error in 50 % of 20 calls", false),
        step("nothing", "{}", Expect::Usual),
        half("the same again: the seed picks the same calls", true),
    ]
}

fn disk(megabytes: u64) -> Step {
    // The disk is held until the invocation ends, and so while the second flag waits.
    step(
        &format!("{megabytes} MB less on the disk, held for {HOLD_MS} ms"),
        &format!(
            r#"{{"diskspace": {{"enabled": true, "disk_space": {megabytes}}}, "hold": {{"enabled": true, "mode": "latency", "phase": "after", "min_latency": {HOLD_MS}}}}}"#
        ),
        Expect::Disk { megabytes },
    )
}

fn older_formats() -> [Step; 2] {
    let (min, max) = OLD_LATENCY;
    [
        step(
            &format!("latency of {min} to {max} ms, as failure-lambda 0.x writes it"),
            &format!(
                r#"{{"isEnabled": true, "failureMode": "latency", "rate": 1, "minLatency": {min}, "maxLatency": {max}}}"#
            ),
            slow(OLD_LATENCY),
        ),
        step(
            "status code 404, as chaos-lambda writes it: only the code is replaced",
            r#"{"is_enabled": true, "fault_type": "status_code", "error_code": 404, "rate": 1}"#,
            Expect::Recoded { code: 404 },
        ),
    ]
}

fn invalid() -> [Step; 2] {
    [
        step(
            "latency with a slip in it, and status code 418",
            r#"{"latency": {"enabled": true, "percentge": 5, "min_latency": 300}, "statuscode": {"enabled": true, "status_code": 418, "body": "teapot"}}"#,
            Expect::Named {
                word: "percentge".to_owned(),
                code: 418,
                body: "teapot".to_owned(),
            },
        ),
        Step {
            times: 3,
            ..step(
                "what is no JSON, three calls",
                r#"{"exception": {"enabled": tru"#,
                Expect::Rejected,
            )
        },
    ]
}

fn step(asks: &str, document: &str, expect: Expect) -> Step {
    Step {
        asks: asks.to_owned(),
        document: Some(document.to_owned()),
        times: 1,
        expect,
    }
}

fn slow((min, max): (u64, u64)) -> Expect {
    Expect::Slow {
        min: Duration::from_millis(min),
        max: Duration::from_millis(max),
    }
}

#[cfg(test)]
mod tests {
    use chaos_core::plan;

    use super::*;

    #[test]
    fn the_documents_are_valid_unless_they_are_meant_to_be_wrong() {
        for step in all(64) {
            let Some(document) = &step.document else {
                continue;
            };
            let reading = plan::read(document);
            let wrong = matches!(step.expect, Expect::Named { .. } | Expect::Rejected);
            assert_eq!(
                reading.findings.is_empty(),
                !wrong,
                "{document}: {:?}",
                reading.findings
            );
            assert_eq!(reading.usable, step.expect != Expect::Rejected);
        }
    }

    #[test]
    fn it_begins_and_ends_with_nothing_on() {
        let steps = all(64);
        assert_eq!(
            steps.first().map(|step| &step.expect),
            Some(&Expect::Baseline)
        );
        assert_eq!(steps.last().map(|step| &step.expect), Some(&Expect::Usual));
    }
}

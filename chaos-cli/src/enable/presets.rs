//! What people rehearse most, ready to be switched on.

use chaos_core::plan::{ModeRow, mode_row};
use serde_json::{Value, json};

use crate::edit::Attributes;

/// A fault that has a name of its own.
#[derive(Debug)]
pub(crate) struct Preset {
    /// Its name on the command line, and that of its flag unless another is given.
    pub(crate) name: &'static str,
    /// What happens then.
    pub(crate) about: &'static str,
    /// The mode that does it.
    mode: &'static str,
    /// Whether it takes the name of a host.
    pub(crate) takes_host: bool,
    attributes: fn(host: &str) -> Vec<(&'static str, Value)>,
}

/// All of them, in the order in which they are listed.
pub(crate) static PRESETS: &[Preset] = &[
    Preset {
        name: "dynamodb-throttled",
        about: "Half of the calls of DynamoDB are throttled, and the SDK tries them again",
        mode: "exception",
        takes_host: false,
        attributes: |_| {
            vec![
                ("point", json!("aws.dynamodb.*")),
                ("percentage", json!(50)),
                (
                    "exception_type",
                    json!("ProvisionedThroughputExceededException"),
                ),
                (
                    "exception_msg",
                    json!(
                        "The level of configured provisioned throughput for the table was exceeded"
                    ),
                ),
            ]
        },
    },
    Preset {
        name: "lambda-throttled",
        about: "Half of the invocations of other functions are throttled, and the SDK tries them \
                again",
        mode: "exception",
        takes_host: false,
        attributes: |_| {
            vec![
                ("point", json!("aws.lambda.Invoke")),
                ("percentage", json!(50)),
                ("exception_type", json!("TooManyRequestsException")),
                ("exception_msg", json!("Rate Exceeded.")),
            ]
        },
    },
    Preset {
        name: "access-denied",
        about: "Every call of an AWS service is denied, as after a change of the role's policy",
        mode: "exception",
        takes_host: false,
        attributes: |_| {
            vec![
                ("point", json!("aws.*")),
                ("exception_type", json!("AccessDeniedException")),
                (
                    "exception_msg",
                    json!("User is not authorized to perform this action"),
                ),
            ]
        },
    },
    Preset {
        name: "dependency-down",
        about: "The name of a host does not resolve, nor do those under it; needs the feature dns",
        mode: "denylist",
        takes_host: true,
        attributes: |host| vec![("deny_list", json!([host_and_below(host)]))],
    },
    Preset {
        name: "slow-cold-cache",
        about: "The first ten calls of points named cache.… take one to two seconds in each new \
                environment",
        mode: "latency",
        takes_host: false,
        attributes: |_| {
            vec![
                ("point", json!("cache.*")),
                ("limit", json!(10)),
                ("min_latency", json!(1000)),
                ("max_latency", json!(2000)),
            ]
        },
    },
    Preset {
        name: "cors-broken",
        about: "Responses lose their headers of CORS, so that browsers refuse them",
        mode: "corruption",
        takes_host: false,
        attributes: |_| {
            vec![(
                "drop_headers",
                json!([
                    "access-control-allow-origin",
                    "access-control-allow-credentials",
                    "access-control-allow-headers",
                    "access-control-allow-methods",
                    "access-control-expose-headers",
                ]),
            )]
        },
    },
];

impl Preset {
    /// The mode that does it.
    pub(crate) fn row(&self) -> &'static ModeRow {
        mode_row(self.mode).expect("a test holds every preset to its mode")
    }

    /// What the flag says unless the command line does; `host` where it takes one.
    pub(crate) fn attributes(&self, host: &str) -> Attributes {
        let attributes = (self.attributes)(host).into_iter();
        attributes
            .map(|(key, value)| (key.to_owned(), value))
            .collect()
    }
}

/// An expression for a host, and for all hosts under it.
fn host_and_below(host: &str) -> String {
    let mut expression = String::from(r"(^|\.)");
    for character in host.trim_end_matches('.').chars() {
        if !character.is_ascii_alphanumeric() && character != '-' {
            expression.push('\\');
        }
        expression.push(character);
    }
    expression.push('$');
    expression
}

#[cfg(test)]
mod tests {
    use chaos_core::plan::{self, Mode};
    use serde_json::Map;

    use super::*;

    #[test]
    fn every_preset_is_a_sound_flag() {
        for preset in PRESETS {
            let mut flag: Map<String, Value> =
                preset.attributes("api.example.com").into_iter().collect();
            flag.insert("enabled".to_owned(), true.into());
            flag.insert("mode".to_owned(), preset.row().name.into());
            let reading = plan::read_value(&json!({ preset.name: flag }));
            assert_eq!(reading.findings, [], "{}", preset.name);
            assert_eq!(reading.plan.active().count(), 1, "{}", preset.name);
        }
    }

    #[test]
    fn a_host_and_those_under_it_are_down_and_no_others() {
        let flag = json!({ "denylist": { "enabled": true, "deny_list": [host_and_below("api.example.com.")] } });
        let reading = plan::read_value(&flag);
        let Mode::DenyList(list) = &reading.plan.flags[0].mode else {
            panic!("another mode")
        };
        let down = |name: &str| list.hosts[0].found_in_host(name);
        assert!(down("api.example.com"));
        assert!(down("eu.API.example.com"));
        assert!(!down("api.example.com.evil.org"));
        assert!(!down("myapi.example.com"));
        assert!(!down("apixexample.com"));
    }
}

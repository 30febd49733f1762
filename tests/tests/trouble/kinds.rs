//! What can be wrong.

use std::fmt::Write as _;

use chaos_local::{Behaviour, ParameterStore};
use chaos_tests::PARAMETER;

/// A kind of trouble, and what the line about it must say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    Refused,
    Silent,
    Throttled,
    Forbidden,
    Missing,
    Garbage,
    Nonsense,
}

impl Trouble {
    pub(crate) const ALL: [Self; 7] = [
        Self::Refused,
        Self::Silent,
        Self::Throttled,
        Self::Forbidden,
        Self::Missing,
        Self::Garbage,
        Self::Nonsense,
    ];

    /// Brings a parameter store into it, whatever was there before.
    pub(crate) async fn befall(self, params: &ParameterStore) {
        let behaviour = match self {
            Self::Refused => Behaviour::Refuse,
            Self::Silent => Behaviour::Silent,
            Self::Throttled => Behaviour::Throttled,
            Self::Forbidden => Behaviour::AccessDenied,
            Self::Missing | Self::Garbage | Self::Nonsense => Behaviour::Normal,
        };
        match self {
            Self::Missing => {
                params.delete(PARAMETER);
            }
            Self::Garbage => put(params, "<html>Bad gateway</html>"),
            Self::Nonsense => put(params, &nonsense()),
            _ => {}
        }
        params.behave(behaviour).await.expect("the store can do so");
    }

    /// What the line about it says.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Refused => "SSM cannot be reached",
            Self::Silent => "no answer within",
            Self::Throttled => "ThrottlingException",
            Self::Forbidden => "allow the function's role ssm:GetParameter",
            Self::Missing => "SSM has no parameter",
            Self::Garbage => "not JSON",
            Self::Nonsense => "is invalid is skipped",
        }
    }
}

fn put(params: &ParameterStore, document: &str) {
    params.put(PARAMETER, document).expect("the document fits");
}

/// JSON of four kilobytes, as large as a parameter may be, in which nothing makes sense.
fn nonsense() -> String {
    let mut document = String::from(r#"{"latency": [], "exception": {"enabled": "yes"}"#);
    for n in 0.. {
        let mut flag = String::new();
        let _ = write!(
            flag,
            r#", "flag-{n}": {{"enabled": true, "mode": "mood-{n}", "percentage": -{n}}}"#
        );
        if document.len() + flag.len() >= 4096 {
            break;
        }
        document.push_str(&flag);
    }
    document.push('}');
    assert!(
        document.len() > 4000,
        "{} bytes are no 4 KB",
        document.len()
    );
    document
}

#[test]
fn nonsense_is_json() {
    let value: serde_json::Value = serde_json::from_str(&nonsense()).expect("it is JSON");
    assert!(value.as_object().is_some_and(|flags| flags.len() > 40));
}

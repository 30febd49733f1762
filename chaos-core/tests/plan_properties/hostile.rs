//! Documents that are no documents, or made to hurt.

use std::fmt::Write as _;

use super::*;

#[test]
fn mutated_documents_never_panic() {
    let mut draws = Draws(2);
    for _ in 0..4_000 {
        let mut text: Vec<char> = written(&document(&mut draws), false).chars().collect();
        for _ in 0..=draws.below(4) {
            let at = draws.below(text.len());
            match draws.below(4) {
                0 => drop(text.remove(at)),
                1 => text.insert(
                    at,
                    *draws.one(&['"', '{', '}', '[', ',', ':', '0', '-', '\\', '\0', 'é']),
                ),
                2 => text.truncate(at + 1),
                _ => text.swap(at, 0),
            }
            if text.is_empty() {
                break;
            }
        }
        check(&text.into_iter().collect::<String>());
    }
}

#[test]
fn a_hostile_document_is_read_within_its_bounds() {
    let flags = |flag: &str| {
        let mut text = String::from("{");
        for n in 0.. {
            write!(text, "\"{n}\": {flag}, ").expect("a string takes all");
            if text.len() > plan::MAX_DOCUMENT_BYTES - flag.len() - 64 {
                break;
            }
        }
        text + "\"last\": 0}"
    };
    let patterns = check(&flags(
        r#"{"mode":"exception","enabled":true,"match":[{"path":"a","operator":"regex","value":"[a-z]{50}"}]}"#,
    ));
    assert_eq!(
        patterns.plan.flags.len(),
        16,
        "each expression takes memory, and time in a call"
    );
    assert!(
        patterns.findings[0].message.contains("flags are too many")
            && patterns.findings[1].message.contains("regular expressions"),
        "{:?}",
        patterns.findings
    );

    let mistyped = check(&flags(
        r#"{"mode":"exception","enabled":true,"percantage":1,"percantag":1}"#,
    ));
    assert_eq!(mistyped.findings.len(), 101);
    assert!(
        mistyped.findings[100].message.contains("more findings"),
        "{:?}",
        mistyped.findings[100]
    );

    check(&format!(
        r#"{{"{}": 1, "exception": {{"enabled": true, "{0}": "{0}"}}}}"#,
        "k".repeat(300_000)
    ));
    check(&format!(
        r#"{{"exception": {{"enabled": true, "point": "{}"}}}}"#,
        "*a".repeat(100_000)
    ));
}

//! What somebody meant who mistyped.

/// Keys of the older formats, and what they are called in this one.
const OLD_NAMES: &[(&str, &str)] = &[
    ("is_enabled", "enabled"),
    ("failure_mode", "mode"),
    ("fault_type", "mode"),
    ("rate", "percentage"),
    ("delay", "min_latency"),
    ("error_code", "status_code"),
    ("denylist", "deny_list"),
];

/// How alike two names must be for the one to be offered for the other; 1 is equal.
const ALIKE: f64 = 0.8;

/// A mistyped key longer than this is like none.
const LONGEST: usize = 64;

/// The candidate that is most like `written`, if one is.
pub(crate) fn nearest<'c>(
    written: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    most_like(written, &mut candidates.into_iter())
}

/// Compiled once, and not once more for each kind of list.
#[inline(never)]
fn most_like<'c>(written: &str, candidates: &mut dyn Iterator<Item = &'c str>) -> Option<&'c str> {
    if written.len() > LONGEST {
        return None;
    }
    let written = snake_case(written);
    let meant = OLD_NAMES
        .iter()
        .find(|(old, _)| *old == written)
        .map_or(written.as_str(), |(_, new)| new);
    candidates
        .map(|candidate| {
            (
                strsim::jaro_winkler(meant, &snake_case(candidate)),
                candidate,
            )
        })
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}

/// `minLatency`, `min-latency` and `MIN_LATENCY` are all `min_latency`.
fn snake_case(written: &str) -> String {
    let mut snake = String::with_capacity(written.len());
    let mut after_lower = false;
    for character in written.chars() {
        if character.is_ascii_uppercase() && after_lower {
            snake.push('_');
        }
        after_lower = character.is_ascii_lowercase() || character.is_ascii_digit();
        snake.push(if matches!(character, '-' | ' ' | '.') {
            '_'
        } else {
            character.to_ascii_lowercase()
        });
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_found_and_nothing_else() {
        let keys = [
            "enabled",
            "percentage",
            "match",
            "min_latency",
            "max_latency",
            "phase",
            "every",
        ];
        let cases = [
            ("percantage", Some("percentage")),
            ("percent", Some("percentage")),
            ("Percentage", Some("percentage")),
            ("minLatency", Some("min_latency")),
            ("max-latency", Some("max_latency")),
            ("rate", Some("percentage")),
            ("isEnabled", Some("enabled")),
            ("enable", Some("enabled")),
            ("zzz", None),
            ("", None),
        ];
        for (written, expected) in cases {
            assert_eq!(nearest(written, keys), expected, "{written}");
        }
    }

    #[test]
    fn names_are_compared_word_by_word_up_to_a_length() {
        for written in ["s3Bucket2Name", "s3-bucket2.name", "S3_BUCKET2_NAME"] {
            assert_eq!(snake_case(written), "s3_bucket2_name", "{written}");
        }
        let longest = "k".repeat(64);
        assert_eq!(nearest(&longest, ["kkkk"]), None);
        assert_eq!(nearest(&longest, [&*longest]), Some(&*longest));
        assert_eq!(nearest(&"k".repeat(65), [&*longest]), None);
    }
}

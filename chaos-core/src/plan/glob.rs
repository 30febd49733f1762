//! Globs over the names of injection points.

/// One glob or several, any of which may match. `*` stands for any run of characters, also none,
/// also dots; everything else for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Globs(Vec<Glob>);

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Glob {
    text: String,
    /// Where its first star is, if it has one: up to there it is a name like any other.
    star: Option<usize>,
}

impl Globs {
    pub(super) fn new(globs: Vec<String>) -> Self {
        let globs = globs.into_iter().map(|text| Glob {
            star: text.find('*'),
            text,
        });
        Self(globs.collect())
    }

    /// Whether one of the globs matches the whole name.
    pub fn matches(&self, name: &str) -> bool {
        self.0.iter().any(|glob| glob.matches(name))
    }

    /// Whether one of the globs matches any name that begins so.
    #[cfg(feature = "_client")]
    pub(crate) fn match_under(&self, beginning: &str) -> bool {
        self.0.iter().any(|glob| glob.matches_under(beginning))
    }

    /// The globs as the document has them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|glob| glob.text.as_str())
    }
}

impl Glob {
    fn matches(&self, name: &str) -> bool {
        match self.split() {
            None => self.text == name,
            Some((head, rest)) => name
                .strip_prefix(head)
                .is_some_and(|name| rest == "*" || glob_matches(rest.as_bytes(), name.as_bytes())),
        }
    }

    /// What a star stands for may begin as it likes, and end as the rest of the glob does.
    #[cfg(feature = "_client")]
    fn matches_under(&self, beginning: &str) -> bool {
        match self.split() {
            None => self.text.starts_with(beginning),
            Some((head, _)) => head.starts_with(beginning) || beginning.starts_with(head),
        }
    }

    /// What is before the first star, and what begins with it.
    fn split(&self) -> Option<(&str, &str)> {
        Some(self.text.split_at(self.star?))
    }
}

/// Goes back to the last star only, so that the time is at most the product of the two lengths.
fn glob_matches(glob: &[u8], name: &[u8]) -> bool {
    let (mut g, mut n) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while n < name.len() {
        if glob.get(g) == Some(&b'*') {
            star = Some((g, n));
            g += 1;
        } else if glob.get(g) == Some(&name[n]) {
            g += 1;
            n += 1;
        } else if let Some((at, taken)) = star {
            star = Some((at, taken + 1));
            g = at + 1;
            n = taken + 1;
        } else {
            return false;
        }
    }
    glob[g..].iter().all(|&byte| byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_run() {
        let cases = [
            ("cache.get", "cache.get", true),
            ("cache.get", "cache.get_user", false),
            ("cache.*", "cache.get", true),
            ("cache.*", "cache.", true),
            ("cache.*", "cache", false),
            ("*", "", true),
            ("*", "anything", true),
            ("aws.*.Get*", "aws.s3.GetObject", true),
            ("aws.*.Get*", "aws.s3.PutObject", false),
            ("*a*b", "xaabab", true),
            ("*a*b", "xaaba", false),
            ("**", "x", true),
            ("", "", true),
            ("", "x", false),
            ("a*", "ä", false),
            ("*ü", "grün", false),
            ("gr*n", "grün", true),
        ];
        for (glob, name, expected) in cases {
            let globs = Globs::new(vec![glob.to_owned()]);
            assert_eq!(globs.matches(name), expected, "{glob} on {name}");
        }
        let both = Globs::new(vec!["a*".to_owned(), "b".to_owned()]);
        assert!(both.matches("ab") && both.matches("b") && !both.matches("c"));
        assert_eq!(both.iter().collect::<Vec<_>>(), ["a*", "b"]);
    }

    #[cfg(feature = "_client")]
    #[test]
    fn a_glob_that_matches_a_name_matches_under_its_beginnings() {
        let cases = [
            ("aws.s3.GetObject", "aws.", true),
            ("aws.s3.GetObject", "http.", false),
            ("aws", "aws.", false),
            ("aws.", "aws.", true),
            ("a*b", "aws.", true),
            ("b*", "aws.", false),
            ("aws.*.Get*", "aws.", true),
            ("aws*", "aws.", true),
            ("awx*", "aws.", false),
            ("*", "redis.", true),
            ("*.GET", "redis.", true),
            ("", "redis.", false),
        ];
        for (glob, beginning, expected) in cases {
            let globs = Globs::new(vec![glob.to_owned()]);
            assert_eq!(
                globs.match_under(beginning),
                expected,
                "{glob} under {beginning}"
            );
        }
    }

    #[test]
    fn many_stars_take_no_time() {
        let glob = format!("{}b", "a*".repeat(200));
        assert!(!Globs::new(vec![glob]).matches(&"a".repeat(5_000)));
    }
}

//! Globs over the names of injection points.

/// One glob or several, any of which may match. `*` stands for any run of characters, also none,
/// also dots; everything else for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Globs(Vec<String>);

impl Globs {
    pub(super) fn new(globs: Vec<String>) -> Self {
        Self(globs)
    }

    /// Whether one of the globs matches the whole name.
    pub fn matches(&self, name: &str) -> bool {
        self.0
            .iter()
            .any(|glob| glob_matches(glob.as_bytes(), name.as_bytes()))
    }

    /// The globs as the document has them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
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
    }

    #[test]
    fn many_stars_take_no_time() {
        let glob = format!("{}b", "a*".repeat(200));
        assert!(!Globs::new(vec![glob]).matches(&"a".repeat(5_000)));
    }
}

//! What may be written for a parameter: a name or an ARN, with a version or a label after a colon.

use std::fmt;

/// A name or an ARN, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference(String);

impl Reference {
    pub(super) fn new(written: String) -> Self {
        Self(written)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The region that an ARN names.
    pub(super) fn region(&self) -> Option<&str> {
        let mut parts = self.0.split(':');
        let is_arn = parts.next() == Some("arn");
        parts.nth(2).filter(|region| is_arn && !region.is_empty())
    }

    /// The version or label, which can be read and not be written.
    pub(super) fn selector(&self) -> Option<&str> {
        let own = if self.0.starts_with("arn:") { 5 } else { 0 };
        let (colon, _) = self.0.match_indices(':').nth(own)?;
        Some(&self.0[colon + 1..])
    }

    /// The names that it may stand for, the likeliest first, where nobody may be asked: an ARN does
    /// not show whether a name of one level begins with a slash.
    pub(super) fn names(&self) -> Vec<String> {
        let Some(path) = self.0.strip_prefix("arn:").and_then(|arn| {
            let (_, path) = arn.split_once(":parameter/")?;
            Some(path)
        }) else {
            return vec![self.0.clone()];
        };
        let rooted = format!("/{path}");
        if path.contains('/') {
            vec![rooted]
        } else {
            vec![path.to_owned(), rooted]
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference(written: &str) -> Reference {
        Reference::new(written.to_owned())
    }

    const ARN: &str = "arn:aws:ssm:eu-west-1:123456789012:parameter/orders/chaos";

    #[test]
    fn an_arn_names_its_region() {
        assert_eq!(reference(ARN).region(), Some("eu-west-1"));
        assert_eq!(reference("/orders/chaos").region(), None);
        assert_eq!(reference("orders:3").region(), None);
    }

    #[test]
    fn a_version_follows_a_colon() {
        assert_eq!(reference(ARN).selector(), None);
        assert_eq!(reference(&format!("{ARN}:7")).selector(), Some("7"));
        assert_eq!(reference("/a/b").selector(), None);
        assert_eq!(reference("/a/b:live").selector(), Some("live"));
    }

    #[test]
    fn an_arn_stands_for_a_name() {
        assert_eq!(reference(ARN).names(), ["/orders/chaos"]);
        let flat = "arn:aws:ssm:eu-west-1:123456789012:parameter/chaos";
        assert_eq!(reference(flat).names(), ["chaos", "/chaos"]);
        assert_eq!(reference("/a").names(), ["/a"]);
    }
}

//! What names of SSM parameters mean, whoever reads them.

/// The resource as an IAM policy names it. The version or label is no part of it.
pub(super) fn resource(name: &str) -> String {
    if name.starts_with("arn:") {
        return name.to_owned();
    }
    let name = name.split(':').next().unwrap_or(name);
    let slash = if name.starts_with('/') { "" } else { "/" };
    format!("arn:aws:ssm:*:*:parameter{slash}{name}")
}

/// The name or ARN by itself, and the version or label after it.
#[cfg(feature = "extension")]
pub(super) fn parts(name: &str) -> (&str, Option<&str>) {
    // an ARN has five colons of its own
    let own = if name.starts_with("arn:") { 5 } else { 0 };
    match name.match_indices(':').nth(own) {
        Some((colon, _)) => (&name[..colon], Some(&name[colon + 1..])),
        None => (name, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_is_named_as_policies_do() {
        assert_eq!(resource("/a/b"), "arn:aws:ssm:*:*:parameter/a/b");
        assert_eq!(resource("chaos:3"), "arn:aws:ssm:*:*:parameter/chaos");
        let arn = "arn:aws:ssm:eu-west-1:1:parameter/a";
        assert_eq!(resource(arn), arn);
    }

    #[cfg(feature = "extension")]
    #[test]
    fn a_version_or_label_follows_a_colon() {
        assert_eq!(parts("/a/b"), ("/a/b", None));
        assert_eq!(parts("/a/b:3"), ("/a/b", Some("3")));
        let arn = "arn:aws:ssm:eu-west-1:1:parameter/a";
        assert_eq!(parts(arn), (arn, None));
        assert_eq!(parts(&format!("{arn}:live")), (arn, Some("live")));
    }
}

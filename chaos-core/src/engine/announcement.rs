//! The response header that names the flags that fired.

use std::sync::Arc;

use http::HeaderName;

/// The longest value of the header, in bytes.
const LONGEST: usize = 1024;

/// The header that names the flags that fired.
#[derive(Clone, Debug)]
#[doc(hidden)]
pub struct Announcement {
    pub(crate) name: HeaderName,
    pub(crate) flags: String,
}

impl Announcement {
    pub(crate) fn new(name: &HeaderName, flags: &[Arc<str>]) -> Self {
        Self {
            name: name.clone(),
            flags: listed(flags),
        }
    }

    /// The value, after that of a wrapper further in.
    pub(crate) fn after(&self, inner: Option<&str>) -> String {
        match inner {
            Some(inner) => format!("{inner}, {}", self.flags),
            None => self.flags.clone(),
        }
    }
}

/// The names with commas between. What a header cannot hold, or would take for a comma, is percent
/// encoded; what is too much is counted.
fn listed(flags: &[Arc<str>]) -> String {
    let mut list = String::new();
    for (n, flag) in flags.iter().enumerate() {
        let comma = if n == 0 { "" } else { ", " };
        let name = encoded(flag);
        if list.len() + name.len() > LONGEST {
            return format!("{list}{comma}+{}", flags.len() - n);
        }
        list = list + comma + &name;
    }
    list
}

fn encoded(flag: &str) -> String {
    let one = |byte: u8| match byte {
        b',' | b'%' | b'"' => format!("%{byte:02X}"),
        b'!'..=b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    flag.bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_flags_are_safe_in_a_header() {
        let flags = |names: &[&str]| names.iter().map(|&name| name.into()).collect::<Vec<_>>();
        assert_eq!(
            listed(&flags(&["latency", "slow-cache"])),
            "latency, slow-cache"
        );
        let odd = listed(&flags(&["a,b", "é\r\nx", "50 %"]));
        assert_eq!(odd, "a%2Cb, %C3%A9%0D%0Ax, 50%20%25");
        assert_eq!(listed(&flags(&["a\"b"])), "a%22b");
        let (long, shorter) = ("x".repeat(LONGEST), "x".repeat(LONGEST - 1));
        assert_eq!(listed(&flags(&[&long])), long);
        assert_eq!(listed(&flags(&["a", &shorter])), format!("a, {shorter}"));
        assert_eq!(listed(&flags(&["a", &long, "b"])), "a, +2");
    }
}

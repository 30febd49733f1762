//! What a request calls: the name of its point, and its labels.

use http::Method;

use crate::engine::{Family, Labels};
use crate::seam::client::kept;

/// All requests.
pub(crate) static POINTS: Family = Family::of("http.");

/// The longest path that is a label.
const LONGEST_PATH: usize = 4096;

/// What a request calls.
#[derive(Debug)]
pub(crate) struct Called<'a> {
    pub(crate) method: &'a Method,
    /// Without the port.
    pub(crate) host: &'a str,
    /// Without the query.
    pub(crate) path: &'a str,
}

impl Called<'_> {
    /// `http.GET`.
    pub(crate) fn point(&self) -> &'static str {
        match *self.method {
            Method::GET => "http.GET",
            Method::POST => "http.POST",
            Method::PUT => "http.PUT",
            Method::DELETE => "http.DELETE",
            Method::PATCH => "http.PATCH",
            Method::HEAD => "http.HEAD",
            Method::OPTIONS => "http.OPTIONS",
            _ => {
                let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
                let name = Some(self.method.as_str()).filter(|name| name.chars().all(fits));
                let name = name.and_then(|name| kept(format_args!("http.{name}")));
                name.unwrap_or("http.unknown")
            }
        }
    }

    /// All labels of a request. Asked for only while a flag concerns its point.
    pub(crate) fn labels(&self) -> Labels {
        let mut labels: Labels = vec![("method", self.method.to_string())];
        if !self.host.is_empty() {
            labels.push(("host", self.host.to_ascii_lowercase()));
        }
        let path = if self.path.is_empty() { "/" } else { self.path };
        if path.len() <= LONGEST_PATH {
            labels.push(("path", path.to_owned()));
            labels.push(("prefix", prefix(path).to_owned()));
        }
        labels
    }
}

/// Up to its second slash.
fn prefix(path: &str) -> &str {
    let second = path.bytes().skip(1).position(|byte| byte == b'/');
    second.map_or(path, |at| &path[..=at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_named_after_the_method() {
        let point = |method: &str| {
            let method = method.parse().unwrap();
            let (host, path) = ("", "");
            Called {
                method: &method,
                host,
                path,
            }
            .point()
        };
        assert_eq!(point("GET"), "http.GET");
        assert_eq!(point("PROPFIND"), "http.PROPFIND");
        assert_eq!(point("WEIRD*"), "http.unknown");
    }

    #[test]
    fn labels_say_what_a_request_is_about() {
        let labels = |host, path| {
            Called {
                method: &Method::GET,
                host,
                path,
            }
            .labels()
        };
        let expected = [
            ("method", "GET"),
            ("host", "api.example.com"),
            ("path", "/users/42"),
            ("prefix", "/users"),
        ];
        let expected = expected.map(|(name, value)| (name, value.to_owned()));
        assert_eq!(labels("API.example.com", "/users/42"), expected);
        for (path, prefix) in [("", "/"), ("/", "/"), ("/users", "/users"), ("//a", "/")] {
            assert_eq!(
                labels("h", path)[3],
                ("prefix", prefix.to_owned()),
                "{path}"
            );
        }
    }
}

//! Mode `denylist`: which names of hosts do not resolve now, in the whole process.
//!
//! Each call that denies names has an entry here until it ends, so the last one out restores.
//! `seam/dns.rs` asks at every lookup.

mod apart;

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};

pub(crate) use self::apart::apart;
use crate::plan::Pattern;

/// How many calls deny names. A lookup reads it, and while it is 0 nothing else.
static DENYING: AtomicUsize = AtomicUsize::new(0);
static ENTRIES: RwLock<Vec<Arc<Entry>>> = RwLock::new(Vec::new());

/// What one call denies.
#[derive(Debug)]
struct Entry {
    hosts: Arc<[Pattern]>,
    /// Lambda's Runtime API, where it has a name: without it the function could not even answer.
    runtime_api: Option<String>,
}

impl Entry {
    fn denies(&self, name: &str) -> bool {
        let own = self.runtime_api.as_deref();
        !own.is_some_and(|own| own.eq_ignore_ascii_case(name))
            && self.hosts.iter().any(|host| host.found_in_host(name))
    }
}

/// Names that do not resolve until this is dropped.
#[derive(Debug)]
pub(crate) struct Denied(Arc<Entry>);

/// Denies the names in which one of these is found, or says why it cannot.
#[allow(
    clippy::unnecessary_wraps,
    reason = "where names cannot be denied it fails"
)]
pub(crate) fn deny(hosts: &Arc<[Pattern]>) -> Result<Denied, &'static str> {
    let entry = Arc::new(Entry {
        hosts: Arc::clone(hosts),
        runtime_api: std::env::var("AWS_LAMBDA_RUNTIME_API").ok().map(host),
    });
    entries().push(Arc::clone(&entry));
    DENYING.fetch_add(1, Relaxed);
    Ok(Denied(entry))
}

impl Drop for Denied {
    fn drop(&mut self) {
        DENYING.fetch_sub(1, Relaxed);
        entries().retain(|entry| !Arc::ptr_eq(entry, &self.0));
    }
}

fn entries() -> RwLockWriteGuard<'static, Vec<Arc<Entry>>> {
    ENTRIES.write().unwrap_or_else(PoisonError::into_inner)
}

/// Whether any call denies names now.
#[inline]
pub(crate) fn denying() -> bool {
    DENYING.load(Relaxed) > 0
}

/// Whether the lookup of this name on this thread is to fail.
pub(crate) fn denies(name: &str) -> bool {
    let entries = ENTRIES.read().unwrap_or_else(PoisonError::into_inner);
    !apart::is_apart() && entries.iter().any(|entry| entry.denies(name))
}

/// `HOST:PORT` without the port.
fn host(mut address: String) -> String {
    address.truncate(address.rfind(':').unwrap_or(address.len()));
    address
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{self, Mode};

    fn entry(list: &[&str], runtime_api: &str) -> Entry {
        let document = serde_json::json!({"denylist": {"enabled": true, "deny_list": list}});
        let Mode::DenyList(list) = &plan::read_value(&document).plan.flags[0].mode else {
            panic!("{document}");
        };
        Entry {
            hosts: Arc::clone(&list.hosts),
            runtime_api: Some(host(runtime_api.to_owned())),
        }
    }

    #[test]
    fn an_expression_is_found_anywhere_in_a_name_whatever_its_case() {
        let entry = entry(
            &[r"dynamodb\..*\.amazonaws\.com$", "^API"],
            "127.0.0.1:9001",
        );
        for denied in [
            "dynamodb.eu-west-1.amazonaws.com",
            "DynamoDB.eu-west-1.amazonaws.com.",
            "x.dynamodb.eu-west-1.amazonaws.com",
            "api.example.com",
        ] {
            assert!(entry.denies(denied), "{denied}");
        }
        for other in ["s3.eu-west-1.amazonaws.com", "my-api.example.com", ""] {
            assert!(!entry.denies(other), "{other}");
        }
    }

    #[test]
    fn the_runtime_api_stays_within_reach() {
        for address in ["runtime.internal:9001", "Runtime.Internal"] {
            let entry = entry(&[".*"], address);
            assert!(!entry.denies("runtime.internal"), "{address}");
            assert!(entry.denies("other.internal"), "{address}");
        }
    }

    #[test]
    fn what_is_too_long_for_a_name_is_none() {
        let entry = entry(&["."], "");
        assert!(entry.denies(&"a".repeat(253)));
        assert!(!entry.denies(&"a".repeat(254)));
    }
}

//! The names of points that are put together at run time.

use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

/// So many are kept. A function calls fewer operations by far, but what it calls may be up to its
/// users.
static NAMES: Names = Names::at_most(1024);

/// The name, made once and kept; `None` where there are too many already.
pub(crate) fn kept(name: &str) -> Option<&'static str> {
    NAMES.kept(name)
}

struct Names {
    kept: RwLock<BTreeSet<&'static str>>,
    most: usize,
}

impl Names {
    const fn at_most(most: usize) -> Self {
        Self {
            kept: RwLock::new(BTreeSet::new()),
            most,
        }
    }

    fn kept(&self, name: &str) -> Option<&'static str> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.get(name) {
            return Some(known);
        }
        drop(kept);
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept.get(name) {
            return Some(known);
        }
        if kept.len() >= self.most {
            return None;
        }
        let name: &'static str = name.to_owned().leak();
        kept.insert(name);
        Some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn a_name_is_kept_once_and_not_without_end() {
        let names = Names::at_most(2);
        let one = names.kept("one").unwrap();
        assert!(std::ptr::eq(one, names.kept("one").unwrap()));
        assert_eq!(names.kept("two"), Some("two"));
        assert_eq!(names.kept("three"), None);
        assert!(std::ptr::eq(one, names.kept("one").unwrap()));
    }
}

//! The names of points that are put together at run time.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::sync::{LazyLock, Mutex, PoisonError};

use arc_swap::ArcSwap;

/// So many are kept. A function calls fewer operations by far, but what it calls may be up to its
/// users.
static NAMES: Names = Names::at_most(1024);

/// The name, made once and kept; `None` where there are too many already. One that is kept is put
/// together on the stack and looked up without a lock, unless it is very long.
pub(crate) fn kept(name: fmt::Arguments<'_>) -> Option<&'static str> {
    let mut short = Short::default();
    match short.write_fmt(name) {
        Ok(()) => NAMES.kept(short.text()?),
        Err(_) => NAMES.kept(&name.to_string()),
    }
}

/// A text on the stack.
struct Short {
    bytes: [u8; 120],
    length: usize,
}

impl Default for Short {
    fn default() -> Self {
        Self {
            bytes: [0; 120],
            length: 0,
        }
    }
}

impl Short {
    fn text(&self) -> Option<&str> {
        std::str::from_utf8(self.bytes.get(..self.length)?).ok()
    }
}

impl fmt::Write for Short {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        let room = self.bytes.get_mut(self.length..end).ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

/// They are read at every call, and added to a few times in a process.
struct Names {
    kept: LazyLock<ArcSwap<BTreeSet<&'static str>>>,
    adding: Mutex<()>,
    most: usize,
}

impl Names {
    const fn at_most(most: usize) -> Self {
        Self {
            kept: LazyLock::new(ArcSwap::default),
            adding: Mutex::new(()),
            most,
        }
    }

    fn kept(&self, name: &str) -> Option<&'static str> {
        let known = self.kept.load().get(name).copied();
        known.or_else(|| self.add(name))
    }

    #[cold]
    fn add(&self, name: &str) -> Option<&'static str> {
        let _adding = self.adding.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = self.kept.load_full();
        if let Some(known) = kept.get(name) {
            return Some(known);
        }
        if kept.len() >= self.most {
            return None;
        }
        let name: &'static str = name.to_owned().leak();
        let mut more = BTreeSet::clone(&kept);
        more.insert(name);
        self.kept.store(more.into());
        Some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::{Names, kept};

    #[test]
    fn a_name_is_kept_once_and_not_without_end() {
        let names = Names::at_most(2);
        let one = names.kept("one").unwrap();
        assert!(std::ptr::eq(one, names.kept("one").unwrap()));
        assert_eq!(names.kept("two"), Some("two"));
        assert_eq!(names.kept("three"), None);
        assert!(std::ptr::eq(one, names.kept("one").unwrap()));
    }

    #[test]
    fn a_name_may_be_longer_than_the_stack_has_room_for() {
        for operation in ["Get".to_owned(), "é".repeat(55), "x".repeat(500)] {
            let name = kept(format_args!("aws.{}.{operation}", "names")).unwrap();
            assert_eq!(name, format!("aws.names.{operation}"));
            let again = kept(format_args!("aws.names.{operation}")).unwrap();
            assert!(std::ptr::eq(name, again));
        }
    }
}

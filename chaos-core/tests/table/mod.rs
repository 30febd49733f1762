//! A source whose document a test puts in the place of another.

use std::sync::Mutex;

use chaos_core::source::{Fetch, Source};

static DOCUMENT: Mutex<String> = Mutex::new(String::new());

pub(crate) struct Table;

impl Table {
    /// From here on this is the document.
    pub(crate) fn put(document: impl Into<String>) {
        *DOCUMENT.lock().expect("no panic") = document.into();
    }
}

impl Source for Table {
    fn name(&self) -> &'static str {
        "table"
    }

    fn location(&self) -> String {
        "a table".to_owned()
    }

    fn fetch(&self) -> Fetch<'_> {
        Box::pin(async { Ok(DOCUMENT.lock().expect("no panic").clone()) })
    }
}

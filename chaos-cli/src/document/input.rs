//! Reads what is to be looked at, wherever it is.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::ending::Ending;
use crate::store::{Place, Store};

/// A document to be looked at, not changed: a file's, what comes from standard input, or one where
/// functions find it.
#[derive(Debug, Args)]
pub(crate) struct Source {
    /// The document's file, or - for standard input
    #[arg(value_name = "FILE", conflicts_with = "place")]
    document: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
}

impl Source {
    /// Reads it. What cannot be read is exit code 2.
    pub(crate) async fn read(&self) -> Result<Text, Ending> {
        match &self.document {
            Some(file) => Text::read(file, "document"),
            None => Text::stored(&self.place).await,
        }
    }
}

/// A text, and what to call it.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Text {
    /// Reads a file, or standard input where that is `-`. What cannot be read is exit code 2.
    pub(crate) fn read(file: &Path, what: &str) -> Result<Self, Ending> {
        let (name, read) = if file == Path::new("-") {
            ("<stdin>".to_owned(), read_stdin())
        } else {
            (file.display().to_string(), std::fs::read(file))
        };
        let bytes = read.map_err(|error| {
            Ending::Usage(format!(
                "cannot read the {what} in {name}: {error}; name a file that is there, or - for \
                 standard input"
            ))
        })?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = valid.split(|byte| *byte == b'\n').count();
            Ending::Usage(format!(
                "the {what} in {name} is no UTF-8 in line {line}; save it as UTF-8"
            ))
        })?;
        Ok(Self::new(name, &text))
    }

    /// Reads a document where functions find it.
    pub(crate) async fn stored(place: &Place) -> Result<Self, Ending> {
        let store = Store::open(place).await?;
        let read = store.read().await;
        let found = read.map_err(|trouble| Ending::Usage(trouble.to_string()))?;
        Ok(Self::new(store.name(), &found.text))
    }

    /// Without the mark that editors on Windows begin a file with.
    fn new(name: String, text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).to_owned();
        Self { name, text }
    }
}

fn read_stdin() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

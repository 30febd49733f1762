//! Reads what is to be looked at from a file or from standard input.

use std::io::{self, Read as _};
use std::path::Path;

use crate::ending::Ending;

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
            let line = 1 + line_ends(error.as_bytes(), error.utf8_error().valid_up_to());
            Ending::Usage(format!(
                "the {what} in {name} is no UTF-8 in line {line}; save it as UTF-8"
            ))
        })?;
        // Editors on Windows begin a file with it.
        let text = text
            .strip_prefix('\u{feff}')
            .map(str::to_owned)
            .unwrap_or(text);
        Ok(Self { name, text })
    }
}

fn read_stdin() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The lines that end in the first so many bytes.
fn line_ends(bytes: &[u8], upto: usize) -> usize {
    bytes[..upto].iter().filter(|byte| **byte == b'\n').count()
}

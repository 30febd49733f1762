//! Where charges are written down.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Money that a customer owes for a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Charge {
    /// The id of the message: the same in each delivery of it.
    pub(crate) message: String,
    pub(crate) customer: String,
    pub(crate) cents: u64,
}

/// What a worker needs of a ledger. In production that is a table; see the README.
pub(crate) trait Ledger {
    /// Writes a charge down, whatever is there.
    async fn add(&self, charge: &Charge) -> io::Result<()>;

    /// Writes a charge down unless there is one for its message. Both are one step, so that of two
    /// workers with the same message only one writes. Says whether it was written.
    async fn add_once(&self, charge: &Charge) -> io::Result<bool>;
}

/// A ledger in a file, a line a charge. It stands in for a table, and blocks for as long as a small
/// file takes.
#[derive(Debug)]
pub(crate) struct FileLedger {
    file: PathBuf,
}

impl FileLedger {
    pub(crate) fn new(file: impl Into<PathBuf>) -> Self {
        Self { file: file.into() }
    }

    /// The file, held by nobody else until it is dropped.
    fn locked(&self) -> io::Result<File> {
        let mut options = OpenOptions::new();
        let file = options
            .read(true)
            .append(true)
            .create(true)
            .open(&self.file)?;
        file.lock()?;
        Ok(file)
    }
}

impl Ledger for FileLedger {
    async fn add(&self, charge: &Charge) -> io::Result<()> {
        append(&self.locked()?, charge)
    }

    async fn add_once(&self, charge: &Charge) -> io::Result<bool> {
        let file = self.locked()?;
        let is_there = |other: &Charge| other.message == charge.message;
        if charges(&file)?.iter().any(is_there) {
            return Ok(false);
        }
        append(&file, charge)?;
        Ok(true)
    }
}

fn append(mut file: &File, charge: &Charge) -> io::Result<()> {
    let line = serde_json::to_string(charge)? + "\n";
    file.write_all(line.as_bytes())
}

fn charges(file: &File) -> io::Result<Vec<Charge>> {
    let lines = BufReader::new(file).lines();
    lines
        .map(|line| Ok(serde_json::from_str(&line?)?))
        .collect()
}

#[cfg(test)]
impl FileLedger {
    /// Everything in it.
    pub(crate) fn charges(&self) -> Vec<Charge> {
        let file = self.locked().expect("a file");
        charges(&file).expect("charges")
    }
}

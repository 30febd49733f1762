//! The repository: the seats of a theatre, in `SQLite`. Each of its functions is a point.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chaos_core::{InjectedError, inject_chaos};
use rusqlite::{Connection, Error, OptionalExtension as _, Result, ffi};

/// How long a statement waits for others that write. rusqlite's own is five seconds, which three tries
/// would make longer than whoever waits behind the API does.
const BUSY: Duration = Duration::from_millis(250);

/// Who has which seat.
pub(crate) struct Seats {
    connection: Mutex<Connection>,
}

impl Seats {
    /// The database in that file, made if it is not there.
    pub(crate) fn open(file: impl AsRef<Path>) -> Result<Self> {
        let connection = Connection::open(file)?;
        connection.busy_timeout(BUSY)?;
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS seats (seat TEXT PRIMARY KEY, customer TEXT NOT NULL)",
        )?;
        Ok(Self {
            connection: Mutex::new(connection),
        })
    }

    /// Gives a seat that is free to a customer; whether it was free.
    #[inject_chaos(point = "sql.seats.take", labels(seat = seat), error = sqlite)]
    pub(crate) fn take(&self, seat: &str, customer: &str) -> Result<bool> {
        let insert = "INSERT INTO seats (seat, customer) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        let rows = self.connection().execute(insert, [seat, customer])?;
        Ok(rows == 1)
    }

    /// Who has the seat.
    #[inject_chaos(point = "sql.seats.holder", labels(seat = seat), error = sqlite)]
    pub(crate) fn holder(&self, seat: &str) -> Result<Option<String>> {
        let select = "SELECT customer FROM seats WHERE seat = ?1";
        let connection = self.connection();
        let holder = connection.query_row(select, [seat], |row| row.get(0));
        holder.optional()
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        let connection = self.connection.lock();
        connection.unwrap_or_else(PoisonError::into_inner)
    }
}

/// An injected error as `SQLite`'s own: `exception_type` is a result code as `SQLite` writes it.
fn sqlite(injected: InjectedError) -> Error {
    let code = match injected.error_type() {
        "SQLITE_BUSY" => ffi::SQLITE_BUSY,
        "SQLITE_LOCKED" => ffi::SQLITE_LOCKED,
        "SQLITE_READONLY" => ffi::SQLITE_READONLY,
        "SQLITE_IOERR" => ffi::SQLITE_IOERR,
        "SQLITE_CORRUPT" => ffi::SQLITE_CORRUPT,
        "SQLITE_FULL" => ffi::SQLITE_FULL,
        _ => ffi::SQLITE_ERROR,
    };
    Error::SqliteFailure(ffi::Error::new(code), Some(injected.into_message()))
}

//! How connections fail: what `exception_type` may name at every client.

use std::error::Error;
use std::fmt;
use std::io;

use crate::engine::{CannotFail, Refusal};
use crate::error::InjectedError;
use crate::plan::nearest;

/// How a connection fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConnectionFault {
    /// Nobody listens there.
    Refused,
    /// It was there, and was cut off.
    Reset,
    /// It was there, and was closed before a reply came.
    Closed,
    /// The host's name does not resolve.
    Dns,
    /// No reply came in time.
    Timeout,
}

/// What a document calls them.
const NAMES: [(&str, ConnectionFault); 5] = [
    ("ConnectionRefused", ConnectionFault::Refused),
    ("ConnectionReset", ConnectionFault::Reset),
    ("ConnectionClosed", ConnectionFault::Closed),
    ("DnsFailure", ConnectionFault::Dns),
    ("Timeout", ConnectionFault::Timeout),
];

impl ConnectionFault {
    /// The one that `exception_type` names.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let row = NAMES.iter().find(|(own, _)| *own == name);
        row.map(|(_, fault)| *fault)
    }

    /// The one that `exception_type` names, where there is no other error to name; a reset where it
    /// names none.
    pub(crate) fn chosen_by(error: &InjectedError) -> Result<Self, CannotFail> {
        match error.chosen_type() {
            None => Ok(Self::Reset),
            Some(name) => Self::named(name).ok_or_else(|| unknown(name, [])),
        }
    }

    /// As the system says it.
    fn text(self) -> &'static str {
        match self {
            Self::Refused => "Connection refused",
            Self::Reset => "Connection reset by peer",
            Self::Closed => "Connection closed before the reply came",
            Self::Dns => "failed to lookup address information: Name or service not known",
            Self::Timeout => "no reply came in time",
        }
    }

    /// Of that kind an error of the system is.
    fn kind(self) -> io::ErrorKind {
        match self {
            Self::Refused => io::ErrorKind::ConnectionRefused,
            Self::Reset => io::ErrorKind::ConnectionReset,
            Self::Closed => io::ErrorKind::BrokenPipe,
            // std's own kind for it has no name.
            Self::Dns => io::ErrorKind::Other,
            Self::Timeout => io::ErrorKind::TimedOut,
        }
    }

    /// The system's error at a call of that host, with the injected one in it.
    pub(crate) fn io(self, host: Option<&str>, error: Option<InjectedError>) -> io::Error {
        let failed = Failed {
            fault: self,
            host: host.filter(|_| self == Self::Dns).map(str::to_owned),
            error,
        };
        io::Error::new(self.kind(), failed)
    }
}

/// Says which types there are to whoever wrote another; a client may have some of its own.
pub(crate) fn unknown<'a>(written: &str, own: impl IntoIterator<Item = &'a str>) -> CannotFail {
    let own: Vec<&str> = own.into_iter().collect();
    let known = NAMES
        .iter()
        .map(|(name, _)| *name)
        .chain(own.iter().copied());
    let meant = match nearest(written, known) {
        Some(name) => format!("; did you mean `{name}`?"),
        None if own.is_empty() => format!("; there are {}", listed()),
        None => format!(
            "; there are {}, and the codes of the server's errors",
            listed()
        ),
    };
    let why = format!("there is no `exception_type` `{written}` at this call{meant}");
    CannotFail::Refused(Refusal::new(why))
}

fn listed() -> String {
    NAMES.map(|(name, _)| name).join(", ")
}

/// What stands in the system's error.
struct Failed {
    fault: ConnectionFault,
    /// Where the system's error tells it.
    host: Option<String>,
    error: Option<InjectedError>,
}

/// With its text, since errors are mostly logged so.
impl fmt::Debug for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Injected").field(&self.to_string()).finish()
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self
            .error
            .as_ref()
            .map_or("injected", InjectedError::message);
        f.write_str(self.fault.text())?;
        if let Some(host) = &self.host {
            write!(f, ": {host}")?;
        }
        write!(f, " ({message})")
    }
}

impl Error for Failed {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.as_ref().map(|error| error as &dyn Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(written: &str) -> String {
        match unknown(written, ["READONLY"]) {
            CannotFail::Refused(Refusal(why)) => why,
            CannotFail::NoError(_) => panic!("{written}"),
        }
    }

    #[test]
    fn a_mistyped_name_is_answered_with_the_nearest() {
        assert!(refusal("ConectionReset").contains("`ConnectionReset`"));
        assert!(refusal("READ_ONLY").contains("`READONLY`"));
        assert!(refusal("Kaboom").contains("DnsFailure, Timeout, and the codes"));
    }

    #[test]
    fn the_injected_error_is_inside_the_systems() {
        let own = InjectedError::new("pulled the plug", None, "flag");
        let error = ConnectionFault::Refused.io(Some("db"), Some(own));
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
        assert_eq!(error.to_string(), "Connection refused (pulled the plug)");
        let inside = error.get_ref().and_then(|inside| inside.source());
        assert!(inside.unwrap().is::<InjectedError>());
        let error = ConnectionFault::Dns.io(Some("db"), None).to_string();
        assert!(
            error.ends_with("Name or service not known: db (injected)"),
            "{error}"
        );
    }
}

//! The errors of a Redis server, as it sends them.

use redis::{RedisResult, Value};

/// One error of a Redis server: what [`exception_type`](crate#the-document) may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServerErrorCode {
    /// As the server writes it, which is what `RedisError::code()` says.
    pub code: &'static str,
    /// When a server answers so.
    pub meaning: &'static str,
}

const fn row(code: &'static str, meaning: &'static str) -> ServerErrorCode {
    ServerErrorCode { code, meaning }
}

/// The catalogue. A flag that names no type gets `ERR`.
pub const ERRORS: &[ServerErrorCode] = &[
    row("ERR", "anything else"),
    row("ASK", "the key's slot is being moved to another node"),
    row("BUSY", "a script runs for too long"),
    row("BUSYGROUP", "the consumer group exists already"),
    row("BUSYKEY", "the key to restore exists already"),
    row(
        "CLUSTERDOWN",
        "the cluster is down, or a slot is not served",
    ),
    row("CROSSSLOT", "the keys are in several slots"),
    row("EXECABORT", "the transaction was given up"),
    row("INPROG", "a failover is under way"),
    row("LOADING", "the dataset is still being loaded"),
    row("MASTERDOWN", "the replica has lost its master"),
    row("MISCONF", "writes are refused, as snapshots fail"),
    row("MOVED", "the key's slot is at another node"),
    row("NOAUTH", "no password was given"),
    row("NOGROUP", "there is no such consumer group or key"),
    row("NOPERM", "the user may not do that"),
    row("NOREPLICAS", "too few replicas to write"),
    row("NOSCRIPT", "there is no such script"),
    row("NOSUB", "the connection has no subscription to end"),
    row("NOTBUSY", "there is no script to kill"),
    row("OOM", "the memory that it may use is used up"),
    row("READONLY", "writes are refused, as it is a replica"),
    row("TRYAGAIN", "the keys are being moved"),
    row("UNKILLABLE", "the script has written already"),
    row("UNBLOCKED", "the client was unblocked by another"),
    row("WRONGPASS", "the password is wrong"),
    row("WRONGTYPE", "the key holds a value of another type"),
];

/// The code of that name.
pub(super) fn code(name: &str) -> Option<&'static str> {
    let known = ERRORS.iter().find(|row| row.code == name);
    known.map(|row| row.code)
}

/// The error as a connection returns it, which is as a value. The client's own parser makes it, so
/// that its kind is the one that the client knows the code by.
pub(super) fn server_error(code: &str, message: &str) -> RedisResult<Value> {
    // It is one line on the wire.
    let message = message.replace(char::is_control, " ");
    redis::parse_redis_value(format!("-{code} {message}\r\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use redis::{ErrorKind, ServerErrorKind};

    use super::*;

    #[test]
    fn every_code_arrives_as_the_client_knows_it() {
        for row in ERRORS {
            let error = server_error(row.code, "so it is").unwrap();
            let error = error.extract_error().unwrap_err();
            assert_eq!(error.code(), Some(row.code));
            assert_eq!(error.detail(), Some("so it is"));
            let twice = ERRORS.iter().filter(|other| other.code == row.code);
            assert_eq!(twice.count(), 1, "{}", row.code);
        }
    }

    #[test]
    fn what_the_client_models_has_its_kind() {
        for (code, kind) in [
            ("ERR", ErrorKind::Server(ServerErrorKind::ResponseError)),
            ("LOADING", ErrorKind::Server(ServerErrorKind::BusyLoading)),
            ("READONLY", ErrorKind::Server(ServerErrorKind::ReadOnly)),
            ("MOVED", ErrorKind::Server(ServerErrorKind::Moved)),
            ("BUSY", ErrorKind::Extension),
        ] {
            let error = server_error(code, "x").unwrap().extract_error();
            assert_eq!(error.unwrap_err().kind(), kind, "{code}");
        }
    }

    #[test]
    fn a_message_stays_one_line() {
        let error = server_error("ERR", "one\r\n+OK\r\ntwo").unwrap();
        let error = error.extract_error().unwrap_err();
        assert_eq!(error.detail(), Some("one  +OK  two"));
        assert!(server_error("ERR", "").unwrap().extract_error().is_err());
    }
}

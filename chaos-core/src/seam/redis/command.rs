//! What a command is: the name of its point, and its labels.

use redis::{Arg, Cmd};

use crate::engine::Labels;
use crate::seam::client::kept;

/// The longest name of a command, and the longest key that is a label.
const LONGEST_NAME: usize = 64;
const LONGEST_KEY: usize = 4096;

/// A command, as far as its point is concerned.
#[derive(Debug)]
pub(super) struct Command<'a> {
    /// In capitals.
    name: Option<String>,
    args: Vec<&'a [u8]>,
}

impl<'a> Command<'a> {
    pub(super) fn of(command: &'a Cmd) -> Self {
        Self::from_args(command.args_iter().map(|arg| match arg {
            Arg::Simple(arg) => arg,
            // Where a cursor stands, and whatever is new.
            _ => b"0",
        }))
    }

    pub(super) fn from_args(args: impl Iterator<Item = &'a [u8]>) -> Self {
        let args: Vec<&[u8]> = args.collect();
        let name = args.first().and_then(|name| as_name(name));
        Self { name, args }
    }

    /// `redis.GET`.
    pub(super) fn point(&self) -> &'static str {
        let name = self.name.as_ref().map(|name| format!("redis.{name}"));
        name.and_then(|name| kept(&name)).unwrap_or("redis.unknown")
    }

    /// All labels of a command. Asked for only while a flag concerns its point.
    pub(super) fn labels(&self, db: i64, host: Option<&str>) -> Labels {
        let mut labels: Labels = vec![("db", db.to_string())];
        labels.extend(self.name.clone().map(|name| ("command", name)));
        labels.extend(host.map(|host| ("host", host.to_owned())));
        if let Some(key) = self.key().filter(|key| !key.is_empty()) {
            let prefix = key.split(|byte| *byte == b':').next().unwrap_or(key);
            for (label, value) in [("key", key), ("prefix", prefix)] {
                if value.len() <= LONGEST_KEY {
                    labels.push((label, String::from_utf8_lossy(value).into_owned()));
                }
            }
        }
        labels
    }

    /// The first of its keys.
    fn key(&self) -> Option<&'a [u8]> {
        let name = self.name.as_deref()?;
        let at = match name {
            _ if WITHOUT_KEY.contains(&name) => return None,
            "EVAL" | "EVALSHA" | "EVAL_RO" | "EVALSHA_RO" | "FCALL" | "FCALL_RO" => {
                // Behind a script, and the number of keys.
                return self.args.get(3).filter(|_| self.args[2] != b"0").copied();
            }
            "XREAD" | "XREADGROUP" => {
                let streams = |arg: &&[u8]| arg.eq_ignore_ascii_case(b"STREAMS");
                self.args.iter().position(streams)? + 1
            }
            _ if AT_SECOND.contains(&name) => 2,
            _ if AT_THIRD.contains(&name) => 3,
            _ => 1,
        };
        self.args.get(at).copied()
    }
}

/// Commands without any key.
const WITHOUT_KEY: &[&str] = &[
    "ACL",
    "ASKING",
    "AUTH",
    "BGREWRITEAOF",
    "BGSAVE",
    "CLIENT",
    "CLUSTER",
    "COMMAND",
    "CONFIG",
    "DBSIZE",
    "DEBUG",
    "DISCARD",
    "ECHO",
    "EXEC",
    "FAILOVER",
    "FLUSHALL",
    "FLUSHDB",
    "FUNCTION",
    "HELLO",
    "INFO",
    "KEYS",
    "LASTSAVE",
    "LATENCY",
    "LOLWUT",
    "MODULE",
    "MONITOR",
    "MULTI",
    "PING",
    "PSUBSCRIBE",
    "PSYNC",
    "PUBLISH",
    "PUBSUB",
    "PUNSUBSCRIBE",
    "QUIT",
    "RANDOMKEY",
    "READONLY",
    "READWRITE",
    "REPLCONF",
    "REPLICAOF",
    "RESET",
    "ROLE",
    "SAVE",
    "SCAN",
    "SCRIPT",
    "SELECT",
    "SHUTDOWN",
    "SLAVEOF",
    "SLOWLOG",
    "SUBSCRIBE",
    "SWAPDB",
    "SYNC",
    "TIME",
    "UNSUBSCRIBE",
    "UNWATCH",
    "WAIT",
    "WAITAOF",
];

/// Commands whose first key is their second argument: behind a subcommand, an operation, or the
/// number of keys.
const AT_SECOND: &[&str] = &[
    "BITOP",
    "LMPOP",
    "MEMORY",
    "MSETEX",
    "OBJECT",
    "PFDEBUG",
    "SINTERCARD",
    "XGROUP",
    "XINFO",
    "ZDIFF",
    "ZINTER",
    "ZINTERCARD",
    "ZMPOP",
    "ZUNION",
];

/// Those whose first key is their third.
const AT_THIRD: &[&str] = &["BLMPOP", "BZMPOP", "MIGRATE"];

/// In capitals, as Redis writes it; `None` of what can be no command.
fn as_name(name: &[u8]) -> Option<String> {
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
    let is_name = !name.is_empty() && name.len() <= LONGEST_NAME && name.iter().all(fits);
    let name = std::str::from_utf8(name).ok().filter(|_| is_name)?;
    Some(name.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(words: &str) -> Command<'_> {
        Command::from_args(words.split(' ').map(str::as_bytes))
    }

    #[test]
    fn a_command_is_in_capitals_whatever_was_written() {
        assert_eq!(command("get user:1").point(), "redis.GET");
        assert_eq!(command("JSON.GET doc").point(), "redis.JSON.GET");
        for odd in ["", "*", "GET\tx", "é"] {
            assert_eq!(command(odd).point(), "redis.unknown", "{odd:?}");
        }
        let nothing = Command::of(&Cmd::new()).point();
        assert_eq!(nothing, "redis.unknown");
    }

    #[test]
    fn the_first_key_is_found() {
        for (words, key) in [
            ("GET user:1", Some("user:1")),
            ("mset a 1 b 2", Some("a")),
            ("PING", None),
            ("PUBLISH news hello", None),
            ("EVAL return 1 k a", Some("k")),
            ("EVAL return 0 a", None),
            ("EVAL", None),
            ("XREAD COUNT 2 streams s 0", Some("s")),
            ("XREAD COUNT 2", None),
            ("OBJECT ENCODING k", Some("k")),
            ("BLMPOP 0 2 k l LEFT", Some("k")),
            ("MYMODULE.DO k", Some("k")),
        ] {
            let found = command(words).key().map(String::from_utf8_lossy);
            assert_eq!(found.as_deref(), key, "{words}");
        }
    }

    #[test]
    fn labels_say_what_a_command_is_about() {
        let labels = command("get user:1:name").labels(2, Some("cache.internal"));
        let expected = [
            ("db", "2"),
            ("command", "GET"),
            ("host", "cache.internal"),
            ("key", "user:1:name"),
            ("prefix", "user"),
        ];
        assert_eq!(
            labels,
            expected.map(|(name, value)| (name, value.to_owned()))
        );
        assert_eq!(command("PING").labels(0, None).len(), 2);
    }
}

//! What a command is: the name of its point, and its labels.

use redis::{Arg, Cmd};

use super::keys::keys;
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
        let name = self.name.as_deref().unwrap_or_default();
        let keys = keys(name, &self.args).into_iter();
        for key in keys.filter(|key| key.len() <= LONGEST_KEY) {
            let key = String::from_utf8_lossy(key);
            let prefix = key.split(':').next().unwrap_or(&key).to_owned();
            labels.push(("key", key.into_owned()));
            labels.push(("prefix", prefix));
        }
        labels
    }
}

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
        let several = command("MGET user:1 cart:2").labels(0, None);
        let of = |name| several.iter().filter(move |(label, _)| *label == name);
        assert!(of("key").map(|(_, key)| key).eq(["user:1", "cart:2"]));
        assert!(of("prefix").map(|(_, prefix)| prefix).eq(["user", "cart"]));
    }
}

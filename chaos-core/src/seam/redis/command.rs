//! What a command is: the name of its point, and its labels.

use std::fmt;

use redis::{Arg, Cmd};

use super::keys::keys;
use crate::engine::{Family, Labels};
use crate::seam::client::kept;

/// All commands.
pub(super) static POINTS: Family = Family::of("redis.");

/// The longest name of a command, and the longest key that is a label.
const LONGEST_NAME: usize = 64;
const LONGEST_KEY: usize = 4096;

/// A command, as far as its point is concerned. Its arguments are looked at only for labels.
#[derive(Debug)]
pub(super) struct Command<'a, Args> {
    name: Option<Name<'a>>,
    args: Args,
}

/// What the arguments of a command are.
pub(super) trait Words<'a>: Iterator<Item = &'a [u8]> + Clone {}

impl<'a, Args: Iterator<Item = &'a [u8]> + Clone> Words<'a> for Args {}

/// The command, and where its arguments are.
pub(super) fn command(command: &Cmd) -> Command<'_, impl Words<'_>> {
    Command::from_args(command.args_iter().map(|arg| match arg {
        Arg::Simple(arg) => arg,
        // Where a cursor stands, and whatever is new.
        _ => b"0",
    }))
}

impl<'a, Args: Words<'a>> Command<'a, Args> {
    pub(super) fn from_args(args: Args) -> Self {
        let name = args.clone().next().and_then(Name::of);
        Self { name, args }
    }

    /// `redis.GET`.
    pub(super) fn point(&self) -> &'static str {
        let name = self.name.as_ref();
        let name = name.and_then(|name| kept(format_args!("redis.{name}")));
        name.unwrap_or("redis.unknown")
    }

    /// All labels of a command. Asked for only while a flag concerns its point.
    pub(super) fn labels(&self, db: i64, host: Option<&str>) -> Labels {
        let name = self.name.as_ref().map(Name::to_string);
        let args: Vec<&[u8]> = self.args.clone().collect();
        let keys = keys(name.as_deref().unwrap_or_default(), &args).into_iter();
        let mut labels: Labels = vec![("db", db.to_string())];
        labels.extend(name.map(|name| ("command", name)));
        labels.extend(host.map(|host| ("host", host.to_owned())));
        for key in keys.filter(|key| key.len() <= LONGEST_KEY) {
            let key = String::from_utf8_lossy(key);
            let prefix = key.split(':').next().unwrap_or(&key).to_owned();
            labels.push(("key", key.into_owned()));
            labels.push(("prefix", prefix));
        }
        labels
    }
}

/// The name of a command as it was written; it is shown in capitals, as Redis writes it.
#[derive(Debug)]
struct Name<'a>(&'a str);

impl<'a> Name<'a> {
    /// `None` of what can be no command.
    fn of(name: &'a [u8]) -> Option<Self> {
        let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"._-".contains(byte);
        let is_name = !name.is_empty() && name.len() <= LONGEST_NAME && name.iter().all(fits);
        std::str::from_utf8(name).ok().filter(|_| is_name).map(Self)
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut capitals = [0; LONGEST_NAME];
        let capitals = &mut capitals[..self.0.len()];
        capitals.copy_from_slice(self.0.as_bytes());
        capitals.make_ascii_uppercase();
        f.write_str(std::str::from_utf8(capitals).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(words: &str) -> Command<'_, impl Words<'_>> {
        Command::from_args(words.split(' ').map(str::as_bytes))
    }

    #[test]
    fn a_command_is_in_capitals_whatever_was_written() {
        assert_eq!(command("get user:1").point(), "redis.GET");
        assert_eq!(command("JSON.GET doc").point(), "redis.JSON.GET");
        for odd in ["", "*", "GET\tx", "é"] {
            assert_eq!(command(odd).point(), "redis.unknown", "{odd:?}");
        }
        let nothing = super::command(&Cmd::new()).point();
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

//! Which arguments of a command are keys.

/// Of a command with more, so many are labels.
const MOST: usize = 100;

/// Where a command has its keys. Arguments are counted from the command itself, which is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Where {
    Nowhere,
    /// From the first to the last of them, each so many arguments further. A last below 0 counts from
    /// the end.
    Range(usize, isize, usize),
    /// So many as the argument there says, right behind it.
    Counted(usize),
    /// The same, and one more at the start: what is written to.
    CountedInto(usize),
    /// The first half of what follows `STREAMS`.
    Streams,
}

use Where::{Counted, CountedInto, Nowhere, Range, Streams};

/// The one right behind the command.
const FIRST: Where = Range(1, 1, 1);

/// The keys of a command, whose name is in capitals.
pub(super) fn keys<'a>(name: &str, args: &[&'a [u8]]) -> Vec<&'a [u8]> {
    let keys: Vec<&[u8]> = match place(name) {
        Nowhere => Vec::new(),
        Range(first, last, step) => {
            let end = match usize::try_from(last) {
                Ok(last) => last + 1,
                Err(_) => (args.len() + 1).saturating_sub(last.unsigned_abs()),
            };
            let range = args.get(first..end.min(args.len())).unwrap_or_default();
            range.iter().step_by(step).copied().take(MOST).collect()
        }
        Counted(at) => counted(args, at).collect(),
        CountedInto(at) => args
            .get(1)
            .copied()
            .into_iter()
            .chain(counted(args, at))
            .collect(),
        Streams => {
            let streams = |arg: &&[u8]| arg.eq_ignore_ascii_case(b"STREAMS");
            let behind = args
                .iter()
                .position(streams)
                .map_or(args.len(), |at| at + 1);
            let half = (args.len() - behind).div_ceil(2);
            args[behind..]
                .iter()
                .copied()
                .take(half.min(MOST))
                .collect()
        }
    };
    keys.into_iter().filter(|key| !key.is_empty()).collect()
}

fn counted<'a>(args: &[&'a [u8]], at: usize) -> impl Iterator<Item = &'a [u8]> {
    let number = args
        .get(at)
        .and_then(|number| std::str::from_utf8(number).ok());
    let number: usize = number.and_then(|number| number.parse().ok()).unwrap_or(0);
    let behind = args.get(at + 1..).unwrap_or_default();
    behind.iter().copied().take(number.min(MOST))
}

/// As the server's documentation has it. A command that is not here, as those of modules, has one
/// key, its first argument.
fn place(name: &str) -> Where {
    match name {
        "ACL" | "ASKING" | "AUTH" | "BGREWRITEAOF" | "BGSAVE" | "CLIENT" | "CLUSTER"
        | "COMMAND" | "CONFIG" | "DBSIZE" | "DEBUG" | "DISCARD" | "ECHO" | "EXEC" | "FAILOVER"
        | "FLUSHALL" | "FLUSHDB" | "FUNCTION" | "HELLO" | "INFO" | "KEYS" | "LASTSAVE"
        | "LATENCY" | "LOLWUT" | "MODULE" | "MONITOR" | "MULTI" | "PING" | "PSUBSCRIBE"
        | "PSYNC" | "PUBLISH" | "PUBSUB" | "PUNSUBSCRIBE" | "QUIT" | "RANDOMKEY" | "READONLY"
        | "READWRITE" | "REPLCONF" | "REPLICAOF" | "RESET" | "ROLE" | "SAVE" | "SCAN"
        | "SCRIPT" | "SELECT" | "SHUTDOWN" | "SLAVEOF" | "SLOWLOG" | "SUBSCRIBE" | "SWAPDB"
        | "SYNC" | "TIME" | "UNSUBSCRIBE" | "UNWATCH" | "WAIT" | "WAITAOF" => Nowhere,
        "DEL" | "EXISTS" | "MGET" | "PFCOUNT" | "PFMERGE" | "SDIFF" | "SDIFFSTORE" | "SINTER"
        | "SINTERSTORE" | "SSUBSCRIBE" | "SUNION" | "SUNIONSTORE" | "SUNSUBSCRIBE" | "TOUCH"
        | "UNLINK" | "WATCH" => Range(1, -1, 1),
        "BLPOP" | "BRPOP" | "BZPOPMAX" | "BZPOPMIN" => Range(1, -2, 1),
        "BLMOVE" | "BRPOPLPUSH" | "COPY" | "GEOSEARCHSTORE" | "LCS" | "LMOVE" | "RENAME"
        | "RENAMENX" | "RPOPLPUSH" | "SMOVE" | "ZRANGESTORE" => Range(1, 2, 1),
        "MSET" | "MSETNX" => Range(1, -1, 2),
        // Behind a subcommand, or an operation.
        "MEMORY" | "OBJECT" | "PFDEBUG" | "XGROUP" | "XINFO" => Range(2, 2, 1),
        "BITOP" => Range(2, -1, 1),
        "MIGRATE" => Range(3, 3, 1),
        "LMPOP" | "SINTERCARD" | "ZDIFF" | "ZINTER" | "ZINTERCARD" | "ZMPOP" | "ZUNION" => {
            Counted(1)
        }
        // Behind a script, a function, or a timeout.
        "BLMPOP" | "BZMPOP" | "EVAL" | "EVALSHA" | "EVALSHA_RO" | "EVAL_RO" | "FCALL"
        | "FCALL_RO" => Counted(2),
        "ZDIFFSTORE" | "ZINTERSTORE" | "ZUNIONSTORE" => CountedInto(2),
        "XREAD" | "XREADGROUP" => Streams,
        _ => FIRST,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_wherever_they_are() {
        for (words, expected) in [
            ("GET user:1", "user:1"),
            ("MSET a 1 b 2", "a b"),
            ("MGET a b c", "a b c"),
            ("BLPOP a b 0", "a b"),
            ("PING", ""),
            ("PUBLISH news hello", ""),
            ("EVAL s 2 a b x", "a b"),
            ("EVAL s 0 a", ""),
            ("EVAL s many a", ""),
            ("EVAL", ""),
            ("ZUNIONSTORE d 2 a b WEIGHTS 1 2", "d a b"),
            ("XREAD COUNT 2 streams s t 0 0", "s t"),
            ("XREAD COUNT 2", ""),
            ("OBJECT ENCODING k", "k"),
            ("OBJECT HELP", ""),
            ("MYMODULE.DO k l", "k"),
        ] {
            let args: Vec<&[u8]> = words.split(' ').map(str::as_bytes).collect();
            let found = keys(words.split(' ').next().unwrap(), &args).join(&b' ');
            assert_eq!(String::from_utf8_lossy(&found), expected, "{words}");
        }
    }

    #[test]
    fn of_very_many_keys_some_are_labels() {
        let mut args: Vec<&[u8]> = vec![b"MGET"];
        args.resize(5000, b"k");
        assert_eq!(keys("MGET", &args).len(), MOST);
    }
}

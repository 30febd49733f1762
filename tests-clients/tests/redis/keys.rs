//! The keys of a command are where the server says that they are.

use chaos_core::testing::Scope;
use redis::{Cmd, Value, cmd, from_redis_value_ref};
use serde_json::json;

use crate::support::Cache;

/// A command that the server knows.
struct Known {
    /// Its words: two where it is a subcommand.
    words: Vec<String>,
    /// How many words there are at most, with the command's own.
    most: usize,
    /// Where its keys are: the first, the last, and how far one is from the next. All are 0 where it
    /// has none, and a last below 0 counts from the end.
    keys: [i64; 3],
    /// Whether that depends on its arguments.
    movable: bool,
}

impl Known {
    fn is_key(&self, at: i64) -> bool {
        let [first, last, step] = self.keys;
        let last = if last < 0 {
            i64::try_from(self.most).unwrap() + last
        } else {
            last
        };
        first > 0 && (first..=last).contains(&at) && (at - first) % step == 0
    }
}

/// The command, or its subcommands if it has some.
fn known(command: &Value) -> Vec<Known> {
    let Value::Array(fields) = command else {
        panic!("{command:?}")
    };
    if let Some(Value::Array(inside)) = fields.get(9)
        && !inside.is_empty()
    {
        return inside.iter().flat_map(known).collect();
    }
    let name: String = from_redis_value_ref(&fields[0]).unwrap();
    let arity: i64 = from_redis_value_ref(&fields[1]).unwrap();
    let flags: Vec<String> = from_redis_value_ref(&fields[2]).unwrap();
    vec![Known {
        words: name.split('|').map(str::to_owned).collect(),
        most: usize::try_from(arity).unwrap_or(6),
        keys: [3, 4, 5].map(|field| from_redis_value_ref(&fields[field]).unwrap()),
        movable: flags.iter().any(|flag| flag == "movablekeys"),
    }]
}

/// Whether the command is a point with that key.
async fn has_key(cache: &mut Cache, command: &Cmd, key: &str) -> bool {
    // Every other command is answered too, so that none reaches the server.
    let scope = Scope::new(
        &json!({"a": {"enabled": true, "mode": "exception", "point": "redis.*",
        "labels": {"key": key}, "exception_type": "ConnectionReset"},
        "b": {"enabled": true, "mode": "exception", "point": "redis.*"}}),
    );
    let done = scope.run(command.exec_async(&mut cache.connection)).await;
    done.unwrap_err().is_io_error()
}

#[tokio::test]
async fn the_keys_of_every_command_of_the_server() {
    let mut cache = Cache::new().await;
    let all: Vec<Value> = cmd("COMMAND").query_async(&mut cache.plain).await.unwrap();
    let all: Vec<Known> = all.iter().flat_map(known).collect();
    assert!(all.len() > 200, "{}", all.len());
    for command in all.iter().filter(|command| !command.movable) {
        let mut call = cmd(&command.words[0]);
        call.arg(&command.words[1..]);
        for at in command.words.len()..command.most {
            call.arg(format!("arg{at}"));
        }
        for at in command.words.len()..command.most {
            let found = has_key(&mut cache, &call, &format!("arg{at}")).await;
            let expected = command.is_key(i64::try_from(at).unwrap());
            assert_eq!(found, expected, "{:?} {at}", command.words);
        }
    }
}

/// The server is asked for the keys of each.
#[tokio::test]
async fn the_keys_of_commands_that_say_how_many() {
    let mut cache = Cache::new().await;
    for words in [
        "EVAL return 2 k l x",
        "EVALSHA abc 1 k x",
        "FCALL f 1 k x",
        "XREAD COUNT 2 STREAMS k l 0 0",
        "XREADGROUP GROUP g c STREAMS k >",
        "ZUNION 2 k l",
        "ZUNIONSTORE k 2 l m",
        "ZINTERCARD 1 k",
        "SINTERCARD 2 k l",
        "LMPOP 2 k l LEFT",
        "BLMPOP 0 2 k l LEFT",
        "BZMPOP 0 1 k MIN",
        "MIGRATE 127.0.0.1 6379 k 0 1",
        "ZDIFFSTORE d 2 k l",
        "XREAD STREAMS k l m 0 1 2",
        "SORT k BY nosort",
        "GEORADIUS k 1 1 1 m",
        "XGROUP CREATE k g 0",
        "XINFO STREAM k",
        "OBJECT ENCODING k",
        "MEMORY USAGE k",
        "BITOP AND k l m",
    ] {
        let words: Vec<&str> = words.split(' ').collect();
        let mut ask = cmd("COMMAND");
        ask.arg("GETKEYS").arg(&words);
        let keys: Vec<String> = ask.query_async(&mut cache.plain).await.expect(words[0]);
        let mut call = cmd(words[0]);
        call.arg(&words[1..]);
        for word in &words[1..] {
            let expected = keys.iter().any(|key| key == word);
            let found = has_key(&mut cache, &call, word).await;
            assert_eq!(found, expected, "{words:?} {word}");
        }
    }
}

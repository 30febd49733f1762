//! The key of a command is where the server says that it is.

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
    /// Where its first key is; 0 where it has none.
    first_key: usize,
    /// Whether that depends on its arguments.
    movable: bool,
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
        first_key: from_redis_value_ref(&fields[3]).unwrap(),
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
async fn the_first_key_of_every_command_of_the_server() {
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
            assert_eq!(found, command.first_key == at, "{:?} {at}", command.words);
        }
    }
}

/// The server is asked for the keys of each.
#[tokio::test]
async fn the_first_key_of_commands_that_have_it_elsewhere() {
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
        assert_eq!(keys[0], "k", "{words:?}");
        let mut call = cmd(words[0]);
        call.arg(&words[1..]);
        assert!(has_key(&mut cache, &call, "k").await, "{words:?}");
    }
}

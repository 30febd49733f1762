//! Undone, always: however a call ends, the disk, the resolver, memory and the cores are as before.
//! A real process says what it finds before, meanwhile and after.

mod concurrent;
mod dropped;
mod ended;
mod killed;
mod taken;

use chaos_local::Invocation;
use chaos_tests::{Launch, Running};
use serde_json::{Value, json};

use chaos_tests::small_disk::SmallDisk;

/// All that a document may ask for here.
const ALL: &str = "latency,timeout,diskspace,memory,cpu,denylist,statuscode,exception,panic,exit,\
                   lost_reply,duplicate,corruption";

/// A function with these flags, whose temporary directory is a disk that nobody else uses.
async fn run(disk: &SmallDisk, document: &Value) -> Running {
    launch(disk, document).start().await
}

fn launch(disk: &SmallDisk, document: &Value) -> Launch {
    let function = disk.command(env!("CARGO_BIN_EXE_function"));
    Launch::of_command(function.into())
        .env("TEST_HANDLER", "undone")
        .env("CHAOS_ALLOW", ALL)
        .document(document)
}

/// An invocation that looks round, and then ends like this.
fn ending(how: &str, id: &str) -> Invocation {
    Invocation::new(json!({"look": true, "end": how})).request_id(id)
}

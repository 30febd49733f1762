//! `cargo chaos`: look at, flip and try out a chaos document.
//!
//! `cli.rs` says what can be asked for, `commands/` holds one file for each thing that can, and
//! what a command needs beyond its own file has a folder named after it.

mod cargo;
mod change;
mod cli;
mod commands;
mod document;
mod edit;
mod enable;
mod ending;
mod group;
mod local;
mod policy;
mod progress;
mod signals;
mod simulate;
mod status;
mod store;
mod terminal;
mod text;
mod times;
mod tour;

use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = cli::parse(std::env::args_os());
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            progress::error(&format!("cannot start the async runtime: {error}"));
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(commands::run(cli.command)) {
        Ok(code) => code,
        Err(ending) => ending.report(),
    }
}

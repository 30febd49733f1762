//! Takes times with the clients; started by `chaos-benches`, once for each row.

use std::process::ExitCode;

use anyhow::Result;

fn main() -> Result<ExitCode> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    chaos_benches::time(&args)
}

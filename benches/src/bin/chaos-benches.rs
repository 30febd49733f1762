//! Takes the times, and prints the table.

use std::process::ExitCode;

use anyhow::Result;

fn main() -> Result<ExitCode> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    chaos_benches::time(&args)
}

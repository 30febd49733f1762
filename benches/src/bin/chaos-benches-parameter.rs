//! Makes requests while it reads its document from Parameter Store, with the real SDK.

use anyhow::Result;

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    chaos_benches::make_requests(&args)
}

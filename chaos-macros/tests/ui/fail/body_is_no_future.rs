use std::future::Future;

use chaos_core::inject_chaos;

#[inject_chaos]
fn handler() -> impl Future<Output = Result<u8, lambda_runtime::Error>> {
    42
}

fn main() {}

use chaos_core::inject_chaos;

#[inject_chaos]
async fn handler() -> Result<String, lambda_runtime::Error> {
    Ok(42)
}

#[inject_chaos]
async fn other() -> String {
    42
}

fn main() {}

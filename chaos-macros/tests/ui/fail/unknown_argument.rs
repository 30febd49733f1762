use chaos_core::inject_chaos;

#[inject_chaos(pont = "cache.get")]
async fn handler() -> Result<(), lambda_runtime::Error> {
    Ok(())
}

fn main() {}

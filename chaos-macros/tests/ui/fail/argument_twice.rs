use chaos_core::inject_chaos;

#[inject_chaos(point = "cache.get", point = "cache.put")]
async fn handler() -> Result<(), lambda_runtime::Error> {
    Ok(())
}

fn main() {}

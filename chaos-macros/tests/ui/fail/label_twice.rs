use chaos_core::inject_chaos;

#[inject_chaos(point = "cache.get", labels(key = 1, key = 2))]
async fn get() -> Result<(), lambda_runtime::Error> {
    Ok(())
}

fn main() {}

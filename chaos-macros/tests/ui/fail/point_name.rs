use chaos_core::inject_chaos;

#[inject_chaos(point = "cache.*")]
async fn get() -> Result<(), lambda_runtime::Error> {
    Ok(())
}

fn main() {}

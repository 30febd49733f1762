use chaos_core::inject_chaos;

#[inject_chaos]
async fn handler(text: String) -> Result<u64, lambda_runtime::Error> {
    let number: u64 = text.parse();
    Ok(number)
}

fn main() {}

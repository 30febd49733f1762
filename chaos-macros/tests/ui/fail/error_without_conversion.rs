use chaos_core::inject_chaos;

enum OrderError {
    NotFound,
}

#[inject_chaos]
async fn handler() -> Result<(), OrderError> {
    Err(OrderError::NotFound)
}

fn main() {}

use chaos_core::{InjectedError, inject_chaos};

struct OrderError;

fn convert(_: InjectedError) -> String {
    String::new()
}

#[inject_chaos(error = convert)]
async fn handler() -> Result<(), OrderError> {
    Err(OrderError)
}

fn main() {}

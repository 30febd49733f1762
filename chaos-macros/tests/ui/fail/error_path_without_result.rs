use chaos_core::{InjectedError, inject_chaos};

fn convert(_: InjectedError) -> String {
    String::new()
}

#[inject_chaos(error = convert)]
async fn handler() -> u8 {
    1
}

fn main() {}

use chaos_core::inject_chaos;

#[inject_chaos(point)]
async fn no_value() {}

#[inject_chaos(point = cache.get)]
async fn no_text() {}

#[inject_chaos(point = "cache.get", labels = key)]
async fn no_list(key: u8) {}

#[inject_chaos(point = "cache.get", labels("key" = key))]
async fn text_for_a_name(key: u8) {}

#[inject_chaos(error)]
async fn no_path() -> Result<(), chaos_core::InjectedError> {
    Ok(())
}

fn main() {}

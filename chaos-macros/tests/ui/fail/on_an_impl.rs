use chaos_core::inject_chaos;

struct Handler;

#[inject_chaos]
impl Handler {
    async fn handle(&self) {}
}

fn main() {
    let _ = Handler.handle();
}

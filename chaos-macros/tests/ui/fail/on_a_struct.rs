use chaos_core::inject_chaos;

#[inject_chaos]
struct Handler;

fn main() {
    let _ = Handler;
}

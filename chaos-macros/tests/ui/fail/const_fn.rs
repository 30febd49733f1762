use chaos_core::inject_chaos;

#[inject_chaos]
const fn answer() -> u8 {
    42
}

fn main() {
    let _ = answer();
}

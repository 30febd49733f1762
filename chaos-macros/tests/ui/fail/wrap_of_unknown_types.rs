use lambda_runtime::{Error, LambdaEvent};

struct Receipt;

fn main() {
    let _ = chaos_core::wrap(|_: LambdaEvent<u8>| async { Ok::<_, Error>(Receipt) });
}

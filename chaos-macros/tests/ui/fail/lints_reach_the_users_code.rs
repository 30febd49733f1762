#![deny(warnings)]

use chaos_core::inject_chaos;
use lambda_runtime::LambdaEvent;

#[inject_chaos]
async fn unused_argument(event: LambdaEvent<u8>) -> Result<u8, lambda_runtime::Error> {
    Ok(1)
}

struct Envelope {
    event: u8,
}

#[inject_chaos]
async fn unused_beside_a_field(
    event: LambdaEvent<u8>,
    client: u8,
) -> Result<u8, lambda_runtime::Error> {
    Ok(Envelope { event: 1 }.event)
}

#[inject_chaos]
async fn unused_mut(mut event: LambdaEvent<u8>) -> Result<u8, lambda_runtime::Error> {
    Ok(event.payload)
}

#[inject_chaos]
async fn unused_result() -> Result<u8, lambda_runtime::Error> {
    std::fs::remove_file("x");
    Ok(1)
}

#[inject_chaos]
fn unreachable_code() -> u8 {
    return 1;
    println!("never");
}

fn main() {
    let _ = unused_argument(LambdaEvent::new(1, Default::default()));
    let _ = unused_beside_a_field(LambdaEvent::new(1, Default::default()), 1);
    let _ = unused_mut(LambdaEvent::new(1, Default::default()));
    let _ = unused_result();
    let _ = unreachable_code();
}

//! A function behind an HTTP API that books seats in a SQL database, with chaos at its handler and at
//! the functions of its repository.

mod booking;
mod seats;
#[cfg(test)]
mod tests;

use lambda_runtime::{Error, run, service_fn};

use crate::seats::Seats;

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .without_time()
        .init();
    chaos_core::init().await;
    let file = std::env::var("DATABASE").unwrap_or_else(|_| "/tmp/seats.db".to_owned());
    let seats = Seats::open(&file)?;
    run(service_fn(|event| booking::book(event, &seats))).await
}

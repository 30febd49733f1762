//! The handler: `/seats?seat=12A&name=ann` books a seat.

use std::time::Duration;

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_lambda_events::encodings::Body;
use chaos_core::inject_chaos;
use lambda_runtime::{Error, LambdaEvent};
use rusqlite::ErrorCode;

use crate::seats::Seats;

/// So often it is tried while others write.
const TRIES: u32 = 3;
/// After the first try; longer after each further one.
const PAUSE: Duration = Duration::from_millis(20);

#[inject_chaos]
pub(crate) async fn book(
    event: LambdaEvent<ApiGatewayV2httpRequest>,
    seats: &Seats,
) -> Result<ApiGatewayV2httpResponse, Error> {
    let query = &event.payload.query_string_parameters;
    let seat = query.first("seat").unwrap_or("1A");
    let name = query.first("name").unwrap_or("nobody");
    let holder = holder_after_booking(seats, seat, name).await?;
    // A seat that one has already is booked: perhaps the answer to the first request was lost.
    let (code, text) = if holder == name {
        (200, format!("{seat} is booked for {name}"))
    } else {
        (409, format!("{seat} is taken"))
    };
    let mut response = ApiGatewayV2httpResponse::default();
    response.status_code = code;
    response.body = Some(Body::Text(text));
    Ok(response)
}

/// Books the seat if it is free, and says who has it then.
async fn holder_after_booking(seats: &Seats, seat: &str, name: &str) -> rusqlite::Result<String> {
    let mut tries = 1;
    loop {
        match take(seats, seat, name) {
            Err(error) if is_busy(&error) && tries < TRIES => {
                tracing::warn!(%error, tries, "the database is busy: trying again");
                tokio::time::sleep(PAUSE * tries).await;
                tries += 1;
            }
            done => return done,
        }
    }
}

fn take(seats: &Seats, seat: &str, name: &str) -> rusqlite::Result<String> {
    if seats.take(seat, name)? {
        return Ok(name.to_owned());
    }
    let holder = seats.holder(seat)?;
    holder.ok_or(rusqlite::Error::QueryReturnedNoRows)
}

/// Whether somebody else writes at the moment.
fn is_busy(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(
        code,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

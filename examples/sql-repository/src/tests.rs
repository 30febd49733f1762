//! The function over a real `SQLite` database, under faults of its repository.

use std::time::{Duration, Instant};

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use aws_lambda_events::encodings::Body;
use chaos_core::testing::Scope;
use lambda_runtime::{Context, Error, LambdaEvent};
use rusqlite::{Connection, ErrorCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::booking::book;
use crate::seats::Seats;

struct Theatre {
    seats: Seats,
    folder: TempDir,
}

impl Theatre {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let seats = Seats::open(folder.path().join("seats.db")).expect("a database");
        Self { seats, folder }
    }

    /// Books 12A under one flag.
    async fn book(&self, name: &str, flag: Value) -> Result<(i64, String), Error> {
        self.book_in(&scope(flag), name).await
    }

    async fn book_in(&self, scope: &Scope, name: &str) -> Result<(i64, String), Error> {
        let mut request = ApiGatewayV2httpRequest::default();
        let query = [("seat", "12A"), ("name", name)];
        let query = query.map(|(name, value)| (name.to_owned(), vec![value.to_owned()]));
        request.query_string_parameters = std::collections::HashMap::from(query).into();
        let event = LambdaEvent::new(request, Context::default());
        let reply: ApiGatewayV2httpResponse = scope.run(book(event, &self.seats)).await?;
        let Some(Body::Text(text)) = reply.body else {
            panic!("{:?}", reply.body)
        };
        Ok((reply.status_code, text))
    }

    fn holder(&self) -> Option<String> {
        self.seats.holder("12A").expect("the database answers")
    }
}

/// One flag at the repository's functions, unless it names a point.
fn scope(mut flag: Value) -> Scope {
    flag["enabled"] = json!(true);
    if flag["point"].is_null() {
        flag["point"] = json!("sql.seats.*");
    }
    Scope::new(&json!({"flag": flag}))
}

fn busy() -> Value {
    json!({"mode": "exception", "exception_type": "SQLITE_BUSY",
        "exception_msg": "database is locked"})
}

fn limited(mut flag: Value, limit: u32) -> Value {
    flag["limit"] = json!(limit);
    flag
}

#[tokio::test]
async fn without_a_fault_the_first_one_gets_the_seat() {
    let theatre = Theatre::new();
    let elsewhere = || json!({"mode": "exception", "point": "sql.rows.*"});
    let booked = theatre.book("ann", elsewhere()).await.unwrap();
    assert_eq!(booked, (200, "12A is booked for ann".to_owned()));
    let taken = theatre.book("ben", elsewhere()).await.unwrap();
    assert_eq!(taken, (409, "12A is taken".to_owned()));
    let again = theatre.book("ann", elsewhere()).await.unwrap();
    assert_eq!(again.0, 200);
}

#[tokio::test]
async fn an_injected_error_is_the_one_that_sqlite_returns() {
    let theatre = Theatre::new();
    // Somebody else writes.
    let other = Connection::open(theatre.folder.path().join("seats.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let impatient = Connection::open(theatre.folder.path().join("seats.db")).unwrap();
    impatient.busy_timeout(Duration::ZERO).unwrap();
    let insert = "INSERT INTO seats VALUES ('12A', 'ben')";
    let real = impatient.execute(insert, []).unwrap_err();
    drop(other);

    let scope = scope(busy());
    let injected = scope.run(async { theatre.seats.take("12A", "ann") }).await;
    assert_eq!(injected.unwrap_err(), real);
    for (name, code) in [
        ("SQLITE_LOCKED", ErrorCode::DatabaseLocked),
        ("SQLITE_READONLY", ErrorCode::ReadOnly),
        ("SQLITE_IOERR", ErrorCode::SystemIoFailure),
        ("SQLITE_CORRUPT", ErrorCode::DatabaseCorrupt),
        ("SQLITE_FULL", ErrorCode::DiskFull),
        ("anything", ErrorCode::Unknown),
    ] {
        let scope = self::scope(json!({"mode": "exception", "exception_type": name}));
        let injected = scope.run(async { theatre.seats.holder("12A") }).await;
        let error = injected.unwrap_err();
        assert_eq!(error.sqlite_error_code(), Some(code), "{name}");
    }
}

#[tokio::test]
async fn a_database_that_is_busy_for_a_moment_is_asked_again() {
    let theatre = Theatre::new();
    let scope = scope(limited(busy(), 2));
    let booked = theatre.book_in(&scope, "ann").await.unwrap();
    assert_eq!(booked.0, 200);
    assert_eq!(scope.injected().len(), 2);
    assert_eq!(scope.decisions()[0].point, "sql.seats.take");
}

#[tokio::test]
async fn one_that_stays_busy_fails_the_request() {
    let theatre = Theatre::new();
    let scope = scope(busy());
    let error = theatre.book_in(&scope, "ann").await.unwrap_err();
    assert_eq!(error.to_string(), "database is locked");
    assert_eq!(scope.injected().len(), 3, "so often it was tried");
    assert_eq!(theatre.holder(), None);
}

#[tokio::test]
async fn what_is_no_matter_of_time_is_not_tried_again() {
    let theatre = Theatre::new();
    let scope = scope(json!({"mode": "exception", "exception_type": "SQLITE_FULL"}));
    assert!(theatre.book_in(&scope, "ann").await.is_err());
    assert_eq!(scope.injected().len(), 1);
}

/// The same for real. It is not waited for as long as rusqlite would by itself, and less so three times.
#[tokio::test]
async fn a_database_that_others_keep_busy_fails_the_request_in_time() {
    let theatre = Theatre::new();
    let other = Connection::open(theatre.folder.path().join("seats.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let begun = Instant::now();
    let real = theatre.seats.take("12A", "ann").unwrap_err();
    assert_eq!(real.sqlite_error_code(), Some(ErrorCode::DatabaseBusy));
    assert!(begun.elapsed() >= Duration::from_millis(250));
    let elsewhere = json!({"mode": "exception", "point": "sql.rows.*"});
    let error = theatre.book("ann", elsewhere).await.unwrap_err();
    assert_eq!(error.to_string(), real.to_string());
    // Four tries of five seconds are twenty.
    let took = begun.elapsed();
    assert!(
        took >= Duration::from_secs(1) && took < Duration::from_secs(15),
        "{took:?}"
    );
    drop(other);
    assert_eq!(theatre.holder(), None);
}

/// The row is there, and the function is told that the database was busy: it finds its own booking.
#[tokio::test]
async fn a_booking_whose_answer_is_lost_is_no_conflict() {
    let theatre = Theatre::new();
    let mut lost = limited(busy(), 1);
    lost["mode"] = json!("lost_reply");
    lost["point"] = json!("sql.seats.take");
    let scope = scope(lost);
    let booked = theatre.book_in(&scope, "ann").await.unwrap();
    assert_eq!(booked, (200, "12A is booked for ann".to_owned()));
    assert_eq!(scope.injected(), ["flag"], "its answer was lost");
    assert_eq!(scope.decisions()[0].mode, "lost_reply");
    assert_eq!(theatre.holder().as_deref(), Some("ann"));
}

/// Who has a seat is asked only once it is taken.
#[tokio::test]
async fn whoever_asks_for_a_seat_that_is_taken_waits_for_its_holder() {
    let theatre = Theatre::new();
    let slow = json!({"mode": "latency", "point": "sql.seats.holder", "labels": {"seat": "12A"},
        "min_latency": 80});
    let scope = scope(slow);
    assert_eq!(theatre.book_in(&scope, "ann").await.unwrap().0, 200);
    assert!(scope.injected().is_empty(), "it was free");
    let begun = Instant::now();
    assert_eq!(theatre.book_in(&scope, "ben").await.unwrap().0, 409);
    assert!(begun.elapsed() >= Duration::from_millis(80));
    assert_eq!(scope.injected(), ["flag"]);
    assert_eq!(scope.decisions()[0].point, "sql.seats.holder");
}

#[tokio::test]
async fn a_slow_query_is_waited_for() {
    let theatre = Theatre::new();
    let begun = Instant::now();
    let slow = json!({"mode": "latency", "min_latency": 80, "labels": {"seat": "12A"}});
    assert_eq!(theatre.book("ann", slow).await.unwrap().0, 200);
    assert!(begun.elapsed() >= Duration::from_millis(80));
    let other = json!({"mode": "exception", "labels": {"seat": "1A"}});
    assert_eq!(theatre.book("ann", other).await.unwrap().0, 200);
}

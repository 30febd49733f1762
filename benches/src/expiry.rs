//! Requests across the moment when the cache runs out: what a wrapped handler that does nothing
//! takes, while Parameter Store answers quickly, slowly or not at all.
//!
//! The requests are made by a program that has the real SDK in it; the store is a thread here, on a
//! loopback port.

use std::fmt::Write as _;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use chaos_core::inject_chaos;
use lambda_runtime::{Error, LambdaEvent};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::runtime::Builder;

use crate::measure::{Effort, percentile};
use crate::process::{Programs, cannot_start, without_settings};
use crate::sections::Page;

/// The cache time, in seconds.
const TTL: u32 = 1;
/// From one request's end to the next one.
const APART: Duration = Duration::from_millis(5);

/// How Parameter Store answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Store {
    After(u64),
    /// Once, and then it refuses connections.
    Refuses,
    /// Once, and then it takes requests and says nothing.
    Silent,
}

const STORES: [Store; 5] = [
    Store::After(0),
    Store::After(20),
    Store::After(500),
    Store::Refuses,
    Store::Silent,
];

/// What the requests took, in milliseconds.
#[derive(Debug, Serialize, Deserialize)]
struct Took {
    first: f64,
    later: Vec<f64>,
}

/// The section of the page.
pub(crate) fn section(programs: &Programs, effort: Effort) -> Result<Page> {
    let seconds = if effort == Effort::QUICK { 3 } else { 30 };
    let mut page = format!(
        "## Requests while the cache runs out\n\n\
         Milliseconds that a wrapped handler takes which does nothing, one request after the other \
         for {seconds} s, {APART:?} apart, with a cache time of {TTL} s. The first request comes \
         right after `chaos_core::init()`.\n\n\
         | Parameter Store | first | median | 99th percentile | longest | requests | asked |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for store in STORES {
        let said = match store {
            Store::After(0) => "answers at once".to_owned(),
            Store::After(wait) => format!("answers after {wait} ms"),
            Store::Refuses => "answers once, then refuses".to_owned(),
            Store::Silent => "answers once, then is silent".to_owned(),
        };
        eprintln!("[expiry] Parameter Store {said}, {seconds} s");
        let server = Server::start(store)?;
        let Took { first, mut later } = requests(programs, server.address, seconds)?;
        let asked = server.asked.load(Ordering::Relaxed);
        let figures = [50, 99, 100].map(|percent| percentile(&mut later, percent));
        let [half, most, longest] = figures;
        let _ = writeln!(
            page,
            "| {said} | {first:.2} | {half:.4} | {most:.3} | {longest:.2} | {} | {asked} |",
            later.len() + 1,
        );
    }
    Ok(page.into())
}

/// Runs the program that makes the requests.
fn requests(programs: &Programs, store: SocketAddr, seconds: u64) -> Result<Took> {
    let mut command = Command::new(&programs.parameter().0);
    without_settings(&mut command);
    let output = command
        .arg(seconds.to_string())
        .env("CHAOS_PARAM", "/bench/chaos")
        .env("CHAOS_CACHE_TTL", TTL.to_string())
        .env("AWS_ENDPOINT_URL_SSM", format!("http://{store}"))
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_ACCESS_KEY_ID", "bench")
        .env("AWS_SECRET_ACCESS_KEY", "bench")
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| cannot_start(&command))?;
    if !output.status.success() {
        bail!("the program with the SDK ended with {}", output.status);
    }
    serde_json::from_slice(&output.stdout).context("the program with the SDK printed no figures")
}

#[inject_chaos]
async fn handler(event: LambdaEvent<Value>) -> Result<Value, Error> {
    Ok(event.payload)
}

/// What the program with the SDK does: requests for so many seconds.
///
/// # Errors
///
/// Its argument is no number of seconds, or a request failed.
pub fn make_requests(args: &[String]) -> Result<()> {
    let [seconds] = args else {
        bail!("run `cargo xtask bench`, which starts this program");
    };
    let until = Instant::now() + Duration::from_secs(seconds.parse()?);
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    let took = runtime.block_on(async {
        chaos_core::init().await;
        let first = request().await?;
        let mut later = Vec::new();
        while Instant::now() < until {
            tokio::time::sleep(APART).await;
            later.push(request().await?);
        }
        anyhow::Ok(Took { first, later })
    })?;
    println!("{}", serde_json::to_string(&took)?);
    Ok(())
}

async fn request() -> Result<f64> {
    let event = LambdaEvent::new(json!({}), lambda_runtime::Context::default());
    let start = Instant::now();
    handler(event)
        .await
        .map_err(|error| anyhow::anyhow!(error))?;
    Ok(start.elapsed().as_secs_f64() * 1000.0)
}

/// Parameter Store on a loopback port. Its threads end with the process.
struct Server {
    address: SocketAddr,
    asked: Arc<AtomicUsize>,
}

impl Server {
    fn start(store: Store) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let asked = Arc::default();
        let server = Self { address, asked };
        let asked = Arc::clone(&server.asked);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let asked = Arc::clone(&asked);
                let first = thread::spawn(move || serve(&stream, store, &asked));
                if store == Store::Refuses {
                    // Closed after the first one, nobody listens there any more.
                    let _ = first.join();
                    break;
                }
            }
        });
        Ok(server)
    }
}

/// Answers the requests of one connection.
fn serve(mut stream: &TcpStream, store: Store, asked: &AtomicUsize) -> io::Result<()> {
    let document = json!({ "latency": { "enabled": false } }).to_string();
    let body = json!({ "Parameter": {
        "Name": "/bench/chaos", "Type": "String", "Version": 1, "Value": document,
    } })
    .to_string();
    let mut requests = BufReader::new(stream);
    while read(&mut requests)? {
        let nth = asked.fetch_add(1, Ordering::Relaxed);
        match store {
            Store::After(wait) => thread::sleep(Duration::from_millis(wait)),
            Store::Silent if nth > 0 => continue,
            Store::Refuses | Store::Silent => {}
        }
        let length = body.len();
        let reply = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.1\r\n\
             content-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(reply.as_bytes())?;
        if store == Store::Refuses {
            break;
        }
    }
    Ok(())
}

/// Reads one request; whether there was one.
fn read(requests: &mut BufReader<&TcpStream>) -> io::Result<bool> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if requests.read_line(&mut line)? == 0 {
            return Ok(false);
        }
        let line = line.trim_end().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if line.is_empty() {
            break;
        }
    }
    io::copy(&mut requests.take(length), &mut io::sink())?;
    Ok(true)
}

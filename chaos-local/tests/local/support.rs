//! A tiny HTTP client, the program that plays the function, and a limit for everything that waits.

use std::collections::HashMap;
use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use chaos_local::{Function, FunctionBuilder};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Far longer than anything here takes: what is not there by then does not come.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) async fn soon<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work)
        .await
        .unwrap_or_else(|_| panic!("{what} did not happen"))
}

/// The path of the example that speaks the Runtime API.
pub(crate) fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(|deps| deps.parent()).unwrap();
    let program = profile
        .join("examples")
        .join("runtime_loop")
        .with_extension(std::env::consts::EXE_EXTENSION);
    let hint = "cargo build -p chaos-local --examples";
    assert!(program.exists(), "{} is missing: {hint}", program.display());
    program
}

/// Sees a process end, because the process keeps a connection to it.
pub(crate) struct Witness(TcpListener);

impl Witness {
    pub(crate) async fn for_function(builder: FunctionBuilder) -> (Self, Function) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let function = builder
            .env("WITNESS", address)
            .start(program())
            .await
            .unwrap();
        (Self(listener), function)
    }

    /// The next process that starts.
    pub(crate) async fn process(&self) -> WitnessedProcess {
        WitnessedProcess(
            soon("the start of a process", self.0.accept())
                .await
                .unwrap()
                .0,
        )
    }
}

pub(crate) struct WitnessedProcess(TcpStream);

impl WitnessedProcess {
    /// For going from one runtime to another.
    pub(crate) fn into_std(self) -> std::net::TcpStream {
        self.0.into_std().unwrap()
    }

    pub(crate) fn from_std(stream: std::net::TcpStream) -> Self {
        Self(TcpStream::from_std(stream).unwrap())
    }

    pub(crate) async fn has_ended(mut self) {
        let read = soon("the end of the process", self.0.read(&mut [0])).await;
        assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
    }
}

pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// One request on a connection of its own.
pub(crate) async fn http(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> std::io::Result<Response> {
    let mut stream = TcpStream::connect(address).await?;
    let headers: Vec<String> = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{}content-length: {}\r\n\r\n{body}",
        headers.concat(),
        body.len()
    );
    stream.write_all(request.as_bytes()).await?;

    let mut raw = Vec::new();
    stream.read_to_end(&mut raw).await?;
    let end = raw
        .windows(4)
        .position(|bytes| bytes == b"\r\n\r\n")
        .ok_or(std::io::ErrorKind::UnexpectedEof)?;
    let head = String::from_utf8(raw[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let status = lines
        .next()
        .unwrap()
        .split(' ')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    Ok(Response {
        status,
        headers,
        body: raw[end + 4..].to_vec(),
    })
}

/// One call of Parameter Store, as an SDK makes it.
pub(crate) async fn ssm(address: SocketAddr, action: &str, fields: &Value) -> Response {
    let target = format!("AmazonSSM.{action}");
    let headers = [
        ("x-amz-target", target.as_str()),
        ("content-type", "application/x-amz-json-1.1"),
    ];
    let body = fields.to_string();
    let call = http(address, "POST", "/", &headers, &body);
    soon("an answer", call).await.unwrap()
}

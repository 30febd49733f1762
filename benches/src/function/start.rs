//! From exec to the first request for an invocation.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::sets::Document;

/// Longer than any function takes to start, on the busiest machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// The Runtime API, the agent and Parameter Store on loopback, all on one port. Documents are empty,
/// and an invocation never comes.
pub(crate) struct Lambda {
    port: u16,
    asked: Receiver<Instant>,
}

impl Lambda {
    /// Listens; its threads end with the process.
    pub(crate) fn listen() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        let (asks, asked) = channel();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let asks = asks.clone();
                thread::spawn(move || serve(stream, &asks));
            }
        });
        Ok(Self { port, asked })
    }

    /// Starts the program, waits until it asks for its first invocation, and ends it.
    pub(crate) fn start(&self, program: &Path, document: Option<Document>) -> Result<Duration> {
        let address = format!("127.0.0.1:{}", self.port);
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", &address)
            .env("AWS_LAMBDA_FUNCTION_NAME", "function")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_ACCESS_KEY_ID", "none")
            .env("AWS_SECRET_ACCESS_KEY", "none")
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        match document {
            None => {}
            Some(Document::AppConfigAgent) => {
                command
                    .env("AWS_APPCONFIG_EXTENSION_HTTP_PORT", self.port.to_string())
                    .env("CHAOS_APPCONFIG_APPLICATION", "a")
                    .env("CHAOS_APPCONFIG_ENVIRONMENT", "e")
                    .env("CHAOS_APPCONFIG_CONFIGURATION", "c");
            }
            Some(Document::ParameterStore) => {
                command
                    .env("AWS_ENDPOINT_URL_SSM", format!("http://{address}"))
                    .env("CHAOS_PARAM", "/chaos");
            }
        }
        let begun = Instant::now();
        let mut child = command
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let asked = self.asked.recv_timeout(PATIENCE);
        child.kill()?;
        child.wait()?;
        let asked = asked.with_context(|| {
            format!(
                "{} asked for no invocation within a minute; what it said is above",
                program.display()
            )
        })?;
        Ok(asked - begun)
    }
}

/// Answers the requests of one connection, up to the one that is never answered.
fn serve(mut stream: TcpStream, asks: &Sender<Instant>) {
    while let Some(request) = read(&mut stream) {
        let answer = if request.contains("/runtime/invocation/next") {
            // Nobody listens if the program was given up.
            let _ = asks.send(Instant::now());
            // Until it is killed.
            let _ = stream.read(&mut [0]);
            return;
        } else if request.starts_with("GET /applications/") {
            "{}"
        } else {
            r#"{"Parameter":{"Name":"/chaos","Type":"String","Value":"{}","Version":1}}"#
        };
        let length = answer.len();
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{answer}"
        );
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// One request, head and body; `None` where the connection ends.
fn read(stream: &mut TcpStream) -> Option<String> {
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&request);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lines = head.lines().filter_map(|line| line.split_once(':'));
            let length = lines.filter(|(name, _)| name.eq_ignore_ascii_case("content-length"));
            let length = length.filter_map(|(_, value)| value.trim().parse::<usize>().ok());
            if body.len() >= length.sum() {
                return Some(text.into_owned());
            }
        }
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => return None,
            Ok(read) => request.extend_from_slice(&piece[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stands for a function: it fetches its document, and asks for an invocation.
    #[test]
    fn a_function_that_asks_is_timed_and_its_document_served() {
        let lambda = Lambda::listen().unwrap();
        let mut stream = TcpStream::connect(("127.0.0.1", lambda.port)).unwrap();
        let body = r#"{"Name":"/chaos"}"#;
        let ask = format!(
            "POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(ask.as_bytes()).unwrap();
        let mut answer = [0; 1024];
        let length = stream.read(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer[..length]);
        assert!(
            answer.ends_with(r#""Value":"{}","Version":1}}"#),
            "{answer}"
        );
        assert!(lambda.asked.try_recv().is_err());

        let before = Instant::now();
        stream
            .write_all(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n")
            .unwrap();
        assert!(lambda.asked.recv_timeout(PATIENCE).unwrap() >= before);
    }
}

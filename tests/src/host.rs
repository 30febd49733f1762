//! A host on loopback that functions ask something.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What it answers.
pub const ANSWER: &str = "from the host";

/// Answers each request with [`ANSWER`], and closes the connection after it.
#[derive(Debug)]
pub struct Host {
    port: u16,
    asked: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Host {
    /// On a free port.
    ///
    /// # Panics
    ///
    /// If there is none.
    pub async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port");
        let port = listener.local_addr().expect("its port").port();
        let asked = Arc::new(AtomicUsize::new(0));
        let task = tokio::spawn(accept(listener, Arc::clone(&asked)));
        Self { port, asked, task }
    }

    /// A URL at its port, of a host with this name.
    pub fn url(&self, name: &str) -> String {
        format!("http://{name}:{}/", self.port)
    }

    /// How often it was asked so far.
    pub fn asked(&self) -> usize {
        self.asked.load(Relaxed)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, asked: Arc<AtomicUsize>) {
    while let Ok((stream, _)) = listener.accept().await {
        // Whoever went away is not answered.
        let _ = answer(stream, &asked).await;
    }
}

async fn answer(mut stream: TcpStream, asked: &AtomicUsize) -> io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut request).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    asked.fetch_add(1, Relaxed);
    let length = ANSWER.len();
    let response =
        format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{ANSWER}");
    stream.write_all(response.as_bytes()).await?;
    stream.shutdown().await
}

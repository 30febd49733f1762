//! A web server on loopback that answers, or fails as servers do, and counts what reaches it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What the server answers.
pub const BODY: &str = r#"{"name": "Ada Lovelace", "title": "countess"}"#;

/// What a server does once it has a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// It answers with status 200 and [`BODY`].
    Answer,
    /// It cuts the connection off.
    Reset,
    /// It closes the connection.
    Close,
    /// It keeps the connection, and is silent.
    Nothing,
}

/// A web server, for as long as its runtime runs.
#[derive(Debug)]
pub struct Server {
    /// Where it is: `http://127.0.0.1:PORT`.
    pub url: String,
    seen: Arc<AtomicUsize>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// Starts one that does so with every request.
    ///
    /// # Panics
    ///
    /// If there is no port to be had.
    pub async fn that(does: Does) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(AtomicUsize::new(0));
        let connections = Arc::default();
        let server = Self {
            url,
            seen: Arc::clone(&seen),
            connections: Arc::clone(&connections),
        };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, does, Arc::clone(&seen)));
            }
        });
        server
    }

    /// How many connections were made to it.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// How many requests have reached it.
    pub fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }
}

async fn serve(mut stream: TcpStream, does: Does, seen: Arc<AtomicUsize>) {
    while head(&mut stream).await.is_some() {
        seen.fetch_add(1, Ordering::SeqCst);
        match does {
            Does::Answer => {
                let reply = format!(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-own: 1\r\n\
                     content-length: {}\r\n\r\n{BODY}",
                    BODY.len()
                );
                if stream.write_all(reply.as_bytes()).await.is_err() {
                    return;
                }
            }
            Does::Reset => {
                let _set = stream.set_zero_linger();
                return;
            }
            Does::Close => return,
            Does::Nothing => std::future::pending().await,
        }
    }
}

/// The head of a request that has no body.
async fn head(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    Some(head)
}

//! An HTTP server on loopback that can be told to refuse connections and to accept them again.

use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Mutex;
use tokio::task::{JoinHandle, JoinSet};

use crate::behaviour::Behaviour;

pub(crate) type Answer = Response<Full<Bytes>>;
/// A request's body, from wherever it comes.
pub(crate) type Body = UnsyncBoxBody<Bytes, hyper::Error>;
type Handler = dyn Fn(Request<Body>) -> Pin<Box<dyn Future<Output = Answer> + Send>> + Send + Sync;

/// As many connections as may wait to be accepted; more than any test opens at once.
const BACKLOG: u32 = 1024;

pub(crate) struct Server {
    address: SocketAddr,
    handler: Arc<Handler>,
    /// Open while it accepts connections.
    door: Mutex<Option<Task>>,
    /// Bound, and never listens: while nobody else listens there, the kernel refuses connections and
    /// gives the port to no other program.
    _reserved: Option<TcpSocket>,
}

impl Server {
    /// Listens on 127.0.0.1. Port 0 lets the system pick one.
    ///
    /// Under fuzzing it is only asked by [`ask`](Self::ask), and listens nowhere.
    pub(crate) fn start<F, A>(port: u16, handler: F) -> io::Result<Self>
    where
        F: Fn(Request<Body>) -> A + Send + Sync + 'static,
        A: Future<Output = Answer> + Send + 'static,
    {
        let handler: Arc<Handler> = Arc::new(move |request| Box::pin(handler(request)));
        if cfg!(fuzzing) {
            return Ok(Self {
                address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
                handler,
                door: Mutex::new(None),
                _reserved: None,
            });
        }
        let socket = bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
        let address = socket.local_addr()?;
        let reserved = reserve(&socket, address)?;
        let door = Mutex::new(Some(open(socket, &handler)?));
        Ok(Self {
            address,
            handler,
            door,
            _reserved: reserved,
        })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it answers, without the wire.
    #[cfg(any(test, fuzzing))]
    pub(crate) async fn ask(&self, request: Request<Bytes>) -> Answer {
        let body = |bytes| Full::new(bytes).map_err(|never| match never {});
        (self.handler)(request.map(|bytes| body(bytes).boxed_unsync())).await
    }

    /// Refuses connections or accepts them; the rest is up to the handler.
    pub(crate) async fn behave(&self, behaviour: Behaviour) -> io::Result<()> {
        if behaviour == Behaviour::Refuse {
            self.refuse().await;
            Ok(())
        } else {
            self.accept().await
        }
    }

    /// Closes the listener and every connection; the port stays reserved.
    pub(crate) async fn refuse(&self) {
        if let Some(task) = self.door.lock().await.take() {
            task.end().await;
        }
    }

    /// Listens again, on the same port. Nothing changes for a server that is listening.
    async fn accept(&self) -> io::Result<()> {
        let mut door = self.door.lock().await;
        if door.is_none() {
            *door = Some(open(bind_beside(self.address)?, &self.handler)?);
        }
        Ok(())
    }
}

/// Binds a socket of its own to a port, which must be nobody else's.
fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    // On Windows this option would let somebody else take the port over.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    Ok(socket)
}

/// Binds another socket to the port of this one, which is bound already.
#[cfg(unix)]
fn reserve(bound: &TcpSocket, address: SocketAddr) -> io::Result<Option<TcpSocket>> {
    // Only now: before, it would have shared the port of any other program that does so.
    bound.set_reuseport(true)?;
    // Without SO_REUSEADDR, which would let others in while nobody listens.
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    Ok(Some(socket))
}

/// Two sockets cannot have one port here.
#[cfg(not(unix))]
fn reserve(_: &TcpSocket, _: SocketAddr) -> io::Result<Option<TcpSocket>> {
    Ok(None)
}

/// Binds a socket to a port that is reserved.
fn bind_beside(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    #[cfg(unix)]
    {
        socket.set_reuseaddr(true)?;
        socket.set_reuseport(true)?;
    }
    socket.bind(address)?;
    Ok(socket)
}

fn open(socket: TcpSocket, handler: &Arc<Handler>) -> io::Result<Task> {
    let listener = socket.listen(BACKLOG)?;
    Ok(Task::spawn(accept_connections(
        listener,
        Arc::clone(handler),
    )))
}

async fn accept_connections(listener: TcpListener, handler: Arc<Handler>) {
    // Dropped with this task, and every connection with it.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve(stream, Arc::clone(&handler)));
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    // Out of file descriptors, most likely: do not spin until one is free.
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, handler: Arc<Handler>) {
    // A reply that leaves in two writes would wait 40 ms for the client's acknowledgement.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY");
    }
    let service = service_fn(move |request: Request<hyper::body::Incoming>| {
        let answer = handler(request.map(BodyExt::boxed_unsync));
        async move { Ok::<_, std::convert::Infallible>(answer.await) }
    });
    let connection = http1::Builder::new()
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        tracing::debug!(%error, "connection ended");
    }
}

/// An answer in plain text.
pub(crate) fn text(status: StatusCode, body: impl Into<Bytes>) -> Answer {
    let mut answer = Response::new(Full::new(body.into()));
    *answer.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    answer.headers_mut().insert(header::CONTENT_TYPE, plain);
    answer
}

/// A part of a path or a query, percent-decoded. What is no encoding stays as it is.
pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let pair = after.first_chunk().and_then(|pair: &[u8; 2]| {
            let digit = |digit: u8| char::from(digit).to_digit(16);
            u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()
        });
        let (byte, taken) = match pair {
            Some(byte) if *first == b'%' => (byte, 3),
            _ => (*first, 1),
        };
        bytes.push(byte);
        rest = &rest[taken..];
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A task that ends when its owner does.
pub(crate) struct Task(JoinHandle<()>);

impl Task {
    pub(crate) fn spawn(work: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(tokio::spawn(work))
    }

    /// Ends the task and waits until all that it owned is dropped.
    pub(crate) async fn end(mut self) {
        self.0.abort();
        let _cancelled = (&mut self.0).await;
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(port: u16) -> io::Result<Server> {
        Server::start(port, |_| std::future::ready(text(StatusCode::OK, "here")))
    }

    async fn connects(server: &Server) -> bool {
        TcpStream::connect(server.address()).await.is_ok()
    }

    #[tokio::test]
    async fn a_port_is_one_servers_whether_it_accepts_or_refuses() {
        let one = server(0).expect("a port");
        for _ in 0..3 {
            assert!(connects(&one).await);
            assert!(server(one.address().port()).is_err());
            one.refuse().await;
            assert!(!connects(&one).await);
            // Anybody's: whoever asks for a port of their choice shall not get this one.
            let other = std::net::TcpListener::bind(one.address());
            if cfg!(unix) {
                assert!(other.is_err(), "{other:?}");
            }
            drop(other);
            one.behave(Behaviour::Normal).await.expect("the same port");
        }
        let address = one.address();
        drop(one);
        // Its task ends a moment later.
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        assert!(server(address.port()).is_ok(), "it is free again");
    }

    #[tokio::test]
    async fn it_answers_without_the_wire_as_well() {
        let one = Server::start(0, |request: Request<Body>| async move {
            let body = request.into_body().collect().await;
            text(StatusCode::OK, body.expect("it is in memory").to_bytes())
        });
        let request = Request::new(Bytes::from_static(b"hello"));
        let answer = one.expect("a port").ask(request).await.into_body();
        let answer = answer.collect().await.expect("it is in memory");
        assert_eq!(answer.to_bytes(), "hello");
    }

    #[test]
    fn what_is_encoded_is_decoded() {
        assert_eq!(decoded("%2Fa%20b%C3%BC"), "/a bü");
        for text in ["", "a+b", "100%", "%2", "%zz"] {
            assert_eq!(decoded(text), text);
        }
    }
}

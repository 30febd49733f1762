//! reqwest's own errors. They cannot be made, so they are provoked: a client fails for real, at a
//! listener on loopback that does to it what the document asks for.

use std::future::pending;
use std::io;
use std::net::Ipv4Addr;
use std::panic::catch_unwind;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::dns::{Name, Resolve, Resolving};
use reqwest::{Client, Url};
use tokio::net::{TcpListener, TcpSocket};

use crate::error::InjectedError;
use crate::seam::client::{ConnectionFault, within};

/// What takes longer has gone wrong.
const LONGEST: Duration = Duration::from_secs(5);

/// A name that is never resolved, for hosts that have none.
const NOWHERE: &str = "address.invalid";

/// The error of a request of that URL.
pub(super) async fn error(
    fault: ConnectionFault,
    error: Option<InjectedError>,
    url: Url,
) -> reqwest_middleware::Error {
    let host = url.host_str();
    match provoked(fault, host.unwrap_or(NOWHERE)).await {
        Ok(own) => own.with_url(url).into(),
        // Where nothing may listen, nor a client be built.
        Err(_) => reqwest_middleware::Error::middleware(fault.io(host, error)),
    }
}

async fn provoked(fault: ConnectionFault, host: &str) -> io::Result<reqwest::Error> {
    let any = (Ipv4Addr::LOCALHOST, 0).into();
    match fault {
        ConnectionFault::Dns => {
            let url = named(host).map_err(io::Error::other)?;
            failed(url, LONGEST, pending()).await
        }
        ConnectionFault::Refused => {
            // It has a port, and does not listen.
            let socket = TcpSocket::new_v4()?;
            socket.bind(any)?;
            let url = at(socket.local_addr()?.port())?;
            failed(url, LONGEST, pending()).await
        }
        ConnectionFault::Timeout => {
            let listener = TcpListener::bind(any).await?;
            let url = at(listener.local_addr()?.port())?;
            failed(url, Duration::ZERO, pending()).await
        }
        ConnectionFault::Reset | ConnectionFault::Closed => {
            let listener = TcpListener::bind(any).await?;
            let url = at(listener.local_addr()?.port())?;
            failed(url, LONGEST, cut_off(listener, fault)).await
        }
    }
}

/// What a request fails with, while `meanwhile` goes on.
async fn failed(
    url: Url,
    timeout: Duration,
    meanwhile: impl Future<Output = ()>,
) -> io::Result<reqwest::Error> {
    let client = client().ok_or_else(|| io::Error::other("no client"))?;
    let reply = client.get(url).timeout(timeout).send();
    match within(reply, meanwhile).await {
        Some(Err(error)) => Ok(error),
        _ => Err(io::Error::other("it did not fail")),
    }
}

/// Ends the one connection once the request is there, and never returns.
async fn cut_off(listener: TcpListener, fault: ConnectionFault) {
    if let Ok((stream, _)) = listener.accept().await
        && stream.readable().await.is_ok()
    {
        // Closed with something unread, it would be reset too.
        let mut unread = [0; 4096];
        let _read = stream.try_read(&mut unread);
        if fault == ConnectionFault::Reset {
            let _set = stream.set_zero_linger();
        }
    }
    pending::<()>().await;
}

fn at(port: u16) -> io::Result<Url> {
    Url::parse(&format!("http://127.0.0.1:{port}/")).map_err(io::Error::other)
}

/// The host's, if it is a name: an address is never looked up.
fn named(host: &str) -> Result<Url, impl std::error::Error + Send + Sync + use<>> {
    let is_address = host.starts_with('[') || host.parse::<Ipv4Addr>().is_ok();
    let host = if is_address { NOWHERE } else { host };
    Url::parse(&format!("http://{host}/"))
}

/// Made once. Its connections are not kept, so it belongs to no runtime.
fn client() -> Option<&'static Client> {
    static CLIENT: OnceLock<Option<Client>> = OnceLock::new();
    let build = || {
        Client::builder()
            .no_proxy()
            .pool_max_idle_per_host(0)
            .dns_resolver(Unresolved)
            .build()
    };
    // reqwest panics where it was built with TLS and is given none.
    let made = || catch_unwind(build).ok().and_then(Result::ok);
    CLIENT.get_or_init(made).as_ref()
}

/// Resolves no name.
struct Unresolved;

impl Resolve for Unresolved {
    fn resolve(&self, name: Name) -> Resolving {
        let error = ConnectionFault::Dns.io(Some(name.as_str()), None);
        Box::pin(async move { Err(error.into()) })
    }
}

//! The HTTP client for agents on this machine: one GET, one connection, to 127.0.0.1 and nowhere
//! else. Nothing of it is left when its future is dropped.

use std::future::poll_fn;
use std::net::Ipv4Addr;
use std::pin::{Pin, pin};

use http::{HeaderValue, Request, StatusCode, header};
use http_body::Body;
use http_body_util::Empty;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::SourceError;
use super::options::Env;
use crate::plan::MAX_DOCUMENT_BYTES;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

type Sent = Empty<&'static [u8]>;

/// What an agent answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Vec<u8>,
}

/// Why an agent did not answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// Nobody listens there.
    Unreachable(std::io::Error),
    /// The answer's body has more than 1 MiB.
    TooLarge,
    /// Somebody listens, and what came was no answer.
    Broken(BoxError),
}

/// Asks the agent on this port. The path has its query, and is percent-encoded.
pub(super) async fn get(
    port: u16,
    path: &str,
    header: Option<(&'static str, HeaderValue)>,
) -> Result<Answer, Failure> {
    let request = request(port, path, header).map_err(Failure::Broken)?;

    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))
        .await
        .map_err(Failure::Unreachable)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| Failure::Broken(error.into()))?;

    let mut answer = pin!(async {
        let response = sender
            .send_request(request)
            .await
            .map_err(|error| Failure::Broken(error.into()))?;
        Ok(Answer {
            status: response.status(),
            body: read(response.into_body()).await?,
        })
    });
    // The connection is driven here and not on a task of its own, so that it ends with this future.
    let mut connection = pin!(connection);
    let mut open = true;
    poll_fn(|cx| {
        // Its own error reaches the answer as well.
        open = open && connection.as_mut().poll(cx).is_pending();
        answer.as_mut().poll(cx)
    })
    .await
}

fn request(
    port: u16,
    path: &str,
    header: Option<(&'static str, HeaderValue)>,
) -> Result<Request<Sent>, BoxError> {
    let mut request = Request::new(Sent::default());
    *request.uri_mut() = path.parse()?;
    let headers = request.headers_mut();
    let host = HeaderValue::try_from(format!("localhost:{port}"))?;
    headers.insert(header::HOST, host);
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    if let Some((name, value)) = header {
        headers.insert(name, value);
    }
    Ok(request)
}

async fn read(mut body: Incoming) -> Result<Vec<u8>, Failure> {
    let mut read = Vec::new();
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let frame = frame.map_err(|error| Failure::Broken(error.into()))?;
        if let Some(data) = frame.data_ref() {
            if read.len() + data.len() > MAX_DOCUMENT_BYTES {
                return Err(Failure::TooLarge);
            }
            read.extend_from_slice(data);
        }
    }
    Ok(read)
}

impl Failure {
    /// The same for whoever asked: who was asked, and what to do if nobody is there.
    pub(super) fn explain(
        self,
        agent: &str,
        port: u16,
        layer: &str,
        variable: &str,
    ) -> SourceError {
        match self {
            Self::Unreachable(error) => SourceError::unavailable(format!(
                "{agent} cannot be reached on port {port}; give the function the layer {layer}, \
                 and if it listens elsewhere, set {variable} to its port"
            ))
            .with_source(error),
            Self::TooLarge => SourceError::invalid(format!(
                "{agent} answered more than {MAX_DOCUMENT_BYTES} bytes, so it is not read as a \
                 document; shorten that"
            )),
            Self::Broken(error) => SourceError::unavailable(format!(
                "{agent} gave no answer that can be read; check that it is what listens on port \
                 {port}"
            ))
            .with_source(error),
        }
    }
}

impl Answer {
    /// The body as a line of the log can show it, under a message: it may differ each time.
    pub(super) fn said(&self) -> String {
        const MOST: usize = 300;
        let text = String::from_utf8_lossy(&self.body);
        let mut said: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some((end, _)) = said.char_indices().nth(MOST) {
            said.truncate(end);
            said.push('…');
        }
        if said.is_empty() {
            "no message".clone_into(&mut said);
        }
        said
    }
}

/// The port that a variable names, or the default; `Err` has the warning.
pub(super) fn port(env: Env<'_>, variable: &str, default: u16) -> Result<u16, String> {
    let Some(value) = env(variable).filter(|value| !value.trim().is_empty()) else {
        return Ok(default);
    };
    let port = value.trim().parse().ok().filter(|port| *port != 0);
    port.ok_or_else(|| {
        format!(
            "{variable}={value:?} is not used; write a port from 1 to 65535. Until then it is \
             {default}"
        )
    })
}

/// The port that the process's environment names. A bad value was warned about, if it can be.
pub(super) fn own_port(variable: &str, default: u16) -> u16 {
    port(&|name| std::env::var(name).ok(), variable, default).unwrap_or(default)
}

/// Text as a part of a path or of a query: all but RFC 3986's unreserved characters encoded.
pub(super) fn encoded(text: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            encoded.push('%');
            encoded.push(DIGITS[usize::from(byte >> 4)].into());
            encoded.push(DIGITS[usize::from(byte & 15)].into());
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    /// Answers one connection with these bytes; gives the port.
    async fn serve(answer: Vec<u8>) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let read = stream.read_buf(&mut request).await.unwrap();
                assert_ne!(read, 0);
            }
            // the client may have gone before all of it is written
            let _ = stream.write_all(&answer).await;
        });
        port
    }

    fn sized(size: usize) -> Vec<u8> {
        let mut answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {size}\r\n\r\n").into_bytes();
        answer.resize(answer.len() + size, b' ');
        answer
    }

    #[tokio::test]
    async fn an_answer_is_read_whole_and_no_further_than_a_document_may_go() {
        let port = serve(sized(MAX_DOCUMENT_BYTES)).await;
        let answer = get(port, "/", None).await.unwrap();
        assert_eq!(
            (answer.status.as_u16(), answer.body.len()),
            (200, MAX_DOCUMENT_BYTES)
        );

        let port = serve(sized(MAX_DOCUMENT_BYTES + 1)).await;
        let failure = get(port, "/", None).await.unwrap_err();
        assert!(matches!(failure, Failure::TooLarge), "{failure:?}");
        // without a length it is found out on the way
        let mut endless = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
        endless.resize(MAX_DOCUMENT_BYTES * 2, b' ');
        let port = serve(endless).await;
        let failure = get(port, "/", None).await.unwrap_err();
        assert!(matches!(failure, Failure::TooLarge), "{failure:?}");
    }

    #[tokio::test]
    async fn what_is_no_answer_is_broken() {
        for answer in [
            &b""[..],
            b"SSH-2.0-x\r\n",
            b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}",
        ] {
            let port = serve(answer.to_vec()).await;
            let failure = get(port, "/", None).await.unwrap_err();
            let error = failure.explain("the agent", port, "L", "V");
            assert!(error.is_unavailable(), "{error:?}");
            assert!(error.to_string().contains(&port.to_string()), "{error}");
        }
    }

    #[test]
    fn a_body_is_shown_in_one_short_line() {
        let said = |body: &str| {
            let body = body.as_bytes().to_vec();
            Answer {
                status: StatusCode::OK,
                body,
            }
            .said()
        };
        assert_eq!(said("a\r\n  b\n"), "a b");
        assert_eq!(said(""), "no message");
        assert_eq!(said(&"ü".repeat(400)).chars().count(), 301);
    }

    #[test]
    fn what_is_not_unreserved_is_encoded() {
        assert_eq!(encoded("/a b-1._~?&"), "%2Fa%20b-1._~%3F%26");
        assert_eq!(encoded("ü"), "%C3%BC");
        assert_eq!(encoded("../x"), "..%2Fx");
    }

    #[test]
    fn a_port_is_a_number_above_zero() {
        let read = |value: &'static str| port(&|_| Some(value.to_owned()), "PORT", 7);
        assert_eq!(read(" 2773 "), Ok(2773));
        assert_eq!(read(" "), Ok(7));
        for bad in ["0", "-1", "70000", "http"] {
            let warning = read(bad).unwrap_err();
            assert!(warning.contains(&format!("PORT={bad:?}")), "{warning}");
        }
    }
}

//! Requests drawn from bytes, and the servers of chaos-local asked in memory.

use arbitrary::{Result, Unstructured};
use bytes::Bytes;
use chaos_local::Ask;
use futures_util::FutureExt as _;
use http::{HeaderName, HeaderValue, Method, Request, Response, Uri};
use http_body_util::{BodyExt as _, Full};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::document::{text, value};

thread_local! {
    /// One for all cases, since making one takes as long as a case does.
    static RUNTIME: Runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without I/O");
}

/// Runs what a target does with servers: they need a runtime, whose clock stands still.
pub fn run(work: impl Future<Output = ()>) {
    RUNTIME.with(|runtime| {
        runtime.block_on(async {
            work.await;
            // What was started meanwhile sees that its server is gone.
            tokio::task::yield_now().await;
        });
    });
}

/// What a server answers at once; nothing if it waits.
pub fn at_once(server: &impl Ask, request: Request<Bytes>) -> Option<Response<Bytes>> {
    server.ask(request).now_or_never().map(whole)
}

/// An answer with its body in one piece.
pub fn whole(answer: Response<Full<Bytes>>) -> Response<Bytes> {
    answer.map(|body| {
        let body = body.collect().now_or_never().expect("it is in memory");
        body.expect("nothing fails in memory").to_bytes()
    })
}

/// The answer's body, which has to be JSON.
pub fn json(answer: &Response<Bytes>) -> Value {
    serde_json::from_slice(answer.body()).expect("the answer is no JSON")
}

/// A request to that path and query, if those make one, with headers mostly of those.
pub fn request(
    u: &mut Unstructured<'_>,
    method: Method,
    path: &str,
    headers: &[(&str, &[&str])],
    body: Bytes,
) -> Result<Request<Bytes>> {
    // What hyper would not take is not handed on by it either.
    let uri = Uri::try_from(path).map_err(|_| arbitrary::Error::IncorrectFormat)?;
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    for _ in 0..u.int_in_range(0..=3)? {
        let (name, values) = if !headers.is_empty() && u.ratio(3, 4)? {
            let (name, values) = *u.choose(headers)?;
            (name, values)
        } else {
            (u.arbitrary::<&str>()?, [].as_slice())
        };
        let value = text(u, values)?;
        if let Ok(name) = HeaderName::try_from(name)
            && let Ok(value) = HeaderValue::try_from(value)
        {
            request.headers_mut().append(name, value);
        }
    }
    Ok(request)
}

/// A method, mostly one that the servers know.
pub fn method(u: &mut Unstructured<'_>) -> Result<Method> {
    let known = ["GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS"];
    Method::try_from(&*text(u, &known)?).map_err(|_| arbitrary::Error::IncorrectFormat)
}

/// A part of a path, percent-encoded where it has to be.
pub fn part(u: &mut Unstructured<'_>, known: &[&str]) -> Result<String> {
    let mut encoded = String::new();
    for byte in text(u, known)?.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~%+=&:".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    Ok(encoded)
}

/// A body: JSON with keys mostly of those, or any bytes.
pub fn body(u: &mut Unstructured<'_>, keys: &[&str]) -> Result<Bytes> {
    Ok(if u.ratio(3, 4)? {
        value(u, keys, 3)?.to_string().into()
    } else {
        Bytes::copy_from_slice(u.arbitrary::<&[u8]>()?)
    })
}

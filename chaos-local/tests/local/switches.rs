//! Parameter Store when it is told to misbehave.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use chaos_local::{Behaviour, ParameterStore};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::support::{Response, soon, ssm};

async fn store() -> ParameterStore {
    let params = ParameterStore::start().await.unwrap();
    params.put("/a", "1").unwrap();
    params
}

async fn get(params: &ParameterStore) -> Response {
    ssm(params.address(), "GetParameter", &json!({"Name": "/a"})).await
}

#[tokio::test]
async fn errors_on_demand() {
    let params = store().await;
    let denied = "User: arn:aws:sts::123456789012:assumed-role/chaos-local/function is not authorized to \
                  perform: ssm:GetParameter on resource: arn:aws:ssm:us-east-1:123456789012:parameter/a \
                  because no identity-based policy allows the ssm:GetParameter action";
    let cases = [
        (
            Behaviour::Throttled,
            400,
            "ThrottlingException",
            "Rate exceeded",
        ),
        (
            Behaviour::AccessDenied,
            400,
            "AccessDeniedException",
            denied,
        ),
        (
            Behaviour::InternalError,
            500,
            "InternalServerError",
            "An error occurred on the server side.",
        ),
    ];
    for (behaviour, status, code, message) in cases {
        params.behave(behaviour).await.unwrap();
        let response = get(&params).await;
        assert_eq!(response.status, status);
        assert_eq!(response.headers["x-amzn-errortype"], code);
        assert_eq!(response.json(), json!({"__type": code, "message": message}));
        params.behave(Behaviour::Normal).await.unwrap();
        assert_eq!(get(&params).await.status, 200);
    }
    assert_eq!(params.count("GetParameter"), 6);
}

#[tokio::test]
async fn slow_answers_late() {
    let params = store().await;
    let wait = Duration::from_millis(200);
    params.behave(Behaviour::Slow(wait)).await.unwrap();
    let started = Instant::now();
    assert_eq!(get(&params).await.status, 200);
    assert!(started.elapsed() >= wait);
}

#[tokio::test]
async fn refuse_refuses_and_switching_back_accepts_on_the_same_port() {
    let params = store().await;
    let address = params.address();
    // One connection is open and idle, as an SDK's pool keeps it.
    let mut open = TcpStream::connect(address).await.unwrap();
    for _ in 0..20 {
        params.behave(Behaviour::Refuse).await.unwrap();
        params.behave(Behaviour::Refuse).await.unwrap();
        let refused = TcpStream::connect(address).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
        params.behave(Behaviour::Normal).await.unwrap();
        assert_eq!(params.address(), address);
        assert_eq!(get(&params).await.status, 200);
    }
    let cut = soon("the end of the connection", open.read(&mut [0])).await;
    assert!(matches!(cut, Ok(0) | Err(_)), "{cut:?}");
    assert_eq!(params.get("/a").unwrap().value, "1");
}

#[tokio::test]
async fn the_port_stays_reserved_while_it_refuses() {
    let params = store().await;
    params.behave(Behaviour::Refuse).await.unwrap();
    let thief = TcpSocket::new_v4().unwrap().bind(params.address());
    assert_eq!(thief.unwrap_err().kind(), ErrorKind::AddrInUse);
}

#[tokio::test]
async fn silent_reads_and_never_answers() {
    let params = store().await;
    params.behave(Behaviour::Silent).await.unwrap();
    let mut stream = TcpStream::connect(params.address()).await.unwrap();
    let request = "POST / HTTP/1.1\r\nhost: x\r\nx-amz-target: AmazonSSM.GetParameter\r\ncontent-length: 14\r\n\r\n{\"Name\": \"/a\"}";
    stream.write_all(request.as_bytes()).await.unwrap();
    soon("the request", params.arrived("GetParameter", 1)).await;
    // The request has been read; other requests are answered, this one is not.
    params.behave(Behaviour::Normal).await.unwrap();
    assert_eq!(get(&params).await.status, 200);
    let answer = tokio::time::timeout(Duration::from_millis(100), stream.read(&mut [0])).await;
    assert!(answer.is_err(), "{answer:?}");
    // Cut with everything else when the store goes.
    drop(params);
    let end = soon("the end of the connection", stream.read(&mut [0])).await;
    assert!(matches!(end, Ok(0) | Err(_)), "{end:?}");
}

#[tokio::test]
async fn refusing_cuts_what_was_silent() {
    let params = store().await;
    params.behave(Behaviour::Silent).await.unwrap();
    let waiting = ssm_on(params.address());
    let (cut, ()) = tokio::join!(waiting, async {
        soon("the request", params.arrived("GetParameter", 1)).await;
        params.behave(Behaviour::Refuse).await.unwrap();
    });
    assert!(cut, "answered although it was silent");
}

/// Whether the connection ended without an answer.
async fn ssm_on(address: std::net::SocketAddr) -> bool {
    let headers = [("x-amz-target", "AmazonSSM.GetParameter")];
    let call = crate::support::http(address, "POST", "/", &headers, "{\"Name\": \"/a\"}");
    soon("the end of the connection", call).await.is_err()
}

#[tokio::test]
async fn the_port_can_be_chosen() {
    let holder = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = holder.local_addr().unwrap();
    let taken = ParameterStore::start_on(address.port()).await.unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::AddrInUse);
    drop(holder);
    // An outgoing connection of another test may sit on it for a while.
    let params = soon("a free port", async {
        loop {
            match ParameterStore::start_on(address.port()).await {
                Ok(params) => break params,
                Err(_) => tokio::task::yield_now().await,
            }
        }
    });
    let params = params.await;
    assert_eq!(params.address(), address);
    assert_eq!(
        params.endpoint(),
        format!("http://127.0.0.1:{}", address.port())
    );
}

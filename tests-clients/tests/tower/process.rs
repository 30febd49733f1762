//! Modes that are about the process, at a request.

use chaos_tests_clients::process;
use http::Method;
use tower::ServiceExt as _;

use crate::client::{layered, request};
use chaos_tests_clients::server::{Does, Server};

async fn is_answered(server: &Server) -> bool {
    let get = request(Method::GET, &server.url);
    layered().oneshot(get).await.is_ok()
}

#[tokio::test]
async fn disk_memory_and_cores_are_taken_and_given_back() {
    let server = Server::that(Does::Answer).await;
    process::takes("http.*", async || is_answered(&server).await).await;
}

#[tokio::test]
async fn panic_is_one_if_it_is_allowed() {
    let server = Server::that(Does::Answer).await;
    process::panics("http.*", async || is_answered(&server).await).await;
}

#[tokio::test]
async fn exit_ends_the_process() {
    let server = Server::that(Does::Answer).await;
    let test = "process::exit_ends_the_process";
    process::exits("http.*", test, async || is_answered(&server).await).await;
}

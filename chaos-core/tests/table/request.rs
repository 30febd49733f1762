//! A request of a client whose requests are points, and which answers by itself.

use axum::body::Body;
use axum::http::{Request, Response};
use chaos_core::http::HttpLayer;
use tower::{BoxError, Layer as _, ServiceExt as _, service_fn};

pub(crate) async fn request() -> Result<(), BoxError> {
    let client =
        service_fn(|_: Request<()>| async { Ok::<_, BoxError>(Response::new(Body::empty())) });
    let client = HttpLayer::new().layer(client);
    let request = Request::get("http://store.test/").body(())?;
    client.oneshot(request).await.map(drop)
}

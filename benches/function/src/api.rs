//! The same behind an HTTP API.

#[cfg(not(feature = "router"))]
pub(crate) use self::handler::serve;
#[cfg(feature = "router")]
pub(crate) use self::router::serve;

/// By a handler of `lambda_http`.
#[cfg(not(feature = "router"))]
mod handler {
    use lambda_http::{Body, Error, Request, RequestExt, Response, service_fn};

    use crate::greeting::greeting;

    /// Answers until the process ends.
    pub(crate) async fn serve() -> Result<(), Error> {
        lambda_http::run(service_fn(greet)).await
    }

    #[cfg_attr(feature = "chaos", chaos_core::inject_chaos)]
    async fn greet(request: Request) -> Result<Response<Body>, Error> {
        let query = request.query_string_parameters();
        let name = query.first("name").unwrap_or("world");
        Ok(Response::new(greeting(name).await?.into()))
    }
}

/// By a router of axum.
#[cfg(feature = "router")]
mod router {
    use std::collections::HashMap;

    use axum::Router;
    use axum::extract::Query;
    use axum::response::IntoResponse;
    use axum::routing::get;
    use lambda_http::Error;

    use crate::greeting::greeting;

    /// Answers until the process ends.
    pub(crate) async fn serve() -> Result<(), Error> {
        let router = Router::new().route("/greeting", get(greet));
        #[cfg(feature = "axum")]
        let router = tower::Layer::layer(&chaos_core::ChaosLayer::new(), router);
        lambda_http::run(router).await
    }

    #[cfg_attr(feature = "axum", chaos_core::inject_chaos(point = "greeting"))]
    async fn greet(Query(query): Query<HashMap<String, String>>) -> impl IntoResponse {
        let name = query.get("name").map_or("world", String::as_str);
        greeting(name)
            .await
            .unwrap_or_else(|error| error.to_string())
    }
}

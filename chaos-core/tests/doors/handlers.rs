//! One handler that answers 200 "own", behind every door and with every type that carries it.

use std::fmt::Display;

use aws_lambda_events::alb::AlbTargetGroupResponse;
use aws_lambda_events::apigw::{ApiGatewayProxyResponse, ApiGatewayV2httpResponse};
use aws_lambda_events::encodings::Body;
use lambda_runtime::{Context, Error, LambdaEvent};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::cases::{Headers, OWN, Outcome};

type Event = LambdaEvent<Value>;

fn event() -> Event {
    LambdaEvent::new(json!({"path": "/orders"}), Context::default())
}

/// As the runtime would send it.
fn judge<R: Serialize, E: Display>(result: Result<R, E>) -> Outcome {
    match result {
        Ok(reply) => Outcome::of_json(&serde_json::to_value(reply).expect("JSON")),
        Err(error) => Outcome::Error(error.to_string()),
    }
}

fn judge_http<B: AsRef<[u8]>, E: Display>(result: Result<http::Response<B>, E>) -> Outcome {
    match result {
        Ok(reply) => Outcome::Reply(
            reply.status().as_u16(),
            String::from_utf8_lossy(reply.body().as_ref()).into_owned(),
            Headers::read(|name| {
                let value = reply.headers().get(name)?;
                Some(value.to_str().expect("text").to_owned())
            }),
        ),
        Err(error) => Outcome::Error(error.to_string()),
    }
}

fn own_value() -> Value {
    json!({"statusCode": 200, "body": OWN})
}

fn own_v1() -> ApiGatewayProxyResponse {
    let mut reply = ApiGatewayProxyResponse::default();
    reply.status_code = 200;
    reply.body = Some(Body::Text(OWN.to_owned()));
    reply
}

fn own_alb() -> AlbTargetGroupResponse {
    let mut reply = AlbTargetGroupResponse::default();
    reply.status_code = 200;
    reply.body = Some(Body::Text(OWN.to_owned()));
    reply
}

fn own_v2() -> ApiGatewayV2httpResponse {
    let mut reply = ApiGatewayV2httpResponse::default();
    reply.status_code = 200;
    reply.body = Some(Body::Text(OWN.to_owned()));
    reply
}

/// What many write instead of the events crate's types.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OwnReply {
    status_code: u16,
    body: String,
    #[serde(default)]
    headers: std::collections::HashMap<String, String>,
}

impl OwnReply {
    fn new() -> Self {
        Self {
            status_code: 200,
            body: OWN.to_owned(),
            headers: std::collections::HashMap::new(),
        }
    }
}

/// A response that cannot be read back.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WriteOnly {
    status_code: u16,
    body: &'static str,
}

const WRITE_ONLY: WriteOnly = WriteOnly {
    status_code: 200,
    body: OWN,
};

/// An event that cannot be written.
struct ReadOnly;

pub(crate) mod attribute {
    use std::future::Future;

    use chaos_core::inject_chaos;

    use super::*;

    pub(crate) async fn value() -> Outcome {
        #[inject_chaos]
        async fn handler(_event: Event) -> Result<Value, Error> {
            Ok(own_value())
        }
        judge(handler(event()).await)
    }

    pub(crate) async fn api_gateway_v2() -> Outcome {
        #[inject_chaos]
        async fn handler(_event: Event) -> Result<ApiGatewayV2httpResponse, Error> {
            Ok(own_v2())
        }
        judge(handler(event()).await)
    }

    pub(crate) async fn api_gateway_v1() -> Outcome {
        #[inject_chaos]
        async fn handler(_event: Event) -> Result<ApiGatewayProxyResponse, Error> {
            Ok(own_v1())
        }
        judge(handler(event()).await)
    }

    pub(crate) async fn alb() -> Outcome {
        #[inject_chaos]
        async fn handler(_event: Event) -> Result<AlbTargetGroupResponse, Error> {
            Ok(own_alb())
        }
        judge(handler(event()).await)
    }

    pub(crate) async fn own_struct() -> Outcome {
        #[inject_chaos]
        async fn handler(_event: Event) -> Result<OwnReply, Error> {
            Ok(OwnReply::new())
        }
        judge(handler(event()).await)
    }

    pub(crate) async fn impl_serialize() -> Outcome {
        #[inject_chaos]
        async fn handler(_event: Event) -> Result<impl Serialize + Send, Error> {
            Ok(WRITE_ONLY)
        }
        judge(handler(event()).await)
    }

    pub(crate) async fn http_response() -> Outcome {
        #[inject_chaos]
        async fn handler(_event: Event) -> Result<http::Response<String>, Error> {
            Ok(http::Response::new(OWN.to_owned()))
        }
        judge_http(handler(event()).await)
    }

    pub(crate) async fn event_in_second_place() -> Outcome {
        struct Client(&'static str);
        #[inject_chaos]
        async fn handler(client: &Client, _event: Event) -> Result<Value, Error> {
            Ok(json!({"statusCode": 200, "body": client.0}))
        }
        judge(handler(&Client(OWN), event()).await)
    }

    #[async_trait::async_trait]
    trait Handle {
        async fn handle(&self, event: Event) -> Result<Value, Error>;
    }

    struct Handler;

    #[async_trait::async_trait]
    impl Handle for Handler {
        #[inject_chaos]
        async fn handle(&self, event: Event) -> Result<Value, Error> {
            drop(event);
            Ok(own_value())
        }
    }

    pub(crate) async fn in_a_trait() -> Outcome {
        judge(Handler.handle(event()).await)
    }

    pub(crate) async fn returning_a_future() -> Outcome {
        #[inject_chaos]
        fn handler(event: Event) -> impl Future<Output = Result<Value, Error>> + Send {
            async move {
                drop(event);
                Ok(own_value())
            }
        }
        judge(handler(event()).await)
    }
}

pub(crate) mod wrapped {
    use chaos_core::{wrap, wrap_opaque};

    use super::*;

    pub(crate) async fn value() -> Outcome {
        let own = own_value();
        let handler = wrap(move |_: Event| {
            let own = own.clone();
            async move { Ok::<_, Error>(own) }
        });
        judge(handler(event()).await)
    }

    pub(crate) async fn api_gateway_v2() -> Outcome {
        judge(wrap(async |_: Event| Ok::<_, Error>(own_v2()))(event()).await)
    }

    pub(crate) async fn api_gateway_v1() -> Outcome {
        judge(wrap(async |_: Event| Ok::<_, Error>(own_v1()))(event()).await)
    }

    pub(crate) async fn alb() -> Outcome {
        judge(wrap(async |_: Event| Ok::<_, Error>(own_alb()))(event()).await)
    }

    pub(crate) async fn own_struct() -> Outcome {
        judge(wrap(async |_: Event| Ok::<_, Error>(OwnReply::new()))(event()).await)
    }

    pub(crate) async fn http_response() -> Outcome {
        let handler = wrap(async |_: Value| Ok::<_, Error>(http::Response::new(OWN.to_owned())));
        judge_http(handler(event().payload).await)
    }

    pub(crate) async fn opaque() -> Outcome {
        let event = LambdaEvent::new(ReadOnly, Context::default());
        let handler = wrap_opaque(async |_: LambdaEvent<ReadOnly>| Ok::<_, Error>(WRITE_ONLY));
        judge(handler(event).await)
    }
}

pub(crate) mod layered {
    use chaos_core::ChaosLayer;
    use tower::{ServiceBuilder, ServiceExt as _};

    use super::*;

    pub(crate) async fn value() -> Outcome {
        let service = ServiceBuilder::new()
            .layer(ChaosLayer::new())
            .service_fn(async |_: Event| Ok::<_, Error>(own_value()));
        judge(service.oneshot(event()).await)
    }

    pub(crate) async fn api_gateway_v2() -> Outcome {
        let service = ServiceBuilder::new()
            .layer(ChaosLayer::new())
            .service_fn(async |_: Event| Ok::<_, Error>(own_v2()));
        judge(service.oneshot(event()).await)
    }

    pub(crate) async fn api_gateway_v1() -> Outcome {
        let service = ServiceBuilder::new()
            .layer(ChaosLayer::new())
            .service_fn(async |_: Event| Ok::<_, Error>(own_v1()));
        judge(service.oneshot(event()).await)
    }

    pub(crate) async fn alb() -> Outcome {
        let service = ServiceBuilder::new()
            .layer(ChaosLayer::new())
            .service_fn(async |_: Event| Ok::<_, Error>(own_alb()));
        judge(service.oneshot(event()).await)
    }

    pub(crate) async fn own_struct() -> Outcome {
        let service = ServiceBuilder::new()
            .layer(ChaosLayer::new())
            .service_fn(async |_: Event| Ok::<_, Error>(OwnReply::new()));
        judge(service.oneshot(event()).await)
    }

    pub(crate) async fn http_response() -> Outcome {
        let service = ServiceBuilder::new()
            .layer(ChaosLayer::new())
            .service_fn(async |_: Value| Ok::<_, Error>(http::Response::new(OWN.to_owned())));
        judge_http(service.oneshot(event().payload).await)
    }

    pub(crate) async fn opaque() -> Outcome {
        let service = ServiceBuilder::new()
            .layer(ChaosLayer::opaque())
            .service_fn(async |_: LambdaEvent<ReadOnly>| Ok::<_, Error>(WRITE_ONLY));
        let event = LambdaEvent::new(ReadOnly, Context::default());
        judge(service.oneshot(event).await)
    }
}

#[cfg(feature = "lambda_http")]
pub(crate) mod http_handlers {
    use chaos_core::{ChaosLayer, inject_chaos, wrap, wrap_opaque};
    use lambda_http::{Body, IntoResponse, Request, Response};
    use tower::{ServiceBuilder, ServiceExt as _};

    use super::*;

    /// As API Gateway's REST API sends it.
    fn request() -> Request {
        let event = json!({
            "resource": "/orders", "path": "/orders", "httpMethod": "GET",
            "headers": {}, "multiValueHeaders": {},
            "queryStringParameters": null, "multiValueQueryStringParameters": {},
            "pathParameters": null, "stageVariables": null,
            "requestContext": {
                "accountId": "123456789012", "resourceId": "abc", "stage": "prod",
                "requestId": "7", "identity": {}, "resourcePath": "/orders",
                "httpMethod": "GET", "apiId": "xyz", "authorizer": {},
            },
            "body": null, "isBase64Encoded": false,
        });
        lambda_http::request::from_str(&event.to_string()).expect("an event")
    }

    async fn judge_response<E: Display>(result: Result<impl IntoResponse, E>) -> Outcome {
        match result {
            Ok(reply) => {
                let mut reply = reply.into_response().await;
                // A text of the handler's own gets a content type on its way out.
                if crate::cases::is_own(&String::from_utf8_lossy(reply.body())) {
                    reply.headers_mut().remove("content-type");
                }
                judge_http(Ok::<_, E>(reply))
            }
            Err(error) => Outcome::Error(error.to_string()),
        }
    }

    pub(crate) async fn attribute_impl_into_response() -> Outcome {
        #[inject_chaos]
        async fn handler(_request: Request) -> Result<impl IntoResponse, Error> {
            Ok(OWN)
        }
        judge_response(handler(request()).await).await
    }

    pub(crate) async fn attribute_response() -> Outcome {
        #[inject_chaos]
        async fn handler(_request: Request) -> Result<Response<Body>, Error> {
            Ok(Response::new(Body::from(OWN)))
        }
        judge_response(handler(request()).await).await
    }

    pub(crate) async fn wrap_response() -> Outcome {
        let handler = wrap(async |_: Request| Ok::<_, Error>(Response::new(Body::from(OWN))));
        judge_response(handler(request()).await).await
    }

    pub(crate) async fn wrap_opaque_string() -> Outcome {
        let handler = wrap_opaque(async |_: Request| Ok::<_, Error>(OWN.to_owned()));
        judge_response(handler(request()).await).await
    }

    pub(crate) async fn layer_response() -> Outcome {
        let service = ServiceBuilder::new()
            .layer(ChaosLayer::new())
            .service_fn(async |_: Request| Ok::<_, Error>(Response::new(Body::from(OWN))));
        judge_response(service.oneshot(request()).await).await
    }

    pub(crate) async fn layer_opaque_string() -> Outcome {
        let service = ServiceBuilder::new()
            .layer(ChaosLayer::opaque())
            .service_fn(async |_: Request| Ok::<_, Error>(OWN.to_owned()));
        judge_response(service.oneshot(request()).await).await
    }
}

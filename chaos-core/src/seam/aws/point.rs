//! What an attempt calls: service, operation, host and region, as the request shows them.

use aws_smithy_runtime_api::client::interceptors::Intercept as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

use crate::engine::Family;
use crate::seam::client::kept;

/// All attempts.
pub(super) static POINTS: Family = Family::of("aws.");

/// In the place of a name that is not known.
const UNKNOWN: &str = "unknown";

/// What an attempt calls.
#[derive(Debug)]
pub(super) struct Call<'a> {
    /// As in the name of the SDK's crate: `dynamodb`, `sfn`.
    pub(super) service: &'a str,
    /// As in the service's API: `PutItem`.
    pub(super) operation: &'a str,
    /// Without the port.
    pub(super) host: &'a str,
    /// The one that the request is signed for.
    pub(super) region: Option<&'a str>,
}

impl<'a> Call<'a> {
    pub(super) fn of(request: &'a HttpRequest, operation: Option<&'static str>) -> Self {
        let scope = scope(request);
        let service = crate_name(request).or(scope.map(|(_, service)| service));
        Self {
            service: service.unwrap_or(UNKNOWN),
            operation: operation.or_else(|| target(request)).unwrap_or(UNKNOWN),
            host: host(request.uri()),
            region: scope.map(|(region, _)| region),
        }
    }

    /// `aws.dynamodb.PutItem`.
    pub(super) fn point(&self) -> &'static str {
        let name = kept(format_args!("aws.{}.{}", self.service, self.operation));
        name.unwrap_or("aws.unknown.unknown")
    }
}

/// The operation that these components were put together for. Each brings an interceptor of its
/// own for the endpoint, which is named after it: nothing else that an HTTP client sees has its
/// name on every protocol.
pub(super) fn operation(components: &RuntimeComponents) -> Option<&'static str> {
    components
        .interceptors()
        .find_map(|interceptor| interceptor.name().strip_suffix("EndpointParamsInterceptor"))
}

/// The service as its crate has it, from what the SDK says of itself: `api/dynamodb/1.136.0`.
fn crate_name(request: &HttpRequest) -> Option<&str> {
    let headers = request.headers();
    let agent = headers
        .get("x-amz-user-agent")
        .or_else(|| headers.get("user-agent"))?;
    let api = agent
        .split(' ')
        .find_map(|part| part.strip_prefix("api/"))?;
    api.split('/').next()
}

/// Region and service that the request is signed for:
/// `Credential=KEY/20261121/eu-west-1/dynamodb/aws4_request`.
fn scope(request: &HttpRequest) -> Option<(&str, &str)> {
    let signed = request.headers().get("authorization")?;
    let (_, credential) = signed.split_once("Credential=")?;
    let mut parts = credential.split([',', ' ']).next()?.split('/').skip(2);
    let (region, service) = (parts.next()?, parts.next()?);
    (parts.next() == Some("aws4_request")).then_some((region, service))
}

/// The operation of the JSON protocols, for an SDK whose interceptors are named otherwise.
fn target(request: &HttpRequest) -> Option<&str> {
    let target = request.headers().get("x-amz-target")?;
    Some(target.rsplit_once('.').map_or(target, |(_, name)| name))
}

fn host(uri: &str) -> &str {
    let (_, rest) = uri.split_once("://").unwrap_or(("", uri));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (_, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&'static str, &'static str)]) -> HttpRequest {
        let mut request = HttpRequest::get("https://sqs.eu-west-1.amazonaws.com:443/1/q").unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, *value);
        }
        request
    }

    #[test]
    fn a_call_is_read_from_what_the_sdk_writes() {
        let full = request(&[
            (
                "x-amz-user-agent",
                "aws-sdk-rust/1.3 ua/2.1 api/sfn/1.125.0 os/linux lang/rust/1.94",
            ),
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKID/20261121/eu-west-1/states/aws4_request, SignedHeaders=host",
            ),
            ("x-amz-target", "AWSStepFunctions.StartExecution"),
        ]);
        let call = Call::of(&full, None);
        assert_eq!(call.point(), "aws.sfn.StartExecution");
        assert_eq!(call.region, Some("eu-west-1"));
        assert_eq!(call.host, "sqs.eu-west-1.amazonaws.com");
        let other = Call::of(&full, Some("StopExecution"));
        assert_eq!(other.point(), "aws.sfn.StopExecution");
    }

    #[test]
    fn what_is_not_known_is_named_so() {
        let bare = request(&[("authorization", "Bearer x")]);
        let call = Call::of(&bare, None);
        assert_eq!(call.point(), "aws.unknown.unknown");
        assert_eq!(call.region, None);
    }

    #[test]
    fn a_host_has_neither_port_nor_path() {
        for (uri, name) in [
            ("http://127.0.0.1:8000/x", "127.0.0.1"),
            ("https://b.s3.amazonaws.com/a:1", "b.s3.amazonaws.com"),
            ("http://[::1]:8000", "[::1]"),
            ("/only/a/path", ""),
        ] {
            assert_eq!(host(uri), name, "{uri}");
        }
    }
}

//! Errors as each of AWS's protocols writes them.

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use serde_json::{Map, Value};

use super::carrier::status;
use super::cbor;
use super::errors::Wire;
use super::members::is_form;
use super::point::Call;

/// Stands where the service has the id of a request.
const REQUEST_ID: &str = "injected-by-chaos";

/// How a service writes errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// awsJson, with the content type of its requests: the operation is in a header.
    Json {
        content_type: String,
        query_compatible: bool,
    },
    /// REST-JSON.
    RestJson,
    /// Smithy's RPC in CBOR.
    Cbor { query_compatible: bool },
    /// S3's XML.
    S3,
    /// The XML of the query protocol, and of REST-XML elsewhere.
    Xml,
    /// EC2's.
    Ec2,
    /// The reply to HEAD has no body.
    Head,
}

impl Protocol {
    pub(super) fn of(call: &Call<'_>, request: &HttpRequest) -> Self {
        let headers = request.headers();
        if request.method() == "HEAD" {
            return Self::Head;
        }
        let query_compatible = headers.contains_key("x-amzn-query-mode");
        if headers.get("smithy-protocol") == Some(RPC_V2_CBOR) {
            return Self::Cbor { query_compatible };
        }
        if headers.contains_key("x-amz-target") {
            let own = headers.get("content-type");
            return Self::Json {
                content_type: own.unwrap_or("application/x-amz-json-1.1").to_owned(),
                query_compatible,
            };
        }
        match call.service {
            "s3" => Self::S3,
            "ec2" => Self::Ec2,
            "s3control" | "route53" | "cloudfront" => Self::Xml,
            _ if is_form(request) => Self::Xml,
            _ => Self::RestJson,
        }
    }

    /// The service's error.
    pub(super) fn error(&self, wire: &Wire<'_>, message: &str) -> HttpResponse {
        let mut response = self.response(wire.status, Some(wire), message);
        let headers = response.headers_mut();
        if let Self::Json { .. } | Self::RestJson = self {
            let _ = headers.try_insert("x-amzn-errortype", wire.error_type.to_owned());
        }
        if self.is_query_compatible() {
            let value = format!("{};{}", wire.code, fault(wire.status));
            let _ = headers.try_insert("x-amzn-query-error", value);
        }
        response
    }

    /// A reply with that status, and nothing that says what the error is.
    pub(super) fn bare(&self, code: u16, document_body: &str) -> HttpResponse {
        // The document's own body is JSON with a message in it.
        let json: Option<Value> = serde_json::from_str(document_body).ok();
        let message = json.as_ref().and_then(|json| json["message"].as_str());
        self.response(code, None, message.unwrap_or_default())
    }

    /// Whether the service once spoke the query protocol, whose codes it still sends.
    fn is_query_compatible(&self) -> bool {
        match self {
            Self::Json {
                query_compatible, ..
            }
            | Self::Cbor { query_compatible } => *query_compatible,
            Self::RestJson | Self::S3 | Self::Xml | Self::Ec2 | Self::Head => false,
        }
    }

    fn response(&self, code: u16, wire: Option<&Wire<'_>>, message: &str) -> HttpResponse {
        let body = self.body(code, wire, message);
        let mut response = HttpResponse::new(status(code), body);
        let headers = response.headers_mut();
        let content_type = match self {
            Self::Json { content_type, .. } => content_type.clone(),
            Self::RestJson => "application/json".to_owned(),
            Self::Cbor { .. } => "application/cbor".to_owned(),
            Self::S3 | Self::Head => "application/xml".to_owned(),
            Self::Xml | Self::Ec2 => "text/xml".to_owned(),
        };
        let _ = headers.try_insert("content-type", content_type);
        if let Self::Cbor { .. } = self {
            headers.insert("smithy-protocol", RPC_V2_CBOR);
        }
        let id = match self {
            Self::S3 => "x-amz-request-id",
            _ => "x-amzn-requestid",
        };
        headers.insert(id, REQUEST_ID);
        response
    }

    fn body(&self, code: u16, wire: Option<&Wire<'_>>, message: &str) -> SdkBody {
        let text = match self {
            Self::Cbor { .. } => {
                let error_type = wire.map(|wire| ("__type", wire.error_type));
                let members: Vec<_> = error_type
                    .into_iter()
                    .chain([("message", message)])
                    .collect();
                return SdkBody::from(cbor::map(&members));
            }
            Self::Json { .. } | Self::RestJson => json(wire, message),
            Self::S3 => format!(
                "{XML}<Error>{}<RequestId>{REQUEST_ID}</RequestId>\
                 <HostId>{REQUEST_ID}</HostId></Error>",
                xml(wire, message)
            ),
            Self::Xml => format!(
                "{XML}<ErrorResponse><Error><Type>{}</Type>{}</Error>\
                 <RequestId>{REQUEST_ID}</RequestId></ErrorResponse>",
                fault(code),
                xml(wire, message)
            ),
            Self::Ec2 => format!(
                "{XML}<Response><Errors><Error>{}</Error></Errors>\
                 <RequestID>{REQUEST_ID}</RequestID></Response>",
                xml(wire, message)
            ),
            Self::Head => String::new(),
        };
        SdkBody::from(text)
    }
}

/// How a request says that it is Smithy's RPC in CBOR, and the reply too.
const RPC_V2_CBOR: &str = "rpc-v2-cbor";
const XML: &str = r#"<?xml version="1.0" encoding="UTF-8"?>"#;

fn json(wire: Option<&Wire<'_>>, message: &str) -> String {
    let mut body = Map::new();
    if let Some(wire) = wire {
        body.insert("__type".to_owned(), wire.error_type.into());
    }
    body.insert("message".to_owned(), message.into());
    Value::Object(body).to_string()
}

fn xml(wire: Option<&Wire<'_>>, message: &str) -> String {
    let message = escaped(message);
    match wire {
        Some(wire) => {
            let code = escaped(wire.code);
            format!("<Code>{code}</Code><Message>{message}</Message>")
        }
        None => format!("<Message>{message}</Message>"),
    }
}

/// Whose fault it is.
fn fault(status: u16) -> &'static str {
    if status < 500 { "Sender" } else { "Receiver" }
}

/// Text as XML has it. What XML cannot say at all is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\t' | '\n' | '\r' => out.push(character),
            control if control < ' ' => {}
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_stays_inside_its_element() {
        assert_eq!(escaped("a<b> & \u{1}c"), "a&lt;b&gt; &amp; c");
    }
}

//! The real SDK over loopback HTTP, and what is said of each answer.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;

use aws_sdk_ssm::config::http::HttpResponse;
use aws_sdk_ssm::config::{Credentials, Region};
use aws_sdk_ssm::error::ErrorMetadata;
use aws_sdk_ssm::types::error::{InvalidKeyId, ParameterNotFound, ParameterVersionNotFound};

use super::*;

fn answered(error: GetParameterError) -> SourceError {
    let raw = HttpResponse::new(400.try_into().unwrap(), vec![].into());
    explain("/orders/chaos", SdkError::service_error(error, raw))
}

fn meta(code: &str, message: &str) -> ErrorMetadata {
    ErrorMetadata::builder().code(code).message(message).build()
}

#[test]
fn a_parameter_or_version_that_does_not_exist_is_missing() {
    let error = ParameterNotFound::builder()
        .meta(meta("ParameterNotFound", ""))
        .build();
    let error = answered(GetParameterError::ParameterNotFound(error));
    assert!(error.is_missing());
    assert_eq!(
        error.to_string(),
        "SSM has no parameter /orders/chaos (ParameterNotFound); put one there with `aws ssm \
         put-parameter --name /orders/chaos --type String --value '{}'`, or correct its name or the \
         region"
    );
    let error = ParameterVersionNotFound::builder().build();
    assert!(answered(GetParameterError::ParameterVersionNotFound(error)).is_missing());
}

#[test]
fn a_refusal_names_the_right_that_is_missing() {
    let denied = |said| {
        answered(GetParameterError::generic(meta(
            "AccessDeniedException",
            said,
        )))
    };
    let error = denied("User: x is not authorized");
    assert!(error.is_unavailable());
    assert_eq!(
        error.to_string(),
        "SSM answered AccessDeniedException: User: x is not authorized; allow the function's \
         role ssm:GetParameter on arn:aws:ssm:*:*:parameter/orders/chaos"
    );
    let error = denied("kms-reader is not authorized to perform: ssm:GetParameter").to_string();
    assert!(!error.contains("kms:Decrypt"), "{error}");
    let error = denied("The ciphertext refers to a key (Service: AWSKMS)").to_string();
    assert!(error.contains("kms:Decrypt"), "{error}");

    let error = InvalidKeyId::builder()
        .meta(meta("InvalidKeyId", "access denied"))
        .build();
    let error = answered(GetParameterError::InvalidKeyId(error)).to_string();
    assert!(error.contains("kms:Decrypt"), "{error}");
}

#[test]
fn a_refusal_for_a_while_says_what_to_do() {
    let error = answered(GetParameterError::generic(meta(
        "ThrottlingException",
        "Rate exceeded",
    )));
    assert!(error.is_unavailable());
    assert!(error.to_string().contains("CHAOS_CACHE_TTL"));
    let error = answered(GetParameterError::generic(meta("Strange", "what")));
    assert_eq!(error.to_string(), "SSM answered Strange: what");
}

#[test]
fn silence_is_no_answer() {
    let error = explain("/orders/chaos", SdkError::timeout_error("3 s"));
    assert!(error.is_unavailable());
    assert!(error.to_string().contains("interface endpoint"));
}

#[test]
fn a_parameter_is_cached_for_a_minute() {
    let source = SsmSource::new("/orders/chaos");
    assert_eq!(source.cache_ttl(), Some(Duration::from_mins(1)));
    assert_eq!(source.location(), "parameter /orders/chaos");
    assert_eq!(source.name(), "ssm");
}

/// Serves one HTTP answer after the other on loopback; gives the endpoint and the requests.
fn serve(answers: &'static [(u16, &'static str)]) -> (String, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let (sender, requests) = mpsc::channel();
    std::thread::spawn(move || {
        for (status, body) in answers {
            let (mut stream, _) = listener.accept().unwrap();
            sender.send(read_request(&mut stream)).unwrap();
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 {status} \r\ncontent-type: application/x-amz-json-1.1\r\n\
                 content-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    (endpoint, requests)
}

/// Head and body, up to the end of the JSON.
fn read_request(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    while !text.ends_with(b"}") {
        let mut part = [0; 4096];
        let read = stream.read(&mut part).unwrap();
        assert_ne!(read, 0);
        text.extend_from_slice(&part[..read]);
    }
    String::from_utf8(text).unwrap()
}

/// A client as [`connect`] makes it, but for the environment.
fn source(endpoint: &str) -> SsmSource {
    let credentials = Credentials::builder()
        .access_key_id("a")
        .secret_access_key("b")
        .provider_name("test")
        .build();
    let config = aws_sdk_ssm::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(credentials)
        .endpoint_url(endpoint)
        .http_client(http_client())
        .retry_config(retries())
        .build();
    SsmSource::with_client(Client::from_conf(config), "/orders/chaos")
}

#[tokio::test]
async fn a_parameter_is_read_decrypted() {
    let (endpoint, requests) = serve(&[(
        200,
        r#"{"Parameter": {"Name": "/orders/chaos", "Type": "SecureString", "Value": "{}"}}"#,
    )]);
    assert_eq!(source(&endpoint).fetch().await.unwrap(), "{}");
    let request = requests.recv().unwrap();
    assert!(request.contains("AmazonSSM.GetParameter"), "{request}");
    assert!(request.contains(r#""Name":"/orders/chaos""#), "{request}");
    assert!(request.contains(r#""WithDecryption":true"#), "{request}");
}

#[tokio::test]
async fn what_the_service_answers_is_understood() {
    let (endpoint, _requests) = serve(&[
        (400, r#"{"__type": "ParameterNotFound"}"#),
        (
            400,
            r#"{"__type": "AccessDeniedException", "Message": "not you"}"#,
        ),
        (200, r#"{"Parameter": {}}"#),
    ]);
    let source = source(&endpoint);
    assert!(source.fetch().await.unwrap_err().is_missing());
    let error = source.fetch().await.unwrap_err();
    assert!(error.is_unavailable());
    let text = error.to_string();
    assert!(
        text.contains("not you; allow") && text.contains("ssm:GetParameter"),
        "{text}"
    );
    assert!(source.fetch().await.unwrap_err().is_unavailable());
}

#[tokio::test]
async fn a_second_attempt_is_made_and_no_third() {
    let (endpoint, requests) = serve(&[
        (500, r#"{"__type": "InternalServerError"}"#),
        (500, r#"{"__type": "InternalServerError"}"#),
        (200, r#"{"Parameter": {"Value": "{}"}}"#),
    ]);
    let source = source(&endpoint);
    let error = source.fetch().await.unwrap_err();
    assert!(error.to_string().contains("InternalServerError"), "{error}");
    assert_eq!(requests.try_iter().count(), 2);
    assert_eq!(source.fetch().await.unwrap(), "{}");
}

#[tokio::test]
async fn a_refused_connection_says_so() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = source(&endpoint).fetch().await.unwrap_err();
    assert!(error.is_unavailable());
    assert!(
        error.to_string().starts_with("SSM cannot be reached"),
        "{error}"
    );
    let chain = error.chain();
    assert!(chain.contains("refused"), "{chain}");
}

#[tokio::test]
async fn without_credentials_it_says_what_to_check() {
    let config = aws_sdk_ssm::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .http_client(http_client())
        .build();
    let source = SsmSource::with_client(Client::from_conf(config), "/orders/chaos");
    let error = source.fetch().await.unwrap_err();
    assert!(error.to_string().contains("credentials"), "{error}");
}

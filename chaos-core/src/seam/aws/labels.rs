//! What a call is about: the labels of its point, from the request as it goes out.

use std::borrow::Cow;

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;

use super::members::Members;
use super::point::Call;
use crate::engine::Labels;

/// The label of a service, and the members of its requests that it is read from, the first that is
/// there.
struct Row {
    service: &'static str,
    label: &'static str,
    members: &'static [&'static str],
}

const fn row(service: &'static str, label: &'static str, members: &'static [&'static str]) -> Row {
    Row {
        service,
        label,
        members,
    }
}

/// The services whose requests are JSON or forms.
const ROWS: &[Row] = &[
    row(
        "dynamodb",
        "table",
        &["TableName", "RequestItems.#", "TransactItems.*.*.TableName"],
    ),
    row("sqs", "queue", &["QueueUrl", "QueueName"]),
    row("sns", "topic", &["TopicArn", "TargetArn", "Name"]),
    row("kinesis", "stream", &["StreamName", "StreamARN"]),
    row(
        "secretsmanager",
        "secret",
        &["SecretId", "Name", "SecretIdList.*"],
    ),
    row("ssm", "parameter", &["Name", "Names.*", "Path"]),
    row(
        "sfn",
        "state_machine",
        &["stateMachineArn", "executionArn", "name"],
    ),
];

/// All labels of a call. Asked for only while a flag concerns its point.
pub(super) fn labels(call: &Call<'_>, request: &HttpRequest) -> Labels {
    let mut labels = Labels::new();
    if let Some(region) = call.region {
        labels.push(("region", region.to_owned()));
    }
    match call.service {
        "s3" => labels.extend(bucket_and_key(call.host, request.uri())),
        "lambda" => labels.extend(function(request.uri()).map(|name| ("function", name))),
        service => {
            let row = ROWS.iter().find(|row| row.service == service);
            if let Some((row, members)) = row.and_then(|row| Some((row, Members::of(request)?))) {
                labels.extend(of_row(row, &members));
            }
        }
    }
    labels
}

/// The label with each of its values, once.
fn of_row(row: &Row, members: &Members) -> Labels {
    let mut values = row.members.iter().map(|path| members.at(path));
    let values = values.find(|values| !values.is_empty());
    let mut labels = Labels::new();
    for value in values.unwrap_or_default() {
        let label = (row.label, short(row.label, value).to_owned());
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    labels
}

/// The name alone, of what may be a URL or an ARN.
fn short<'a>(label: &str, value: &'a str) -> &'a str {
    if label == "queue" {
        return value.rsplit('/').next().unwrap_or(value);
    }
    let Some(resource) = value
        .strip_prefix("arn:")
        .and_then(|arn| arn.splitn(5, ':').nth(4))
    else {
        return value;
    };
    match label {
        // table/NAME/index/…, stream/NAME
        "table" | "stream" => resource.split('/').nth(1).unwrap_or(resource),
        // parameter/NAME, where a path keeps its slash
        "parameter" => match resource.strip_prefix("parameter") {
            Some(path) if path.matches('/').count() > 1 => path,
            Some(name) => name.trim_start_matches('/'),
            None => resource,
        },
        // secret:NAME-a1B2c3, where the service has added the last part
        "secret" => {
            let name = resource.strip_prefix("secret:").unwrap_or(resource);
            let parts = name.rsplit_once('-').filter(|(_, added)| added.len() == 6);
            parts.map_or(name, |(own, _)| own)
        }
        // stateMachine:NAME, execution:NAME:ID
        "state_machine" => resource.split(':').nth(1).unwrap_or(resource),
        _ => resource,
    }
}

/// `/2015-03-31/functions/NAME/invocations`, where the name may be an ARN, and have a version.
fn function(uri: &str) -> Option<String> {
    let (_, after) = path(uri).split_once("/functions/")?;
    let name = decoded(after.split('/').next()?);
    let parts: Vec<&str> = name.split(':').collect();
    // arn:aws:lambda:REGION:ACCOUNT:function:NAME, ACCOUNT:function:NAME, NAME
    let at = parts.iter().position(|part| *part == "function");
    let name = at
        .map_or(Some(0), |at| Some(at + 1))
        .and_then(|at| parts.get(at))?;
    Some((*name).to_owned()).filter(|name| !name.is_empty())
}

/// In the path, or the bucket in the name of the host, as Amazon's own hosts have it.
fn bucket_and_key(host: &str, uri: &str) -> Vec<(&'static str, String)> {
    let path = path(uri).trim_start_matches('/');
    let (bucket, key) = if let Some(bucket) = bucket_of_host(host) {
        (bucket.to_owned(), path)
    } else {
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        (decoded(bucket).into_owned(), key)
    };
    let labels = [("bucket", bucket), ("key", decoded(key).into_owned())];
    labels
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

/// `BUCKET.s3.REGION.amazonaws.com`, and what else S3 is called there.
fn bucket_of_host(host: &str) -> Option<&str> {
    if !host.contains(".amazonaws.com") {
        return None;
    }
    let ends = [".s3.", ".s3-", ".s3express-"].map(|mark| host.rfind(mark));
    let end = ends.into_iter().flatten().min()?;
    Some(&host[..end])
}

fn path(uri: &str) -> &str {
    let (_, rest) = uri.split_once("://").unwrap_or(("", uri));
    let path = rest.find('/').map_or("", |at| &rest[at..]);
    path.split(['?', '#']).next().unwrap_or_default()
}

fn decoded(part: &str) -> Cow<'_, str> {
    percent_encoding::percent_decode_str(part).decode_utf8_lossy()
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::body::SdkBody;
    use serde_json::{Value, json};

    use super::*;

    fn of(
        service: &str,
        uri: &str,
        content_type: &'static str,
        body: &str,
    ) -> Vec<(&'static str, String)> {
        let mut request = HttpRequest::get(uri).unwrap();
        request.headers_mut().insert("content-type", content_type);
        *request.body_mut() = SdkBody::from(body);
        let host = uri.split('/').nth(2).unwrap();
        let call = Call {
            service,
            operation: "Any",
            host,
            region: None,
        };
        labels(&call, &request)
    }

    fn json(service: &str, body: &Value) -> Vec<(&'static str, String)> {
        let body = body.to_string();
        of(
            service,
            "https://x.amazonaws.com/",
            "application/x-amz-json-1.0",
            &body,
        )
    }

    fn one(label: &'static str, value: &str) -> Vec<(&'static str, String)> {
        vec![(label, value.to_owned())]
    }

    #[test]
    fn json_requests_name_what_they_are_about() {
        let orders = one("table", "orders");
        let table = "arn:aws:dynamodb:eu-west-1:1:table/orders";
        for body in [
            json!({"TableName": "orders"}),
            json!({"TableName": table}),
            json!({"TableName": format!("{table}/index/by-day")}),
            json!({"RequestItems": {"orders": []}}),
            json!({"TransactItems": [{"Put": {"TableName": "orders"}},
                {"ConditionCheck": {"TableName": table}}]}),
        ] {
            assert_eq!(json("dynamodb", &body), orders, "{body}");
        }
        let queue = json!({"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/1/jobs"});
        assert_eq!(json("sqs", &queue), one("queue", "jobs"));
        let secret = json!({"SecretId": "arn:aws:secretsmanager:eu-west-1:1:secret:a/b-c-x1Y2z3"});
        assert_eq!(json("secretsmanager", &secret), one("secret", "a/b-c"));
        for name in ["/a/b", "arn:aws:ssm:eu-west-1:1:parameter/a/b"] {
            assert_eq!(
                json("ssm", &json!({"Name": name})),
                one("parameter", "/a/b")
            );
        }
        assert_eq!(json("ssm", &json!({"Names": ["x"]})), one("parameter", "x"));
        let machine = json!({"stateMachineArn": "arn:aws:states:eu-west-1:1:stateMachine:pay"});
        assert_eq!(json("sfn", &machine), one("state_machine", "pay"));
        let stream = json!({"StreamARN": "arn:aws:kinesis:eu-west-1:1:stream/clicks"});
        assert_eq!(json("kinesis", &stream), one("stream", "clicks"));
        assert_eq!(json("kinesis", &json!(["no", "object"])), vec![]);
    }

    #[test]
    fn a_batch_names_all_that_it_is_about() {
        let both = vec![
            ("table", "orders".to_owned()),
            ("table", "stock".to_owned()),
        ];
        for body in [
            json!({"RequestItems": {"orders": [], "stock": []}}),
            json!({"TransactItems": [{"Put": {"TableName": "orders"}},
                {"Update": {"TableName": "stock"}}, {"Put": {"TableName": "orders"}}]}),
        ] {
            assert_eq!(json("dynamodb", &body), both, "{body}");
        }
        let names = json!({"Names": ["a", "/b/c", 7]});
        let parameters = ["a", "/b/c"].map(|name| ("parameter", name.to_owned()));
        assert_eq!(json("ssm", &names), parameters);
        let secrets = json!({"SecretIdList": ["a"]});
        assert_eq!(json("secretsmanager", &secrets), one("secret", "a"));
    }

    #[test]
    fn a_form_names_what_it_is_about() {
        let body = "Action=Publish&TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A1%3Anews&Message=x";
        let form = "application/x-www-form-urlencoded";
        let labels = of("sns", "https://sns.eu-west-1.amazonaws.com/", form, body);
        assert_eq!(labels, one("topic", "news"));
    }

    #[test]
    fn a_function_is_in_the_path() {
        for name in [
            "resize",
            "resize%3Alive",
            "arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Afunction%3Aresize%3A7",
        ] {
            let uri = format!(
                "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/{name}/invocations"
            );
            assert_eq!(
                of("lambda", &uri, "text/plain", ""),
                one("function", "resize")
            );
        }
        let list = "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions";
        assert_eq!(of("lambda", list, "text/plain", ""), vec![]);
    }

    #[test]
    fn a_bucket_is_in_the_host_or_in_the_path() {
        let both = vec![
            ("bucket", "my.photos".to_owned()),
            ("key", "2026/a b.jpg".to_owned()),
        ];
        for uri in [
            "https://my.photos.s3.eu-west-1.amazonaws.com/2026/a%20b.jpg?x-id=GetObject",
            "https://s3.eu-west-1.amazonaws.com/my.photos/2026/a%20b.jpg",
            "http://127.0.0.1:5000/my.photos/2026/a%20b.jpg?x-id=GetObject",
        ] {
            assert_eq!(of("s3", uri, "text/plain", ""), both, "{uri}");
        }
        let host_alone = "https://photos.s3.amazonaws.com/?list-type=2";
        assert_eq!(
            of("s3", host_alone, "text/plain", ""),
            one("bucket", "photos")
        );
    }
}

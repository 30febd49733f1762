//! A Lambda function without any runtime library: the Runtime API, spoken by hand. chaos-local's
//! own tests run it and tell it in each event (`{"do": …}`) what to do.

use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use serde_json::{Map, Value, json};

fn main() -> io::Result<()> {
    // Whoever accepts this connection sees by its end that the process has ended.
    let _witness = env::var("WITNESS")
        .ok()
        .map(TcpStream::connect)
        .transpose()?;
    let api = env::var("AWS_LAMBDA_RUNTIME_API").map_err(io::Error::other)?;
    init(&api)?;
    println!("ready");
    loop {
        let next = call(&api, "GET", "invocation/next", "", &[])?;
        let Some(id) = next.headers["lambda-runtime-aws-request-id"].as_str() else {
            return Err(io::Error::other("an invocation without an id"));
        };
        let event: Value = serde_json::from_slice(&next.body).unwrap_or_default();
        handle(&api, id, &event, &next.headers)?;
    }
}

/// What happens before the first invocation is asked for.
fn init(api: &str) -> io::Result<()> {
    match env::var("INIT").as_deref() {
        Ok("error") => {
            let error = json!({"errorType": "Config.Missing", "errorMessage": "no TABLE"});
            call(api, "POST", "init/error", &error.to_string(), &[])?;
            std::process::exit(1);
        }
        Ok("exit") => std::process::exit(7),
        Ok("hang") => loop {
            thread::park();
        },
        _ => {}
    }
    Ok(())
}

fn handle(api: &str, id: &str, event: &Value, headers: &Value) -> io::Result<()> {
    let response = match event["do"].as_str() {
        Some("env") => env::vars()
            .map(|(name, value)| (name, value.into()))
            .collect::<Map<_, _>>()
            .into(),
        Some("headers") => headers.clone(),
        Some("pid") => std::process::id().into(),
        Some("print") => {
            println!("to standard output");
            eprintln!("to standard error");
            Value::Null
        }
        Some("hang") => {
            println!("hanging");
            loop {
                thread::park();
            }
        }
        Some("wait") => {
            thread::sleep(Duration::from_millis(event["ms"].as_u64().unwrap_or(0)));
            event.clone()
        }
        Some("large") => "x".repeat(7 * 1024 * 1024).into(),
        Some("exit") => {
            let code = event["code"]
                .as_i64()
                .and_then(|code| i32::try_from(code).ok());
            std::process::exit(code.unwrap_or(1))
        }
        Some("abort") => std::process::abort(),
        Some("error") => {
            let error =
                json!({"errorType": "Boom", "errorMessage": "as asked", "stackTrace": ["here"]});
            call(
                api,
                "POST",
                &format!("invocation/{id}/error"),
                &error.to_string(),
                &[],
            )?;
            return Ok(());
        }
        Some("stream") => return stream(api, id),
        _ => event.clone(),
    };
    call(
        api,
        "POST",
        &format!("invocation/{id}/response"),
        &response.to_string(),
        &[],
    )?;
    Ok(())
}

/// An HTTP response in chunks, as `lambda_runtime` streams it.
fn stream(api: &str, id: &str) -> io::Result<()> {
    let headers = [
        "Transfer-Encoding: chunked",
        "Lambda-Runtime-Function-Response-Mode: streaming",
        "Content-Type: application/vnd.awslambda.http-integration-response",
    ];
    let prelude = json!({"statusCode": 200, "headers": {"x-a": "1"}, "cookies": []}).to_string();
    let mut chunks = String::new();
    for chunk in [&prelude, "\0\0\0\0\0\0\0\0", "one ", "two"] {
        chunks.extend([&format!("{:x}\r\n", chunk.len()), chunk, "\r\n"]);
    }
    call(
        api,
        "POST",
        &format!("invocation/{id}/response"),
        &(chunks + "0\r\n\r\n"),
        &headers,
    )?;
    Ok(())
}

struct Answer {
    headers: Value,
    body: Vec<u8>,
}

/// One request on a connection of its own.
fn call(api: &str, method: &str, path: &str, body: &str, headers: &[&str]) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(api)?;
    let length = format!("Content-Length: {}", body.len());
    let headers = if headers.is_empty() {
        &[length.as_str()]
    } else {
        headers
    };
    let headers = headers.join("\r\n");
    write!(
        stream,
        "{method} /2018-06-01/runtime/{path} HTTP/1.1\r\n\
         Host: {api}\r\nConnection: close\r\n{headers}\r\n\r\n{body}"
    )?;

    let mut reader = BufReader::new(stream);
    let mut status = String::new();
    reader.read_line(&mut status)?;
    if !status.starts_with("HTTP/1.1 2") {
        return Err(io::Error::other(format!("{path}: {status}")));
    }
    let mut headers = Map::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.into());
    }
    let mut body = Vec::new();
    reader.read_to_end(&mut body)?;
    Ok(Answer {
        headers: headers.into(),
        body,
    })
}

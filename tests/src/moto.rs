//! moto's Parameter Store, which `cargo xtask test` installs.

use std::process::Command;
use std::time::Duration;

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use aws_sdk_ssm::Client;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

use crate::program::{Program, named_by};

/// Python, and all that moto brings, takes its time to start.
const START: Duration = Duration::from_secs(90);

/// A Parameter Store by others, and an operator's client for it.
#[derive(Debug)]
pub struct Moto {
    _server: Program,
    /// Where it listens.
    pub endpoint: String,
    /// A client for it.
    pub operator: Client,
}

impl Moto {
    /// Starts the server that `CHAOS_TESTS_MOTO` names, on a port that the system picks.
    ///
    /// # Panics
    ///
    /// If there is none, or it does not start.
    pub async fn start() -> Self {
        let mut command = Command::new(named_by("CHAOS_TESTS_MOTO"));
        // the system picks the port, and the server says which
        command.args(["-H", "127.0.0.1", "-p", "0"]);
        let mut server = Program::start(command);
        let address = |line: &str| {
            line.split("Running on ")
                .nth(1)
                .map(|url| url.trim().to_owned())
        };
        let endpoint = server.line("where moto runs", START, address).await;
        let operator = operator(&endpoint).await;
        Self {
            _server: server,
            endpoint,
            operator,
        }
    }
}

async fn operator(endpoint: &str) -> Client {
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::for_tests())
        .endpoint_url(endpoint)
        .load()
        .await;
    Client::new(&config)
}

//! moto's server on loopback for tests, which ends with them.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// Where the tests look for moto's server.
const VARIABLE: &str = "CHAOS_TESTS_MOTO";

/// moto's server on a free port of loopback, with nothing in it.
#[derive(Debug)]
pub struct Moto {
    server: Child,
    url: String,
}

impl Moto {
    /// Starts one, and waits until it listens.
    ///
    /// # Panics
    ///
    /// If there is none, or it does not start.
    pub fn start() -> Self {
        let program = env::var_os(VARIABLE).unwrap_or_else(|| {
            panic!(
                "{VARIABLE} names moto's server: run `cargo xtask test --only e2e`, which installs it"
            )
        });
        let mut server = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", "0"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("moto starts");
        let mut lines = BufReader::new(server.stderr.take().expect("it is piped")).lines();
        let url = lines.find_map(|line| {
            let line = line.expect("a line of moto's");
            line.split("Running on ")
                .nth(1)
                .map(|url| url.trim().to_owned())
        });
        // Read on, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        let url = url.expect("moto says where it runs");
        Self { server, url }
    }

    /// Where it listens: the value of `AWS_ENDPOINT_URL`.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

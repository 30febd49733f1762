//! Servers on loopback for tests, which end with them, and what tests of any seam share.

pub mod process;
pub mod server;
#[path = "../../chaos-core/tests/taken/mod.rs"]
mod taken;

use std::env;
use std::ffi::OsString;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Where the tests look for redis-server, if it is not in the path.
const VARIABLE: &str = "CHAOS_TESTS_REDIS";

/// As long as a busy machine may take.
const START: Duration = Duration::from_secs(30);

/// Somebody else may take the port meanwhile.
const TRIES: usize = 5;

/// A redis-server that keeps nothing, on a free port of loopback.
#[derive(Debug)]
pub struct RedisServer {
    server: Child,
    port: u16,
    _folder: TempDir,
}

impl RedisServer {
    /// Starts one, and waits until it listens.
    ///
    /// # Panics
    ///
    /// If there is no redis-server, or it does not start.
    pub fn start() -> Self {
        Self::with(Vec::new)
    }

    /// Starts one that is a whole cluster by itself: all slots are its own.
    ///
    /// # Panics
    ///
    /// If there is no redis-server, or it does not become one in time.
    pub fn start_cluster() -> Self {
        let server = Self::with(|| {
            let bus = free_port().to_string();
            let options = [
                "--cluster-enabled",
                "yes",
                "--cluster-announce-ip",
                "127.0.0.1",
            ];
            let mut options = options.map(str::to_owned).to_vec();
            options.extend(["--cluster-port".to_owned(), bus]);
            options
        });
        let added = server.ask("CLUSTER ADDSLOTSRANGE 0 16383");
        assert!(added.starts_with("+OK"), "{added}");
        let begun = Instant::now();
        while !server.ask("CLUSTER INFO").contains("cluster_state:ok") {
            assert!(begun.elapsed() < START, "the cluster is not up in time");
            sleep(Duration::from_millis(20));
        }
        server
    }

    fn with(options: impl Fn() -> Vec<String>) -> Self {
        (0..TRIES)
            .find_map(|_| Self::try_start(&options()))
            .expect("redis-server listens within five tries")
    }

    fn try_start(options: &[String]) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let port = free_port();
        let server = Command::new(program())
            .args(["--bind", "127.0.0.1", "--port", &port.to_string()])
            .args(["--save", "", "--appendonly", "no", "--dir"])
            .arg(folder.path())
            .args(options)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{}", missing(&error)));
        let mut started = Self {
            server,
            port,
            _folder: folder,
        };
        started.listens().then_some(started)
    }

    /// Where it listens: `redis://127.0.0.1:PORT/`.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Its port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Ends it at once, as a crash does. The port is closed after that.
    pub fn kill(&mut self) {
        let _ended = self.server.kill();
        let _status = self.server.wait();
    }

    /// What it answers to a command, as far as that comes at once.
    fn ask(&self, command: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        stream
            .write_all(format!("{command}\r\n").as_bytes())
            .expect("it is asked");
        let mut answer = [0; 4096];
        let read = stream.read(&mut answer).expect("it answers");
        String::from_utf8_lossy(&answer[..read]).into_owned()
    }

    /// Whether it listens in time; not if it has ended.
    fn listens(&mut self) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < START {
            if !matches!(self.server.try_wait(), Ok(None)) {
                return false;
            }
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return true;
            }
            sleep(Duration::from_millis(5));
        }
        false
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

fn program() -> OsString {
    let named = env::var_os(VARIABLE).filter(|program| !program.is_empty());
    named.unwrap_or_else(|| "redis-server".into())
}

fn missing(error: &std::io::Error) -> String {
    let program = program();
    let program = program.to_string_lossy();
    if error.kind() == ErrorKind::NotFound {
        format!(
            "there is no `{program}`: run `cargo xtask test`, which installs it where it may, \
             install it (Debian: apt-get install redis-server), or name it in {VARIABLE}"
        )
    } else {
        format!("`{program}` does not start: {error}")
    }
}

/// A port of loopback that nobody has.
///
/// # Panics
///
/// If there is none.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

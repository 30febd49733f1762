//! What is asked at a terminal, which is a real one as far as the command can tell.

use std::io::{Read as _, Write};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};

use crate::support::{Bench, NAME, is_ours};

/// Far longer than any answer takes.
const PATIENCE: Duration = Duration::from_mins(1);

/// Somebody at a terminal in which the command runs.
struct Person {
    child: Box<dyn Child + Send + Sync>,
    keyboard: Box<dyn Write + Send>,
    screen: Arc<Mutex<Vec<u8>>>,
    /// Ends when nothing more can be shown.
    looks: JoinHandle<()>,
    /// Up to where it was looked at.
    seen: usize,
}

impl Person {
    fn types(bench: &Bench, arguments: &str, env: &[(&str, &str)]) -> Self {
        let size = PtySize {
            rows: 40,
            cols: 110,
            ..PtySize::default()
        };
        let pair = native_pty_system().openpty(size).expect("a terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_cargo-chaos"));
        for (name, _) in std::env::vars_os().filter(|(name, _)| is_ours(name)) {
            command.env_remove(name);
        }
        command.env("TERM", "xterm-256color");
        for (name, value) in bench.env() {
            command.env(name, value);
        }
        for (name, value) in env {
            command.env(name, value);
        }
        command.args(arguments.split_whitespace());
        command.cwd(bench.home.path());
        let child = pair.slave.spawn_command(command).expect("it starts");
        let keyboard = pair.master.take_writer().expect("a keyboard");
        let mut reader = pair.master.try_clone_reader().expect("a screen");
        let screen = Arc::new(Mutex::new(Vec::new()));
        let shown = Arc::clone(&screen);
        let master = pair.master;
        let looks = std::thread::spawn(move || {
            let _open = master;
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                shown.lock().unwrap().extend_from_slice(&bytes[..count]);
            }
        });
        Self {
            child,
            keyboard,
            screen,
            looks,
            seen: 0,
        }
    }

    /// Everything on the screen, without colours and movements.
    fn screen(&self) -> String {
        let bytes = self.screen.lock().unwrap();
        anstream::adapter::strip_bytes(&bytes)
            .into_vec()
            .iter()
            .map(|byte| char::from(*byte))
            .collect()
    }

    /// Waits until this is shown after all that was looked at.
    async fn sees(&mut self, text: &str) {
        let start = Instant::now();
        loop {
            let screen = self.screen();
            if let Some(at) = screen[self.seen..].find(text) {
                self.seen += at + text.len();
                return;
            }
            assert!(start.elapsed() < PATIENCE, "no {text:?} on\n{screen}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn presses(&mut self, keys: &str) {
        self.keyboard
            .write_all(keys.as_bytes())
            .expect("it is read");
        self.keyboard.flush().expect("it is read");
    }

    /// The exit code, and all that was shown.
    async fn ends(mut self) -> (u32, String) {
        let start = Instant::now();
        loop {
            let ended = self.child.try_wait().expect("a child");
            if let Some(status) = ended.filter(|_| self.looks.is_finished()) {
                return (status.exit_code(), self.screen());
            }
            assert!(start.elapsed() < PATIENCE, "it goes on\n{}", self.screen());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn on_the_parameter(arguments: &str) -> String {
    format!("{arguments} --param {NAME}")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_shown_and_written_on_yes() {
    let bench = Bench::with("{}").await;
    let arguments = on_the_parameter("enable latency --min-latency 5");
    let mut person = Person::types(&bench, &arguments, &[]);
    person.sees("+   \"latency\"").await;
    person.sees("Write this to parameter /orders/chaos?").await;
    assert_eq!(bench.text(), "{}", "not before the answer");
    person.presses("y\r");
    let (code, screen) = person.ends().await;
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("Enabled latency"), "{screen}");
    assert_eq!(bench.on(), ["latency"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_not_written_on_anything_else() {
    for (keys, expected) in [("n\r", 1), ("\r", 1), ("\u{3}", 130), ("\u{1b}", 130)] {
        let bench = Bench::with("{}").await;
        let arguments = on_the_parameter("enable latency --min-latency 5");
        let mut person = Person::types(&bench, &arguments, &[]);
        person.sees("Write this to").await;
        person.presses(keys);
        let (code, screen) = person.ends().await;
        assert_eq!(code, expected, "{keys:?}: {screen}");
        assert_eq!(bench.text(), "{}", "{keys:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_missing_is_asked_for() {
    let bench = Bench::with("{}").await;
    let mut person = Person::types(&bench, "enable", &[]);
    person.sees("Which fault?").await;
    person.presses("laten\r");
    person.sees("Name of the SSM parameter:").await;
    person.presses("/orders/chaos\r");
    person.sees("min_latency, the shortest wait").await;
    person.sees("a number from 0 to 900000 ms").await;
    person.presses("2s\r");
    person.sees("Write this to").await;
    person.presses("y\r");
    let (code, screen) = person.ends().await;
    assert_eq!(code, 0, "{screen}");
    assert_eq!(bench.document()["latency"]["min_latency"], 2000);

    // Nothing is missing, and with --yes nothing is asked at all.
    let arguments = on_the_parameter("enable exception --yes");
    let (code, screen) = Person::types(&bench, &arguments, &[]).ends().await;
    assert_eq!(code, 0, "{screen}");
    assert!(!screen.contains('?'), "{screen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_saved_place_can_be_chosen() {
    let bench = Bench::with("{}").await;
    bench
        .run(&format!("profile save orders --param {NAME}"))
        .await;
    let mut person = Person::types(&bench, "status", &[]);
    person.sees("Where is the document?").await;
    person.presses("orders\r");
    let (code, screen) = person.ends().await;
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("nothing is on"), "{screen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_others_during_the_question_is_asked_about_again() {
    let bench = Bench::with("{}").await;
    let arguments = on_the_parameter("enable latency --min-latency 5");
    let mut person = Person::types(&bench, &arguments, &[]);
    person.sees("Write this to").await;
    bench
        .params
        .put(NAME, r#"{"panic": {"enabled": true}}"#)
        .unwrap();
    person.presses("y\r");
    person
        .sees("somebody else changed the document meanwhile")
        .await;
    person.sees("\"panic\"").await;
    person.sees("Write this to").await;
    person.presses("y\r");
    let (code, screen) = person.ends().await;
    assert_eq!(code, 0, "{screen}");
    assert_eq!(bench.on(), ["latency", "panic"]);
    assert_eq!(bench.params.get(NAME).unwrap().version, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn those_that_are_on_can_be_picked() {
    let text =
        r#"{"exit": {"enabled": false}, "latency": {"enabled": true}, "panic": {"enabled": true}}"#;
    let bench = Bench::with(text).await;
    let mut person = Person::types(&bench, &on_the_parameter("disable"), &[]);
    person.sees("Which are to be off?").await;
    person.sees("panic").await;
    person.presses("\u{1b}[B \r");
    let (code, screen) = person.ends().await;
    assert_eq!(code, 0, "{screen}");
    assert_eq!(bench.on(), ["latency"], "{screen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn colours_are_for_terminals_that_want_them() {
    let bench = Bench::with(r#"{"latency": {"enabled": true}}"#).await;
    let coloured = |env: &'static [(&'static str, &'static str)]| {
        let person = Person::types(&bench, &on_the_parameter("status"), env);
        async move {
            let screen = Arc::clone(&person.screen);
            let (code, text) = person.ends().await;
            assert_eq!(code, 3, "{text}");
            screen.lock().unwrap().contains(&0x1b)
        }
    };
    assert!(coloured(&[]).await);
    assert!(!coloured(&[("NO_COLOR", "1")]).await);
}

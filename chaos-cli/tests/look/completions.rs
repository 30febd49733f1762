//! `cargo chaos completions`, in the shells themselves.
#![cfg(unix)]

use std::io::{Read as _, Write as _};
use std::process::Command;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use crate::support::{Folder, run};

fn script(shell: &str) -> String {
    let ran = run(&["completions", shell]);
    assert_eq!((ran.code, &*ran.stderr), (0, ""), "{ran:?}");
    ran.stdout
}

/// Whether a shell is there to be tried; if not, that is said. `cargo xtask test` installs it.
fn is_there(shell: &str) -> bool {
    let there = Command::new(shell).arg("-c").arg("exit").output().is_ok();
    if !there {
        assert!(
            std::env::var_os("CHAOS_TESTS_ALL").is_none(),
            "{shell} is not installed; `cargo xtask test --only outside` says how it is"
        );
        // past the harness, which keeps to itself what a test that passes prints
        let said = writeln!(
            std::io::stderr(),
            "NOT RUN: the completions in {shell}, which is not installed"
        );
        assert!(said.is_ok(), "it cannot be said");
    }
    there
}

/// The words that are offered for a line whose last word is being typed.
const BASH: &str = r#"
other() { COMPREPLY=("of cargo's own: $2"); }
complete -F other cargo
source "$1"
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
read -ra registered <<<"$(complete -p "$1")"
for ((at = 0; at < ${#registered[@]}; at++)); do
    [[ ${registered[at]} == -F ]] && asked=${registered[at + 1]}
done
"$asked" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
"#;

#[test]
fn bash_completes_both_ways_and_leaves_cargos_own() {
    if !is_there("bash") {
        return;
    }
    let folder = Folder::new();
    let completions = folder.file("completions.bash", &script("bash"));
    let offered = |words: &[&str]| {
        let output = Command::new("bash")
            .args(["--norc", "-c", BASH, "bash"])
            .arg(&completions)
            .args(words)
            .output()
            .expect("bash starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(said, "", "{words:?}");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    for start in [
        &["cargo-chaos"][..],
        &["cargo", "chaos"],
        &["cargo", "+nightly", "chaos"],
    ] {
        let after = |words: &[&str]| offered(&[start, words].concat());
        assert_eq!(after(&["va"]), ["validate"], "{start:?}");
        assert_eq!(after(&["completions", "f"]), ["fish"], "{start:?}");
        assert_eq!(after(&["validate", "--js"]), ["--json"], "{start:?}");
    }
    assert_eq!(offered(&["cargo", "bu"]), ["of cargo's own: bu"]);
    assert_eq!(offered(&["cargo", "cha"]), ["of cargo's own: cha"]);
}

/// The same, where cargo completes `build` by itself.
const FISH: &str = "complete -c cargo -f -a build; source $argv[1]; complete -C $argv[2]";

#[test]
fn fish_completes_both_ways_and_leaves_cargos_own() {
    if !is_there("fish") {
        return;
    }
    let folder = Folder::new();
    let completions = folder.file("completions.fish", &script("fish"));
    let offered = |line: &str| {
        let output = Command::new("fish")
            .args(["--no-config", "-c", FISH])
            .arg(&completions)
            .arg(line)
            .env("XDG_CONFIG_HOME", folder.path())
            .env("XDG_DATA_HOME", folder.path())
            .output()
            .expect("fish starts");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        let words = text.lines().filter_map(|line| line.split('\t').next());
        words.map(str::to_owned).collect::<Vec<_>>()
    };
    for start in ["cargo-chaos", "cargo chaos"] {
        assert_eq!(offered(&format!("{start} va")), ["validate"]);
        assert_eq!(offered(&format!("{start} completions f")), ["fish"]);
        assert_eq!(offered(&format!("{start} validate --js")), ["--json"]);
    }
    assert_eq!(offered("cargo bui"), ["build"]);
}

/// Zsh's completions can only be asked for with a terminal.
#[test]
fn zsh_completes_both_ways() {
    if !is_there("zsh") {
        return;
    }
    let folder = Folder::new();
    folder.file("_cargo-chaos", &script("zsh"));
    // As cargo's own does with the names of its subcommands' functions.
    folder.file(
        "_cargo",
        "#compdef cargo\n_arguments '1: :' '*:: :->args'\n\
         [[ $state == args ]] && _call_function ret _cargo-${words[1]}\n",
    );
    let setup = format!(
        "PS1='ready> '; fpath=({} $fpath); autoload -U compinit; compinit -u -D\n",
        folder.path().display()
    );
    for start in ["cargo-chaos", "cargo chaos"] {
        let mut shell = Terminal::start("zsh", &["-f"]);
        shell.send(&setup);
        shell.wait_for("ready> ", 2);
        shell.send(&format!("{start} va\t"));
        shell.wait_for("validate", 1);
        shell.send("--js\t");
        shell.wait_for("--json", 1);
    }
}

/// A program on a pseudo-terminal, which ends with the test.
struct Terminal {
    child: Box<dyn portable_pty::Child + Send + Sync>,
    input: Box<dyn std::io::Write + Send>,
    shown: std::sync::Arc<std::sync::Mutex<String>>,
    _pair: portable_pty::PtyPair,
}

impl Terminal {
    fn start(program: &str, arguments: &[&str]) -> Self {
        let pair = native_pty_system()
            .openpty(PtySize {
                rows: 40,
                cols: 120,
                ..PtySize::default()
            })
            .expect("a terminal");
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env("TERM", "xterm");
        let child = pair.slave.spawn_command(command).expect("it starts");
        let mut output = pair.master.try_clone_reader().expect("a reader");
        let input = pair.master.take_writer().expect("a writer");
        let shown = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
        let collected = std::sync::Arc::clone(&shown);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = output.read(&mut buffer) {
                let text = String::from_utf8_lossy(&buffer[..read]).into_owned();
                collected.lock().expect("no panic").push_str(&text);
            }
        });
        Self {
            child,
            input,
            shown,
            _pair: pair,
        }
    }

    fn send(&mut self, text: &str) {
        self.input.write_all(text.as_bytes()).expect("it reads");
        self.input.flush().expect("it reads");
    }

    /// Waits until a text has been shown so often.
    fn wait_for(&self, text: &str, times: usize) {
        let begun = Instant::now();
        loop {
            let shown = self.shown.lock().expect("no panic").clone();
            if shown.matches(text).count() >= times {
                return;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(30),
                "no {text:?} in {shown:?}"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It fails if the shell has ended.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

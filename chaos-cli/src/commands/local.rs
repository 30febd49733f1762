//! `cargo chaos local`.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use crate::cargo;
use crate::document::{Checked, Text};
use crate::ending::Ending;
use crate::local::{Settings, Stage, What, how_to_invoke};
use crate::signals::Signals;

/// Run a function here, and flip its faults while it runs
///
/// Builds a function of the workspace, or takes the command after --, and runs it against a Parameter
/// Store, a Lambda Runtime API and an HTTP API on loopback, until Ctrl-C. Prints how it is invoked: by
/// HTTP, as API Gateway hands a request on, or with an event from a file. `enable`, `disable` and
/// `status` change and show its document with --local; each change counts from the next invocation on.
///
/// Needs no AWS account. How to invoke it goes to standard output, progress and the function's log to
/// standard error. The exit code is 130 after Ctrl-C, when everything that was started has ended; 1 if
/// the function does not build or start, and 2 for arguments that cannot be meant.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo chaos local                                     that of this folder
  cargo chaos local --package orders --release          of the workspace
  cargo chaos local --config chaos.json                 with a document
  cargo chaos local --env CHAOS_ALLOW=latency,panic     with a variable
  cargo chaos local -- target/debug/orders --verbose    with a command")]
pub(crate) struct Arguments {
    /// The package of the function; that of this folder, or the only one, unless named
    #[arg(short, long, value_name = "NAME")]
    package: Option<String>,
    /// The function's binary, if its package has several
    #[arg(long, value_name = "NAME")]
    bin: Option<String>,
    /// Build the function in release mode
    #[arg(short, long)]
    release: bool,
    /// What the function is called; as its binary or its command unless given
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// The file of the document to begin with, or - for standard input; nothing is on unless given
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The port for HTTP on 127.0.0.1; 9000, or another if that is taken, unless given
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// How many seconds an invocation has
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 30,
        value_parser = clap::value_parser!(u64).range(1..=900)
    )]
    timeout: u64,
    /// A variable of the function's environment
    #[arg(long = "env", value_name = "NAME=VALUE", value_parser = variable)]
    variables: Vec<(String, String)>,
    /// The command that is the function, or starts it
    #[arg(last = true, value_name = "COMMAND", conflicts_with_all = ["package", "bin", "release"])]
    command: Vec<OsString>,
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, Ending> {
    let signals = Signals::listen()?;
    let document = match &arguments.config {
        Some(file) => document(file)?,
        None => "{}".to_owned(),
    };
    let (name, what) = if let Some(program) = arguments.command.first() {
        let name = Path::new(program).file_stem().unwrap_or(program);
        let name = name.to_string_lossy().into_owned();
        (name, What::Command(arguments.command.clone()))
    } else {
        let (package, bin) = (arguments.package.as_deref(), arguments.bin.as_deref());
        let binary = signals.or(cargo::find(package, bin)).await??;
        let program = signals
            .or(cargo::build(&binary, arguments.release))
            .await??;
        (binary.name, What::Program(program))
    };
    let settings = Settings {
        name: arguments.name.unwrap_or(name),
        document,
        port: arguments.port,
        timeout: Duration::from_secs(arguments.timeout),
        variables: arguments.variables,
    };
    let stage = signals.or(Stage::open(&what, settings)).await??;
    let ran = signals.or(serve(&stage)).await;
    // However it ended: when we are gone, so is the function.
    stage.close().await;
    ran??;
    Ok(ExitCode::SUCCESS)
}

/// Until somebody ends it.
async fn serve(stage: &Stage) -> Result<(), Ending> {
    stage.ready().await?;
    let how = how_to_invoke(
        &stage.name,
        &stage.http.endpoint(),
        &stage.lambda.endpoint(),
    );
    let mut out = anstream::stdout();
    out.write_all(how.as_bytes())?;
    out.flush()?;
    std::future::pending().await
}

/// The document to begin with. What is wrong with it is said; the function meets it as it is.
fn document(file: &Path) -> Result<String, Ending> {
    let text = Text::read(file, "document")?;
    Checked::new(&text).print_findings(&mut anstream::stderr().lock())?;
    Ok(text.text)
}

fn variable(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write a name and a value, as CHAOS_ALLOW=latency,panic".to_owned()),
    }
}

//! `cargo chaos tour`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::Value;

use crate::cargo;
use crate::ending::Ending;
use crate::signals::Signals;
use crate::tour::{Stage, Table, Visit, event};

/// The package that the tour is given on unless another is named.
const QUICKSTART: &str = "quickstart";

/// See faults happen to a function on this machine
///
/// Builds a function of the workspace, runs it against a Parameter Store and a Lambda Runtime API
/// on loopback, and then changes the parameter with real `PutParameter` calls and invokes the
/// function after each change. Prints what the document asked for, what came back and how long it
/// took.
///
/// Needs no AWS account, and reaches nothing outside this machine but cargo's registry. Progress
/// goes to standard error, the table to standard output. The exit code is 0 if every step came
/// out as it should, 1 if not, 2 for arguments that cannot be meant, and 130 after Ctrl-C.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo chaos tour                                        the quickstart function
  cargo chaos tour --package http-api                     another function of the workspace
  cargo chaos tour --package orders --event order.json    with an event that it understands
  cargo chaos tour 2>/dev/null                            the table alone")]
pub(crate) struct Arguments {
    /// The package of the function
    #[arg(short, long, value_name = "NAME", default_value = QUICKSTART)]
    pub(crate) package: String,
    /// The function's binary, if its package has several
    #[arg(long, value_name = "NAME")]
    bin: Option<String>,
    /// Build the function in release mode
    #[arg(short, long)]
    release: bool,
    /// A file with the event to send, as JSON, instead of a request by API Gateway (HTTP API,
    /// payload version 2.0)
    #[arg(short, long, value_name = "FILE")]
    event: Option<PathBuf>,
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, Ending> {
    let signals = Signals::listen()?;
    let event = arguments.event()?;
    let bin = arguments.bin.as_deref();
    let binary = signals
        .or(cargo::find(Some(&arguments.package), bin))
        .await??;
    let program = signals
        .or(cargo::build(&binary, arguments.release))
        .await??;

    let stage = signals.or(Stage::open(&binary.name, &program)).await??;
    let mut table = Table::new(anstream::stdout());
    let visit = Visit {
        stage: &stage,
        event,
        greets: arguments.greets(),
    };
    let walked = signals.or(visit.walk(&mut table)).await;
    // However the walk ended: when we are gone, so is the function.
    stage.close().await;
    let as_it_should = walked??;
    Ok(if as_it_should {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

impl Arguments {
    fn event(&self) -> Result<Value, Ending> {
        let Some(file) = &self.event else {
            return Ok(event());
        };
        let shown = file.display();
        let text = std::fs::read_to_string(file).map_err(|error| {
            Ending::Usage(format!(
                "cannot read the event in {shown}: {error}; name a file that is there"
            ))
        })?;
        serde_json::from_str(&text).map_err(|error| {
            Ending::Usage(format!(
                "the event in {shown} is no JSON: {error}; write what Lambda would hand to the \
                 function"
            ))
        })
    }

    /// What the function is known to answer, where it is known.
    fn greets(&self) -> Option<&'static str> {
        (self.package == QUICKSTART && self.event.is_none()).then_some("hello, world")
    }
}

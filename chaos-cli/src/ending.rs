//! How a command can end other than by finishing, and the exit code that says so.

use std::io;
use std::process::ExitCode;

use crate::progress;

/// Why a command did not finish.
#[derive(Debug)]
pub(crate) enum Ending {
    /// What was asked for cannot be meant; exit code 2, as for arguments that clap refuses.
    Usage(String),
    /// Somebody was asked and said no; exit code 1.
    Declined,
    /// Ctrl-C or SIGTERM; exit code 130.
    Interrupted,
    /// Something went wrong; exit code 1.
    Failed(anyhow::Error),
}

impl Ending {
    /// Says on standard error what is to be said, and returns the exit code.
    pub(crate) fn report(self) -> ExitCode {
        match self {
            Self::Usage(what) => {
                progress::error(&what);
                ExitCode::from(2)
            }
            Self::Declined => {
                progress::say("Unchanged", "nothing is written");
                ExitCode::FAILURE
            }
            Self::Interrupted => {
                progress::say("Stopped", "and everything that was started with it");
                ExitCode::from(130)
            }
            Self::Failed(error) => {
                // Nobody reads on, as after `| head`: there is nobody to tell either.
                if !is_broken_pipe(&error) {
                    progress::error(&format!("{error:#}"));
                }
                ExitCode::FAILURE
            }
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

impl From<anyhow::Error> for Ending {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<io::Error> for Ending {
    fn from(error: io::Error) -> Self {
        Self::Failed(error.into())
    }
}

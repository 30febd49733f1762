//! The section on clients: one call of each while there is nothing to do, beside the same call of one
//! that is not instrumented. In memory the client's own way to the network is replaced, so that the
//! seam is not lost in it; over TCP it is asked for real, on loopback.

#[cfg(feature = "clients")]
mod aws;
#[cfg(feature = "clients")]
mod http;
#[cfg(feature = "clients")]
mod redis;
#[cfg(feature = "clients")]
mod server;

use anyhow::Result;
use tokio::runtime::Runtime;

use crate::calls::Call;
use crate::measure::{Effort, Measured, Measuring, Pace};
use crate::process::{self, Programs, Report};
use crate::rows::{Budget, Row, Setting};
use crate::sections::Page;
use crate::table::table;

/// Whose call it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// SQS's in the AWS SDK: `GetQueueUrl`.
    Aws,
    /// A tower HTTP client's, which over TCP is hyper-util's: GET.
    Http,
    /// A connection's of the redis crate: GET.
    Redis,
}

/// Who answers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// Something in the program.
    Memory,
    /// A server on loopback.
    Tcp,
}

impl Client {
    pub(crate) fn pace(self, over: Over) -> Pace {
        match (self, over) {
            (Self::Http | Self::Redis, Over::Memory) => Pace::Quick,
            _ => Pace::Slow,
        }
    }
}

/// The rows of the table, in order.
pub(crate) fn rows() -> Vec<Row> {
    use Setting::{KillSwitch, NoSource, OtherCalls, OtherPoints, Variable};
    const IDLE: [Setting; 4] = [NoSource, KillSwitch, Variable, OtherPoints];
    let mut rows = Vec::new();
    for (title, client, idle, other_calls) in [
        ("AWS call in memory", Client::Aws, AWS_IDLE, AWS_OTHER_CALLS),
        (
            "HTTP request in memory",
            Client::Http,
            // Its response is moved once more, since the type of its body is another one.
            Budget::free(50, 160),
            Budget::free(100, 700),
        ),
        (
            "Redis command in memory",
            Client::Redis,
            Budget::free(5, 45),
            Budget::free(100, 850),
        ),
    ] {
        let call = Call::Client(client, Over::Memory);
        rows.extend(IDLE.map(|setting| Row::ours(title, call, setting, idle)));
        rows.push(Row::ours(title, call, OtherCalls, other_calls));
    }
    for (title, client) in [
        ("AWS call over TCP", Client::Aws),
        ("HTTP request over TCP", Client::Http),
        ("Redis command over TCP", Client::Redis),
    ] {
        let call = Call::Client(client, Over::Tcp);
        let settings = [NoSource, Variable, OtherPoints, OtherCalls];
        rows.extend(settings.map(|setting| Row::ours(title, call, setting, Budget::NONE)));
    }
    rows
}

/// The SDK's own way varies by some thousand instructions from process to process.
const AWS_IDLE: Budget = Budget {
    instructions: None,
    ..Budget::free(5, 0)
};
const AWS_OTHER_CALLS: Budget = Budget {
    nanoseconds: None,
    instructions: None,
    allocations: Some(1),
};

/// The section of the page.
pub(crate) fn section(programs: &Programs, effort: Effort) -> Result<Page> {
    let reports = process::all(programs, &rows(), effort)?;
    Ok(Page {
        text: format!(
            "## One call of a client while there is nothing to do\n\n\
             Beside the same call of a client that is not instrumented. In memory its way to the \
             network is replaced, over TCP a server on loopback answers.\n\n{}",
            table(&reports)
        ),
        over: reports.iter().filter_map(Report::over_budget).collect(),
    })
}

/// Measures a call beside that of a client that is not instrumented.
///
/// # Errors
///
/// The program has no clients in it, or a client cannot be made.
#[cfg(feature = "clients")]
pub(crate) fn measure(
    client: Client,
    over: Over,
    measuring: &Measuring,
    runtime: &Runtime,
) -> Result<Measured> {
    match client {
        Client::Aws => aws::measure(over, measuring, runtime),
        Client::Http => http::measure(over, measuring, runtime),
        Client::Redis => redis::measure(over, measuring, runtime),
    }
}

/// The same where there are none.
#[cfg(not(feature = "clients"))]
pub(crate) fn measure(_: Client, _: Over, _: &Measuring, _: &Runtime) -> Result<Measured> {
    anyhow::bail!("this program has no clients in it")
}

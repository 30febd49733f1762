//! `cargo chaos policy`.

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::ending::Ending;
use crate::policy::{Arns, Role, policy};
use crate::store::Place;

/// Print the least IAM policies
///
/// One for the function's role, to read the document, and one for whoever works with it: to look at
/// it, to change it, and to find out who did. Named alone, a policy is printed as IAM takes it; both
/// are one object. Nothing is changed, and no AWS account is needed, but the names of a
/// configuration in AppConfig are looked up where that is allowed, as policies know ids only.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo chaos policy --param /orders/chaos
  cargo chaos policy function --param /orders/chaos --region eu-west-1 --account 123456789012
  cargo chaos policy operator --param /orders/chaos --key alias/orders
  cargo chaos policy operator --init --appconfig orders/production/chaos
  aws iam put-role-policy --role-name orders --policy-name chaos \\
      --policy-document \"$(cargo chaos policy function --param /orders/chaos)\"")]
pub(crate) struct Arguments {
    /// The one policy that is wanted
    #[arg(value_name = "ROLE")]
    role: Option<Who>,
    /// The KMS key of a SecureString that is not under the account's own: an id, an alias or an ARN
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// The AWS account; any unless given
    #[arg(long, value_name = "ID")]
    account: Option<String>,
    /// Let the operator create it too, as `cargo chaos init` does
    #[arg(long)]
    init: bool,
    #[command(flatten)]
    place: Place,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Who {
    /// The function's role
    Function,
    /// Whoever looks at the document and changes it
    Operator,
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, Ending> {
    let arns = Arns::of(&arguments.place, arguments.account, arguments.key).await?;
    let operator = Role::Operator {
        creates: arguments.init,
    };
    let printed = match arguments.role {
        Some(Who::Function) => policy(Role::Function, &arns),
        Some(Who::Operator) => policy(operator, &arns),
        None => json!({
            "function": policy(Role::Function, &arns),
            "operator": policy(operator, &arns),
        }),
    };
    writeln!(anstream::stdout(), "{printed:#}")?;
    Ok(ExitCode::SUCCESS)
}

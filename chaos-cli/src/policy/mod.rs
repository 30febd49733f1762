//! The least IAM policies for a place, and the names of resources in them.

mod arns;
mod statements;

pub(crate) use self::arns::Arns;
pub(crate) use self::statements::{Role, policy};

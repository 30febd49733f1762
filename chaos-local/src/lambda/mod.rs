//! Lambda: functions, the Runtime API that they speak, and the processes that they are.

mod builder;
mod environment;
mod function;
mod id;
mod invocation;
mod logs;
mod process;
mod queue;
mod reply;
mod runtime_api;

pub use builder::FunctionBuilder;
pub use function::Function;
pub use invocation::Invocation;
pub use reply::{FunctionError, InvokeError, Reply};

pub(crate) use id::request_id;

//! Lambda: functions, the Runtime API that they speak, the processes that they are, and the API that
//! they are invoked through.

mod api;
mod builder;
mod call;
mod environment;
mod function;
mod id;
mod invocation;
mod invoker;
mod logs;
mod process;
mod queue;
mod reply;
mod runtime_api;

pub use api::LambdaApi;
pub use builder::FunctionBuilder;
pub use function::Function;
pub use invocation::Invocation;
pub use reply::{FunctionError, InvokeError, Reply};

pub(crate) use id::request_id;
pub(crate) use invoker::Invoker;

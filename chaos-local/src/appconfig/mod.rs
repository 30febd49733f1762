//! `AppConfig`: the agent that functions ask, and the control plane that operators deploy with.

mod actions;
mod agent;
mod by_name;
mod control;
mod deployment;
mod request;
mod shown;
mod store;

pub use agent::AppConfigAgent;
pub use control::AppConfig;
pub use deployment::{Deployment, DeploymentState};

//! The commands that change a document, through the real binary, against a real process's view of
//! Parameter Store, files and terminals.

mod appconfig;
mod aws;
mod disable;
mod enable;
mod init;
#[cfg(all(unix, feature = "outside"))]
mod moto;
mod policy;
mod profile;
mod race;
mod secure;
mod status;
mod support;
#[cfg(unix)]
mod terminal;
#[cfg(unix)]
mod whole;

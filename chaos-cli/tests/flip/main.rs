//! The commands that change a document, through the real binary, against a real process's view of
//! Parameter Store, files and terminals.

mod disable;
mod enable;
mod init;
mod profile;
mod race;
mod secure;
mod status;
mod support;
#[cfg(unix)]
mod terminal;

//! Faults in the calls of the real SDK's clients.

mod catalogue;
mod labels;
mod modes;
mod process;
mod protocols;

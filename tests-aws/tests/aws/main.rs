//! Faults in the calls of the real SDK's clients.

mod modes;
mod own;
mod protocols;

//! Faults in the calls of the real SDK's clients.

mod anywhere;
mod catalogue;
mod deadline;
mod details;
mod labels;
mod modes;
mod protocols;
mod real;
mod table;

//! Which calls of a real process a flag hits: by its event, by its labels, by whose call it is, by
//! count and by time.

mod counts;
mod events;
mod labels;

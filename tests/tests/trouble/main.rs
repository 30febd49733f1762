//! Whatever is wrong with the document or the way to it, the handler's own answer comes back, no
//! request pays for it twice, and one line says why.

mod elsewhere;
mod end;
mod expired;
mod first;
mod kinds;
mod thousand;

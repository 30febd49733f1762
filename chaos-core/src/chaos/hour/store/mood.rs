//! What Parameter Store is like for a while.

use std::time::Duration;

use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mood {
    /// It answers at once.
    Sound,
    /// It answers after a while.
    Slow,
    Refuse,
    /// It takes the question, and never answers.
    Stall,
    Throttle,
    Deny,
    Down,
    /// The parameter does not exist.
    Gone,
    /// It is another's page that answers.
    Html,
    /// An answer that ends too early, and says that it is whole.
    Halved,
    /// An answer without a value.
    Empty,
    /// The parameter holds what is no document.
    Secret,
    /// An answer comes byte by byte.
    Bytes,
    /// The connection breaks off in the middle of an answer.
    Cut,
    /// At each request another trouble.
    Any,
}

/// All but the first; the last stands for the others.
pub(super) const TROUBLES: [Mood; 14] = [
    Mood::Slow,
    Mood::Refuse,
    Mood::Stall,
    Mood::Throttle,
    Mood::Deny,
    Mood::Down,
    Mood::Gone,
    Mood::Html,
    Mood::Halved,
    Mood::Empty,
    Mood::Secret,
    Mood::Bytes,
    Mood::Cut,
    Mood::Any,
];

/// Every trouble once, in some order, and how long it lasts: one so long that the document in force
/// lapses.
pub(super) fn round(round: usize, random: &mut StdRng) -> Vec<(Mood, Duration)> {
    let lapses = [Mood::Stall, Mood::Throttle, Mood::Html][round % 3];
    let mut troubles = TROUBLES;
    troubles.shuffle(random);
    let lasts = |mood| if mood == lapses { 310..340 } else { 2..25 };
    let each = |mood| (mood, Duration::from_secs(random.random_range(lasts(mood))));
    troubles.map(each).into()
}

//! What the streaming handlers of the test function send.

/// Its chunks. Some characters have several bytes.
pub const CHUNKS: [&str; 3] = [
    "The first of them. ",
    "Zweiter, größerer. ",
    "🦀🦀🦀🦀🦀🦀🦀🦀",
];

//! What the environment says about the source.

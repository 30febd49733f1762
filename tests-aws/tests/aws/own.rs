//! What the library itself looks up meets no fault.

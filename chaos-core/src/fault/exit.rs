//! Mode `exit`: ends the process.

use std::io::{self, Write as _};

/// Ends the process at once; what was written so far gets out first.
pub(crate) fn exit(code: u8) -> ! {
    // Whoever closed a stream does not want it.
    let _ = io::stdout().flush();
    let _ = io::stderr().flush();
    std::process::exit(code.into());
}

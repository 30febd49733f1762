//! Mode `denylist` where lookups cannot be asked about: without the feature `dns`, and where the C
//! library is not glibc, or is linked statically.

use std::sync::Arc;

use crate::plan::Pattern;
use crate::source::Source;

/// There is none.
#[derive(Debug)]
pub(crate) enum Denied {}

pub(crate) fn deny(_: &Arc<[Pattern]>) -> Result<Denied, &'static str> {
    Err(if cfg!(feature = "dns") {
        "names are denied on Linux with glibc, linked dynamically; build for a target that ends \
         in -linux-gnu, without crt-static"
    } else {
        "names are denied by chaos-core's feature `dns` only; build the function with it"
    })
}

#[cfg(feature = "_client")]
pub(crate) fn denying() -> bool {
    false
}

#[cfg(feature = "_client")]
pub(crate) fn denies(_: &str) -> bool {
    false
}

pub(crate) fn apart(source: Arc<dyn Source>) -> Arc<dyn Source> {
    source
}

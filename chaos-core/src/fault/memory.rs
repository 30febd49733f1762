//! Mode `memory`: holds memory that is really there, and gives it back when it is dropped.

use std::collections::TryReserveError;
use std::hint::black_box;

/// A megabyte as Lambda counts the memory of functions: 1,048,576 bytes.
const MEGABYTE: u64 = 1 << 20;
/// The smallest page that there is.
const PAGE: usize = 4096;

/// Resident memory, held until this is dropped.
#[derive(Debug)]
pub(crate) struct Taken {
    block: Vec<u8>,
}

impl Taken {
    pub(crate) fn megabytes(&self) -> u64 {
        let bytes = u64::try_from(self.block.capacity());
        bytes.unwrap_or(u64::MAX) / MEGABYTE
    }
}

/// Takes `megabytes`, unless the allocation is refused. Where the kernel grants more than there
/// is, it ends the process, as it does when a function runs out of memory by itself.
pub(crate) fn take(megabytes: u64) -> Result<Taken, TryReserveError> {
    let bytes = usize::try_from(megabytes.saturating_mul(MEGABYTE)).unwrap_or(usize::MAX);
    let mut block: Vec<u8> = Vec::new();
    block.try_reserve_exact(bytes)?;
    // A page is there once it is written to.
    for page in block.spare_capacity_mut().chunks_mut(PAGE) {
        page[0].write(1);
    }
    Ok(Taken {
        block: black_box(block),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_has_is_refused() {
        assert!(take(u64::MAX).is_err());
        assert!(take(1 << 40).is_err());
    }
}

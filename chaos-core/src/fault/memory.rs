//! Mode `memory`: holds memory that is really there, and gives it back when it is dropped.

use std::io;

use memmap2::MmapMut;

/// A megabyte as Lambda counts the memory of functions: 1,048,576 bytes.
const MEGABYTE: u64 = 1 << 20;
/// The smallest page that there is.
const PAGE: usize = 4096;

/// Resident memory, held until this is dropped.
///
/// It is no allocation: of those an allocator may keep what it is given back.
#[derive(Debug)]
pub(crate) struct Taken {
    block: MmapMut,
}

impl Taken {
    pub(crate) fn megabytes(&self) -> u64 {
        let bytes = u64::try_from(self.block.len());
        bytes.unwrap_or(u64::MAX) / MEGABYTE
    }
}

/// Takes `megabytes`, unless the system refuses. Where the kernel grants more than there
/// is, it ends the process, as it does when a function runs out of memory by itself.
pub(crate) fn take(megabytes: u64) -> io::Result<Taken> {
    let bytes = usize::try_from(megabytes.saturating_mul(MEGABYTE)).unwrap_or(usize::MAX);
    let mut block = MmapMut::map_anon(bytes)?;
    // A page is there once it is written to.
    for page in block.chunks_mut(PAGE) {
        page[0] = 1;
    }
    Ok(Taken { block })
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

//! Request and trace ids, in Lambda's formats.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::time::{SystemTime, UNIX_EPOCH};

/// A version 4 UUID, as Lambda and the other services number their requests.
pub(crate) fn request_id() -> String {
    let (high, low) = (random(), random());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xfff,
        low >> 48 & 0x3fff | 0x8000,
        low & 0xffff_ffff_ffff,
    )
}

/// An X-Ray trace header of a request that is not sampled.
pub(crate) fn trace_id() -> String {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |age| age.as_secs());
    format!(
        "Root=1-{:08x}-{:016x}{:08x};Parent={:016x};Sampled=0",
        seconds & 0xffff_ffff,
        random(),
        random() >> 32,
        random(),
    )
}

fn random() -> u64 {
    // The standard library's only source of randomness: every RandomState has keys of its own.
    RandomState::new().build_hasher().finish()
}

#[cfg(test)]
mod tests {
    use super::{request_id, trace_id};

    #[test]
    fn a_request_id_is_a_uuid_of_version_4() {
        let id = request_id();
        let lengths: Vec<usize> = id.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{id}");
        assert!(
            id.chars().all(|c| c == '-' || c.is_ascii_hexdigit()),
            "{id}"
        );
        assert_eq!(&id[14..15], "4", "{id}");
        assert!("89ab".contains(&id[19..20]), "{id}");
        assert_ne!(id, request_id());
    }

    #[test]
    fn a_trace_id_has_the_lengths_of_x_ray() {
        let id = trace_id();
        let parts: Vec<&str> = id.split(';').collect();
        let root: Vec<usize> = parts[0]
            .strip_prefix("Root=")
            .unwrap()
            .split('-')
            .map(str::len)
            .collect();
        assert_eq!(root, [1, 8, 24], "{id}");
        assert_eq!(parts[1].len(), "Parent=".len() + 16, "{id}");
        assert_eq!(parts[2], "Sampled=0");
    }
}

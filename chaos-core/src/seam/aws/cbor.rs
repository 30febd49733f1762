//! A map of texts in CBOR (RFC 8949), which is all that an error takes.

/// The map, with definite lengths.
pub(super) fn map(pairs: &[(&str, &str)]) -> Vec<u8> {
    let mut out = Vec::new();
    head(&mut out, MAP, pairs.len());
    for text in pairs.iter().flat_map(|(name, value)| [name, value]) {
        head(&mut out, TEXT, text.len());
        out.extend_from_slice(text.as_bytes());
    }
    out
}

/// The major types, in the upper three bits of a head.
const TEXT: u8 = 3 << 5;
const MAP: u8 = 5 << 5;
/// In the other five: the length stands in the eight bytes after the head.
const IN_EIGHT_BYTES: u8 = 0x1B;

/// A type and a length: in five bits up to 23, in bytes after it beyond.
fn head(out: &mut Vec<u8>, major: u8, length: usize) {
    if let Ok(short @ 0..24) = u8::try_from(length) {
        out.push(major | short);
    } else {
        out.push(major | IN_EIGHT_BYTES);
        out.extend_from_slice(&(length as u64).to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::map;

    #[test]
    fn texts_stand_in_a_map_with_their_lengths() {
        assert_eq!(map(&[]), [0xA0]);
        let short = map(&[("a", "xyz"), ("", "ü")]);
        assert_eq!(short, b"\xA2\x61a\x63xyz\x60\x62\xC3\xBC");
        let long = map(&[("a", &"x".repeat(300))]);
        assert_eq!(long[..4], [0xA1, 0x61, b'a', 0x7B]);
        assert_eq!(long[4..12], 300u64.to_be_bytes());
        assert_eq!(long.len(), 312);
    }
}

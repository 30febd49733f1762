//! Mode `corruption`: a text, bytes or JSON, cut short and mangled. Text stays valid UTF-8.

use rand::RngExt as _;
use rand_pcg::Pcg64Mcg;
use serde_json::Value;

use crate::plan::json_object;

/// Stands for what was lost, as a decoder writes it.
const MARK: char = char::REPLACEMENT_CHARACTER;
/// The most of them.
const MOST_MARKS: usize = 3;

/// About half of the text, and marks in place of the rest. An empty text stays.
pub(crate) fn text(text: &str, random: &mut Pcg64Mcg) -> String {
    let cut = text.floor_char_boundary(cut(text.len(), random));
    let (kept, lost) = text.split_at(cut);
    let marks = lost.chars().take(MOST_MARKS).map(|_| MARK);
    kept.chars().chain(marks).collect()
}

/// The same for bytes; where they are no text, the last that are kept are inverted.
pub(crate) fn bytes(bytes: &[u8], random: &mut Pcg64Mcg) -> Vec<u8> {
    if let Ok(valid) = std::str::from_utf8(bytes) {
        return text(valid, random).into_bytes();
    }
    let mut kept = bytes[..cut(bytes.len(), random).max(1)].to_vec();
    for byte in kept.iter_mut().rev().take(MOST_MARKS) {
        *byte = !*byte;
    }
    kept
}

/// One chunk of a stream. What the chunk before was cut off from is skipped, so that a stream of
/// text stays text wherever its chunks end.
pub(crate) fn chunk(chunk: &[u8], random: &mut Pcg64Mcg) -> Vec<u8> {
    let continues = |byte: &&u8| **byte & 0b1100_0000 == 0b1000_0000;
    let whole = &chunk[chunk.iter().take(3).take_while(continues).count()..];
    match std::str::from_utf8(whole) {
        // The last character goes on in the next chunk, which skips it.
        Err(error) if error.error_len().is_none() => {
            let (valid, _) = whole.split_at(error.valid_up_to());
            let mut cut = bytes(valid, random);
            if valid.is_empty() {
                cut.extend(MARK.to_string().bytes());
            }
            cut
        }
        _ if whole.is_empty() => Vec::new(),
        _ => bytes(whole, random),
    }
}

/// JSON with every text in it cut short, and every list if `lists` says so. Keys stay.
pub(crate) fn json(value: &Value, lists: bool, random: &mut Pcg64Mcg) -> Value {
    match value {
        Value::String(own) => text(own, random).into(),
        Value::Array(list) => {
            let kept = if lists {
                cut(list.len(), random)
            } else {
                list.len()
            };
            let kept = list[..kept].iter();
            kept.map(|value| json(value, lists, random)).collect()
        }
        Value::Object(map) => {
            let entries = map.iter();
            let entries = entries.map(|(key, value)| (key.clone(), json(value, lists, random)));
            json_object(entries)
        }
        other => other.clone(),
    }
}

/// JSON with the one text cut short that `left` other texts stand before.
pub(crate) fn one_text(value: &mut Value, left: &mut usize, random: &mut Pcg64Mcg) -> bool {
    match value {
        Value::String(own) if *left == 0 => {
            *own = text(own, random);
            true
        }
        Value::String(_) => {
            *left -= 1;
            false
        }
        Value::Array(list) => list.iter_mut().any(|value| one_text(value, left, random)),
        Value::Object(map) => map.values_mut().any(|value| one_text(value, left, random)),
        _ => false,
    }
}

/// Where to cut: between 30 and 70 of 100.
fn cut(length: usize, random: &mut Pcg64Mcg) -> usize {
    // In parts of 1024, so that no length overflows.
    let parts: usize = random.random_range(307..=717);
    length / 1024 * parts + length % 1024 * parts / 1024
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use serde_json::json;

    use super::*;

    fn seeded(seed: u64) -> Pcg64Mcg {
        Pcg64Mcg::seed_from_u64(seed)
    }

    #[test]
    fn about_half_of_a_text_is_kept_and_the_rest_is_marked() {
        let own = "abcdefghij".repeat(100);
        for seed in 0..100 {
            let mangled = text(&own, &mut seeded(seed));
            let kept = mangled
                .strip_suffix("\u{fffd}\u{fffd}\u{fffd}")
                .expect("marks");
            assert!(own.starts_with(kept));
            assert!((290..=710).contains(&kept.len()), "{}", kept.len());
            assert_eq!(mangled, text(&own, &mut seeded(seed)));
        }
        assert_eq!(text("é", &mut seeded(1)), "\u{fffd}");
        assert_eq!(text("", &mut seeded(1)), "");
    }

    #[test]
    fn a_cut_is_between_thirty_and_seventy_of_a_hundred_whatever_the_length() {
        for length in [10, 1000, 1024, 5000, 1 << 20, usize::MAX] {
            let cuts = (0..50).map(|seed| cut(length, &mut seeded(seed)));
            let cuts: Vec<usize> = cuts.collect();
            let between = length / 100 * 29..=length / 100 * 71 + 70;
            assert!(
                cuts.iter().all(|cut| between.contains(cut)),
                "{length}: {cuts:?}"
            );
            let most = cuts.iter().max().unwrap();
            assert!(cuts.iter().min().unwrap() < most, "{length}: {cuts:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_change_and_get_shorter() {
        for length in 1..50 {
            let own = vec![0xff; length];
            let mangled = bytes(&own, &mut seeded(3));
            assert!(mangled.len() <= length && mangled != own, "{length}");
        }
    }

    #[test]
    fn a_stream_of_text_stays_text_wherever_its_chunks_end() {
        let own = "añb€c🦀".repeat(20);
        for size in 1..40 {
            let mut random = seeded(7);
            let chunks = own.as_bytes().chunks(size);
            let mangled: Vec<u8> = chunks.flat_map(|part| chunk(part, &mut random)).collect();
            let mangled = String::from_utf8(mangled).expect("text");
            assert!(mangled.contains(MARK) && mangled != own, "{size}");
            assert!(mangled.contains('a') || size < 5, "{size}: {mangled}");
        }
    }

    #[test]
    fn what_a_chunk_was_cut_off_from_is_skipped_and_nothing_else() {
        let chunk = |part: &[u8]| chunk(part, &mut seeded(1));
        let mark = MARK.to_string();
        // The last byte of a character, and all three that follow a first one.
        assert_eq!(chunk(b"\xa9"), b"");
        assert_eq!(chunk(b"\x9f\xa6\x80"), b"");
        // The first byte of one that goes on.
        assert_eq!(chunk(b"\xc3"), mark.as_bytes());
        // No text: mangled as bytes are, from its first byte on.
        assert_eq!(chunk(b"\xff"), b"\x00");
        assert_eq!(chunk(b"\xffa"), b"\x00");
    }

    #[test]
    fn the_text_that_so_many_stand_before_is_cut_and_no_other() {
        let own = json!(["one", 7, ["two"], { "a": "three", "b": null }, "four"]);
        let places = ["/0", "/2/0", "/3/a", "/4"];
        for (before, place) in places.into_iter().enumerate() {
            let (mut value, mut left) = (own.clone(), before);
            assert!(one_text(&mut value, &mut left, &mut seeded(5)));
            assert_eq!(left, 0);
            let cut = std::mem::replace(
                value.pointer_mut(place).unwrap(),
                own.pointer(place).unwrap().clone(),
            );
            assert!(cut.as_str().unwrap().contains(MARK), "{place}: {cut}");
            assert_eq!(value, own, "{place}");
        }
        let (mut value, mut left) = (own.clone(), 4);
        assert!(!one_text(&mut value, &mut left, &mut seeded(5)));
        assert_eq!((value, left), (own, 0));
    }

    #[test]
    fn json_keeps_its_shape() {
        let own = json!({"name": "Eleanor", "n": 7, "list": ["alpha", "beta", "gamma"]});
        let mangled = json(&own, true, &mut seeded(5));
        assert_eq!(mangled["n"], 7);
        assert!(mangled["name"].as_str().expect("a text").contains(MARK));
        assert!(mangled["list"].as_array().expect("a list").len() < 3);
        let mangled = json(&own, false, &mut seeded(5));
        assert_eq!(mangled["list"].as_array().expect("a list").len(), 3);
    }
}

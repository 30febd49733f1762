//! Durations and points in time, as people write and read them.

use std::time::{Duration, SystemTime};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The units that may be written, each in milliseconds.
const UNITS: [(&str, u64); 5] = [
    ("ms", 1),
    ("s", 1000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];

/// Longer than a hundred years is a slip.
const LONGEST: Duration = Duration::from_hours(24 * 36_525);

/// Reads `10m`, `1h30m`, `500ms`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "write a duration as 10m, 90s, 1h30m or 2d".to_owned();
    let mut rest = text.trim();
    let mut total = Duration::ZERO;
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, after) = rest.split_at(digits);
        let letters = after.len()
            - after
                .trim_start_matches(|c: char| c.is_ascii_alphabetic())
                .len();
        let (unit, after) = after.split_at(letters);
        let number: u64 = number.parse().map_err(|_| wrong())?;
        let (_, unit) = UNITS
            .iter()
            .find(|(name, _)| *name == unit)
            .ok_or_else(wrong)?;
        let part = Duration::from_millis(number.saturating_mul(*unit));
        total = total.saturating_add(part);
        rest = after;
    }
    if total.is_zero() || total > LONGEST {
        return Err("write a duration above nothing and below a hundred years, as 10m".to_owned());
    }
    Ok(total)
}

/// In the largest unit or the two largest, as it is said: `2 h 5 min`.
pub(crate) fn in_words(duration: Duration) -> String {
    const DAY: u64 = 86_400;
    let seconds = duration.as_secs();
    let two = |large: u64, name: &str, small: u64, other: &str| match small {
        0 => format!("{large} {name}"),
        _ => format!("{large} {name} {small} {other}"),
    };
    match seconds {
        0 if !duration.is_zero() => "less than 1 s".to_owned(),
        0..60 => format!("{seconds} s"),
        60..3600 => two(seconds / 60, "min", seconds % 60, "s"),
        3600..DAY => two(seconds / 3600, "h", seconds % 3600 / 60, "min"),
        _ => two(seconds / DAY, "d", seconds % DAY / 3600, "h"),
    }
}

/// How far a time is from another: `in 8 min`, `3 s ago`.
pub(crate) fn from(now: SystemTime, time: SystemTime) -> String {
    match time.duration_since(now) {
        // Somebody who asked for 10 minutes a moment ago has them.
        Ok(ahead) => format!("in {}", in_words(ahead + Duration::from_millis(999))),
        Err(behind) => format!("{} ago", in_words(behind.duration())),
    }
}

/// As RFC 3339 has it, in UTC and to the millisecond.
pub(crate) fn rfc3339(time: SystemTime) -> String {
    let time = OffsetDateTime::from(time);
    let nanoseconds = time.nanosecond() / 1_000_000 * 1_000_000;
    time.replace_nanosecond(nanoseconds)
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        // Only years beyond 9999 cannot be written.
        .unwrap_or_else(|| "a time beyond the calendar".to_owned())
}

/// The same to the second, for people.
pub(crate) fn to_the_second(time: SystemTime) -> String {
    let time = OffsetDateTime::from(time);
    let format =
        time::macros::format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
    time.format(format).unwrap_or_else(|_| rfc3339(time.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_they_are_written() {
        let millis = |text: &str| duration(text).map(|duration| duration.as_millis());
        assert_eq!(millis("10m"), Ok(600_000));
        assert_eq!(millis("1h30m"), Ok(5_400_000));
        assert_eq!(millis(" 2d "), Ok(172_800_000));
        assert_eq!(millis("500ms"), Ok(500));
        assert_eq!(millis("1s500ms"), Ok(1500));
        for text in [
            "",
            "10",
            "m",
            "10 m",
            "-5m",
            "1.5h",
            "5x",
            "0s",
            "99999999999d",
        ] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn two_units_are_enough() {
        let words = |seconds| in_words(Duration::from_secs(seconds));
        assert_eq!(words(0), "0 s");
        assert_eq!(words(59), "59 s");
        assert_eq!(words(600), "10 min");
        assert_eq!(words(605), "10 min 5 s");
        assert_eq!(words(3600 * 3 + 1), "3 h");
        assert_eq!(words(86_400 * 2 + 3600 * 3), "2 d 3 h");
        assert_eq!(in_words(Duration::from_millis(5)), "less than 1 s");
    }

    #[test]
    fn times_are_in_utc() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_micros(1_700_000_000_123_456);
        assert_eq!(rfc3339(time), "2023-11-14T22:13:20.123Z");
        assert_eq!(to_the_second(time), "2023-11-14 22:13:20 UTC");
        assert_eq!(from(time, time + Duration::from_mins(8)), "in 8 min");
        assert_eq!(from(time, time - Duration::from_secs(3)), "3 s ago");
    }
}

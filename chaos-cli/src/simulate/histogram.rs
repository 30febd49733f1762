//! How waits are spread, as lines of text.

/// So many bars, and so many characters in the longest.
const BARS: usize = 10;
const WIDTH: usize = 40;

/// A bar for each tenth of the range, with how many waits are in it. The waits are sorted.
pub(super) fn lines(waits: &[f64]) -> Vec<String> {
    let (Some(min), Some(max)) = (waits.first(), waits.last()) else {
        return Vec::new();
    };
    let width = (max - min) / to_f64(BARS);
    if width <= 0.0 {
        return vec![bar(*min, *max, waits.len(), waits.len(), 1)];
    }
    let edge = |nth: usize| min + width * to_f64(nth);
    let mut counts = [0_usize; BARS];
    for wait in waits {
        let nth = (1..BARS).find(|nth| *wait < edge(*nth)).unwrap_or(BARS);
        counts[nth - 1] += 1;
    }
    let most = counts.iter().copied().max().unwrap_or_default();
    let digits = format!("{max:.1}").len();
    counts
        .iter()
        .enumerate()
        .map(|(nth, count)| bar(edge(nth), edge(nth + 1), *count, most, digits))
        .collect()
}

fn bar(from: f64, to: f64, count: usize, most: usize, digits: usize) -> String {
    // Whatever there is shows.
    let length = (count * WIDTH).div_ceil(most.max(1));
    let bar = "#".repeat(length);
    format!("{from:>digits$.1} to {to:>digits$.1} ms  {bar:<WIDTH$}  {count}")
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn to_f64(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wait_is_in_a_bar() {
        let waits: Vec<f64> = (0..1_000).map(f64::from).collect();
        let lines = lines(&waits);
        assert_eq!(lines.len(), BARS);
        let counts = lines.iter().map(|line| line.rsplit(' ').next().unwrap());
        let counts: Vec<usize> = counts.map(|count| count.parse().unwrap()).collect();
        assert_eq!(counts.iter().sum::<usize>(), 1_000);
        assert!(
            lines.iter().all(|line| line.chars().count() < 80),
            "{lines:?}"
        );
    }

    #[test]
    fn one_wait_is_one_bar_and_none_is_nothing() {
        assert_eq!(lines(&[]), Vec::<String>::new());
        let lines = lines(&[50.0, 50.0]);
        assert_eq!(lines.len(), 1);
        assert!(lines[0].starts_with("50.0 to 50.0 ms  ####"), "{lines:?}");
        assert!(lines[0].ends_with("  2"), "{lines:?}");
    }

    #[test]
    fn what_is_rare_shows() {
        let mut waits = vec![1.0; 10_000];
        waits.push(100.0);
        let lines = lines(&waits);
        assert!(
            lines[9].contains('#') && !lines[8].contains('#'),
            "{lines:?}"
        );
    }
}

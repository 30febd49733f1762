//! Text that fits into columns.

/// Breaks a text into lines of at most `width` characters: at spaces, and inside a word only if
/// it is too long for a line of its own.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        if used > 0 && used + 1 + word.len() <= width {
            line.push(' ');
            used += 1;
        } else if used > 0 {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        while word.len() > width {
            let rest = word.split_off(width);
            lines.push(word.into_iter().collect());
            word = rest;
        }
        used += word.len();
        line.extend(word);
    }
    if used > 0 || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// At most `width` characters of a text, on one line, with `…` for what is left out.
pub(crate) fn shortened(text: &str, width: usize) -> String {
    let text: String = text
        .chars()
        .map(|char| if char.is_control() { ' ' } else { char })
        .collect();
    if text.chars().count() <= width {
        return text;
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("one two three", 100), ["one two three"]);
        assert_eq!(wrapped("", 5), [""]);
    }

    #[test]
    fn a_long_word_is_broken_where_it_must_be() {
        assert_eq!(wrapped("a abcdefgh b", 4), ["a", "abcd", "efgh", "b"]);
        assert_eq!(wrapped("aéb cdé", 3), ["aéb", "cdé"]);
    }

    #[test]
    fn what_is_left_out_shows() {
        assert_eq!(shortened("hello", 5), "hello");
        assert_eq!(shortened("hello, world", 6), "hello…");
        assert_eq!(shortened("a\nb", 6), "a b");
    }
}

//! A command line as words, as far as completions need a shell's rules.

/// The words of a line; the last one is the one at its end, which may be empty.
pub(super) fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match (quote, letter) {
            (None, ' ' | '\t' | '\n') => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            (None | Some('"'), '\\') => word.extend(letters.next()),
            (_, letter) => word.push(letter),
        }
    }
    words.push(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_at_blanks_outside_quotes() {
        for (line, expected) in [
            ("a  b c", vec!["a", "b", "c"]),
            ("a b ", vec!["a", "b", ""]),
            (r#"a 'b c' d\ e "f"#, vec!["a", "b c", "d e", "f"]),
            ("", vec![""]),
        ] {
            assert_eq!(words(line), expected, "{line}");
        }
    }
}

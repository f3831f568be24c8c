//! Splits a command line into words, by as much of a shell's rules as completions need. Unlike in a
//! shell, a quote may still be open at the end.

/// The words of a line. The last one is the word at its end, which may be empty.
pub(super) fn split_words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (None, ' ' | '\t' | '\n') => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            (None, '\'' | '"') => quote = Some(character),
            (Some(open), character) if open == character => quote = None,
            (None | Some('"'), '\\') => word.extend(characters.next()),
            (_, character) => word.push(character),
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
            assert_eq!(split_words(line), expected, "{line}");
        }
    }
}

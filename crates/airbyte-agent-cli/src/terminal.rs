//! What there is to know of the terminal, and how text is fitted to it.

use std::io::{IsTerminal as _, stderr, stdout};

/// Columns to assume when nobody says.
const WIDTH: usize = 100;

/// Whether standard output is a terminal.
pub(crate) fn shows_output() -> bool {
    stdout().is_terminal()
}

/// Whether standard error is a terminal.
pub(crate) fn shows_errors() -> bool {
    stderr().is_terminal()
}

/// Columns of standard output: `COLUMNS`, else the terminal's own.
pub(crate) fn width() -> usize {
    let said = std::env::var("COLUMNS").ok().and_then(|text| text.trim().parse().ok());
    let width = said.or_else(|| {
        console::Term::stdout().size_checked().map(|(_, columns)| usize::from(columns))
    });
    width.filter(|width| *width >= 20).unwrap_or(WIDTH)
}

/// Whether output may be coloured: on a terminal, unless `NO_COLOR` is set.
pub(crate) fn takes_colours() -> bool {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    shows_output() && set("NO_COLOR").is_none() && set("TERM").is_none_or(|term| term != "dumb")
}

/// `text` on a single line without control characters, which records could misuse.
pub(crate) fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut was_blank = false;
    for letter in text.trim().chars() {
        let letter = if letter.is_control() { ' ' } else { letter };
        if letter != ' ' || !was_blank {
            out.push(letter);
        }
        was_blank = letter == ' ';
    }
    out
}

/// Paragraphs of `text`, broken into lines of at most `width` columns behind `indent` blanks.
pub(crate) fn wrap(text: &str, indent: usize, width: usize) -> String {
    let room = width.saturating_sub(indent).max(20);
    let margin = " ".repeat(indent);
    let mut out = String::new();
    for paragraph in text.trim().lines() {
        let mut column = 0;
        for word in paragraph.split_whitespace() {
            let long = console::measure_text_width(word);
            if column > 0 && column + 1 + long > room {
                out.push('\n');
                column = 0;
            }
            if column == 0 {
                out.push_str(&margin);
            } else {
                out.push(' ');
                column += 1;
            }
            out.push_str(word);
            column += long;
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_broken_between_words() {
        let text = "one two three four five six\n\nseven";
        assert_eq!(wrap(text, 2, 22), "  one two three four\n  five six\n\n  seven\n");
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(one_line(" a\n\n b\u{1b}[31mc\u{7}\td "), "a b [31mc d");
    }
}

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

/// Lines of the terminal, if standard output is one.
pub(crate) fn height() -> Option<usize> {
    console::Term::stdout().size_checked().map(|(lines, _)| usize::from(lines))
}

/// Whether standard output may be coloured: on a terminal, unless the environment says otherwise.
pub(crate) fn takes_colours() -> bool {
    colours(shows_output(), |name| std::env::var(name).ok())
}

/// The same for standard error.
pub(crate) fn takes_colours_in_errors() -> bool {
    colours(shows_errors(), |name| std::env::var(name).ok())
}

/// By the conventions of `NO_COLOR`, `CLICOLOR_FORCE` and `CLICOLOR`, the strongest first.
fn colours(is_terminal: bool, variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    if set("NO_COLOR").is_some() {
        return false;
    }
    if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
        return true;
    }
    is_terminal
        && set("CLICOLOR").is_none_or(|value| value != "0")
        && set("TERM").is_none_or(|term| term != "dumb")
}

/// `text` on a single line without control characters, which records could misuse.
pub(crate) fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut was_blank = false;
    for letter in text.trim().chars() {
        // Marks that turn the direction of writing would disturb what stands beside them.
        if matches!(letter, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}') {
            continue;
        }
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
        assert_eq!(one_line("a\u{202e}b"), "ab");
    }

    #[test]
    fn the_environment_decides_on_colours() {
        for (is_terminal, set, expected) in [
            (true, vec![], true),
            (false, vec![], false),
            (true, vec![("NO_COLOR", "1")], false),
            (true, vec![("NO_COLOR", "")], true),
            (false, vec![("CLICOLOR_FORCE", "1")], true),
            (false, vec![("CLICOLOR_FORCE", "0")], false),
            (false, vec![("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
            (true, vec![("CLICOLOR", "0")], false),
            (true, vec![("TERM", "dumb")], false),
            (true, vec![("TERM", "xterm")], true),
        ] {
            let variable = |name: &str| {
                let found = set.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(colours(is_terminal, variable), expected, "{is_terminal} {set:?}");
        }
    }
}

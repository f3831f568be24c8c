//! Facts about the terminal, functions that fit text to it, and the writers to it that every command
//! uses.

mod writer;

use std::io::{self, IsTerminal as _, StderrLock, StdoutLock};

pub(crate) use self::writer::{Writer, shown};

/// Columns to assume where neither `COLUMNS` nor the terminal says how many there are.
const DEFAULT_WIDTH: usize = 100;

/// Whether standard output is a terminal.
pub(crate) fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Whether standard error is a terminal.
pub(crate) fn stderr_is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Standard output. If it is a terminal, nothing that is written can control it.
pub(crate) fn stdout() -> Writer<StdoutLock<'static>> {
    Writer::new(io::stdout().lock(), stdout_is_terminal(), stdout_takes_colours())
}

/// Standard error. If it is a terminal, nothing that is written can control it.
pub(crate) fn stderr() -> Writer<StderrLock<'static>> {
    Writer::new(io::stderr().lock(), stderr_is_terminal(), stderr_takes_colours())
}

/// The number of columns of standard output: `COLUMNS`, otherwise that of the terminal.
pub(crate) fn width() -> usize {
    let requested = std::env::var("COLUMNS").ok().and_then(|text| text.trim().parse().ok());
    let width = requested.or_else(|| {
        console::Term::stdout().size_checked().map(|(_, columns)| usize::from(columns))
    });
    width.filter(|width| *width >= 20).unwrap_or(DEFAULT_WIDTH)
}

/// The number of lines of the terminal, if standard output is one.
pub(crate) fn height() -> Option<usize> {
    console::Term::stdout().size_checked().map(|(lines, _)| usize::from(lines))
}

/// Whether standard output may be coloured. On a terminal it may, unless the environment says
/// otherwise.
pub(crate) fn stdout_takes_colours() -> bool {
    colours_wanted(stdout_is_terminal(), |name| std::env::var(name).ok())
}

/// Whether standard error may be coloured, by the same rules.
pub(crate) fn stderr_takes_colours() -> bool {
    colours_wanted(stderr_is_terminal(), |name| std::env::var(name).ok())
}

/// Applies the conventions of `NO_COLOR`, `CLICOLOR_FORCE` and `CLICOLOR`, in this order.
fn colours_wanted(is_terminal: bool, variable: impl Fn(&str) -> Option<String>) -> bool {
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

/// The text on a single line without control characters. Records come from third parties and could
/// otherwise control the terminal.
pub(crate) fn single_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut was_blank = false;
    for character in text.trim().chars() {
        let is_control = character.is_control();
        // Marks that change the direction of writing would also change the text around them.
        if !is_control && writer::controls(character) {
            continue;
        }
        let character = if is_control { ' ' } else { character };
        if character != ' ' || !was_blank {
            out.push(character);
        }
        was_blank = character == ' ';
    }
    out
}

/// The text with every line wrapped at `width` columns and indented by `indent` blanks.
pub(crate) fn wrap_text(text: &str, indent: usize, width: usize) -> String {
    let available = width.saturating_sub(indent).max(20);
    let margin = " ".repeat(indent);
    let mut out = String::new();
    for paragraph in text.trim().lines() {
        let mut column = 0;
        for word in paragraph.split_whitespace() {
            let word_width = console::measure_text_width(word);
            if column > 0 && column + 1 + word_width > available {
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
            column += word_width;
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
        assert_eq!(wrap_text(text, 2, 22), "  one two three four\n  five six\n\n  seven\n");
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(single_line(" a\n\n b\u{1b}[31mc\u{7}\td "), "a b [31mc d");
        assert_eq!(single_line("a\u{202e}b"), "ab");
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
            assert_eq!(colours_wanted(is_terminal, variable), expected, "{is_terminal} {set:?}");
        }
    }
}

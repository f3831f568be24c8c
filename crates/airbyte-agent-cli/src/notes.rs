//! Lines beside the result, on standard error. If the command fails, its error comes after them.

use std::io::Write as _;

use crate::terminal::{self, single_line};

/// Prints one line for each text, marked as a note: something that is good to know.
pub(crate) fn print_notes(texts: impl IntoIterator<Item = impl AsRef<str>>) {
    print_lines("note", texts);
}

/// Prints one line for each text, marked as a warning: something that the user probably did not
/// intend.
pub(crate) fn print_warnings(texts: impl IntoIterator<Item = impl AsRef<str>>) {
    print_lines("warning", texts);
}

fn print_lines(label: &str, texts: impl IntoIterator<Item = impl AsRef<str>>) {
    for text in texts {
        // Names of variables may come from a spec that somebody else wrote, so control characters
        // are taken out.
        let _ = writeln!(terminal::stderr(), "{label}: {}", single_line(text.as_ref()));
    }
}

//! Lines beside the result, on standard error. An error, where there is one, comes after them.

use std::io::Write as _;

use crate::terminal::one_line;

/// What is worth knowing.
pub(crate) fn note(texts: impl IntoIterator<Item = impl AsRef<str>>) {
    tell("note", texts);
}

/// What is probably not as it was meant.
pub(crate) fn warn(texts: impl IntoIterator<Item = impl AsRef<str>>) {
    tell("warning", texts);
}

fn tell(label: &str, texts: impl IntoIterator<Item = impl AsRef<str>>) {
    for text in texts {
        // Names of variables may come from a spec, and so from anybody.
        let _ = writeln!(std::io::stderr(), "{label}: {}", one_line(text.as_ref()));
    }
}

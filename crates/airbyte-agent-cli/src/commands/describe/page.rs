//! The text of a manual page while it is written: headings at the margin, text indented by four
//! blanks.

use std::fmt::Write as _;

use console::Style;

use super::PageStyle;
use crate::terminal::wrap_text;

/// Number of blanks before a text.
const MARGIN: usize = 4;

/// A manual page.
pub(super) struct Page {
    text: String,
    style: PageStyle,
}

impl Page {
    /// An empty page.
    pub(super) fn new(style: PageStyle) -> Self {
        Self { text: String::new(), style }
    }

    /// Adds a heading at the margin, after an empty line.
    pub(super) fn heading(&mut self, name: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let name = self.bold(name);
        let _ = writeln!(self.text, "{name}");
    }

    /// Adds a wrapped text.
    pub(super) fn paragraph(&mut self, text: &str) {
        self.indented(text, MARGIN);
    }

    /// Adds a wrapped text with this number of blanks before it.
    pub(super) fn indented(&mut self, text: &str, indent: usize) {
        if !text.trim().is_empty() {
            self.text.push_str(&wrap_text(text, indent, self.style.width));
        }
    }

    /// Adds a line that is not wrapped, such as a command.
    pub(super) fn verbatim(&mut self, text: &str) {
        let _ = writeln!(self.text, "    {text}");
    }

    /// Adds a purpose and below it the command that serves it. The command is not wrapped, so that
    /// it can be copied.
    pub(super) fn command(&mut self, purpose: &str, command: &str) {
        self.paragraph(purpose);
        let _ = writeln!(self.text, "        {command}");
    }

    /// Adds a term in bold, with a remark after it on the same line. Its explanation follows.
    pub(super) fn term(&mut self, name: &str, remark: &str, indent: usize) {
        let (blanks, name) = (" ".repeat(indent), self.bold(name));
        let _ = writeln!(self.text, "{blanks}{name}{remark}");
    }

    fn bold(&self, text: &str) -> String {
        Style::new().bold().force_styling(self.style.colours).apply_to(text).to_string()
    }

    /// The text of the page.
    pub(super) fn finish(self) -> String {
        self.text
    }
}

//! A page of the manual that is being written: headings at the margin, text behind four blanks.

use std::fmt::Write as _;

use console::Style;

use crate::terminal::wrap;

/// Blanks before text.
pub(super) const MARGIN: usize = 4;

/// The page.
pub(super) struct Page {
    text: String,
    width: usize,
    colours: bool,
}

impl Page {
    pub(super) fn new(width: usize, colours: bool) -> Self {
        Self { text: String::new(), width, colours }
    }

    pub(super) fn heading(&mut self, name: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let name = self.bold(name);
        let _ = writeln!(self.text, "{name}");
    }

    pub(super) fn paragraph(&mut self, text: &str) {
        self.indented(text, MARGIN);
    }

    pub(super) fn indented(&mut self, text: &str, indent: usize) {
        if !text.trim().is_empty() {
            self.text.push_str(&wrap(text, indent, self.width));
        }
    }

    /// A line that is not broken, such as a command.
    pub(super) fn verbatim(&mut self, text: &str) {
        let _ = writeln!(self.text, "    {text}");
    }

    /// A command below what it is for; not broken, so that it can be copied.
    pub(super) fn command(&mut self, said: &str, command: &str) {
        self.paragraph(said);
        let _ = writeln!(self.text, "        {command}");
    }

    /// A term that is explained below it, and what belongs beside it.
    pub(super) fn term(&mut self, name: &str, beside: &str, indent: usize) {
        let (blanks, name) = (" ".repeat(indent), self.bold(name));
        let _ = writeln!(self.text, "{blanks}{name}{beside}");
    }

    fn bold(&self, text: &str) -> String {
        Style::new().bold().force_styling(self.colours).apply_to(text).to_string()
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}

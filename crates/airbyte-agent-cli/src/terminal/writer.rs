//! The one way to a terminal. Records, specs and responses come from third parties, and a control
//! sequence in them could move the cursor, hide text or write to the clipboard.
//!
//! What is not written to a terminal is left as it is: files and programs get the data.

use std::io::{self, Write};

/// Stands where a character was that a terminal would act on.
const REPLACEMENT: char = '\u{FFFD}';
/// No sequence that this program writes is longer.
const LONGEST_SEQUENCE: usize = 32;

/// Writes to a stream. If that is a terminal, characters that control it are replaced.
pub(crate) struct Writer<W: Write> {
    out: W,
    is_terminal: bool,
    /// Whether the colours of this program are let through.
    colours: bool,
    /// The beginning of a character or of a sequence, whose end has not been written yet.
    pending: Vec<u8>,
}

impl<W: Write> Writer<W> {
    pub(crate) const fn new(out: W, is_terminal: bool, colours: bool) -> Self {
        Self { out, is_terminal, colours, pending: Vec::new() }
    }

    /// Writes everything that is complete, or everything that there is.
    fn write_pending(&mut self, is_end: bool) -> io::Result<()> {
        let bytes = std::mem::take(&mut self.pending);
        let mut complete = bytes.len();
        if !is_end {
            if let Err(error) = std::str::from_utf8(&bytes)
                && error.error_len().is_none()
            {
                complete = error.valid_up_to();
            }
            if bytes.ends_with(b"\r") {
                complete = complete.min(bytes.len() - 1);
            }
            let escape = bytes.iter().rposition(|byte| *byte == 0x1B);
            let is_open = |at: &usize| colour_length(&bytes[*at..]).is_none();
            if let Some(at) =
                escape.filter(|at| bytes.len() - at < LONGEST_SEQUENCE).filter(is_open)
            {
                complete = complete.min(at);
            }
        }
        let text = String::from_utf8_lossy(&bytes[..complete]);
        let written = self.out.write_all(shown(&text, self.colours).as_bytes());
        self.pending = bytes[complete..].to_vec();
        written
    }
}

impl<W: Write> Write for Writer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_terminal {
            return self.out.write(bytes);
        }
        self.pending.extend_from_slice(bytes);
        self.write_pending(false)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.is_terminal {
            self.write_pending(true)?;
        }
        self.out.flush()
    }
}

impl<W: Write> Drop for Writer<W> {
    fn drop(&mut self) {
        let _ = self.flush();
    }
}

/// The text as it is shown on a terminal: without characters that control it. With `colours`, the
/// sequences that set colours stay.
pub(crate) fn shown(text: &str, colours: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let colour = colour_length(rest.as_bytes()).filter(|_| colours);
        let length = colour.unwrap_or(character.len_utf8());
        let (unit, behind) = rest.split_at(length);
        if colour.is_some() {
            out.push_str(unit);
        } else if character == '\r' && behind.starts_with('\n') {
            // The end of a line of other systems.
        } else {
            out.push(if controls(character) { REPLACEMENT } else { character });
        }
        rest = behind;
    }
    out
}

/// Whether a terminal acts on the character, or shows the text around it in another order.
pub(super) fn controls(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        '\u{61C}'
        | '\u{200E}'
        | '\u{200F}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{FEFF}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2066}'..='\u{2069}' => true,
        character => character.is_control(),
    }
}

/// The length of the sequence that sets a colour with which the bytes begin.
fn colour_length(bytes: &[u8]) -> Option<usize> {
    let parameters = bytes.strip_prefix(b"\x1B[")?;
    let end = parameters.iter().position(|byte| !matches!(byte, b'0'..=b'9' | b';'))?;
    (parameters[end] == b'm' && end < LONGEST_SEQUENCE).then_some(end + 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(pieces: &[&[u8]], is_terminal: bool, colours: bool) -> String {
        let mut out = Vec::new();
        let mut writer = Writer::new(&mut out, is_terminal, colours);
        for piece in pieces {
            writer.write_all(piece).unwrap();
        }
        drop(writer);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn nothing_controls_the_terminal_but_the_colours_of_this_program() {
        for (text, expected) in [
            ("plain\ttext\r\n", "plain\ttext\n"),
            ("\u{1b}[1mbold\u{1b}[0m", "\u{1b}[1mbold\u{1b}[0m"),
            ("\u{1b}]52;c;aGk=\u{7}", "\u{FFFD}]52;c;aGk=\u{FFFD}"),
            ("\u{1b}[2Jx\u{1b}[31;1Hy", "\u{FFFD}[2Jx\u{FFFD}[31;1Hy"),
            ("a\u{9b}31mb\u{85}c\u{7f}", "a\u{FFFD}31mb\u{FFFD}c\u{FFFD}"),
            ("pay\u{202e}001\u{2066}x\u{200f}", "pay\u{FFFD}001\u{FFFD}x\u{FFFD}"),
            ("over\rwritten\u{8}", "over\u{FFFD}written\u{FFFD}"),
            ("Grüße 世界 👩\u{200d}💻", "Grüße 世界 👩\u{200d}💻"),
            ("end \u{1b}", "end \u{FFFD}"),
            ("end \u{1b}[3", "end \u{FFFD}[3"),
        ] {
            assert_eq!(written(&[text.as_bytes()], true, true), expected, "{text:?}");
            // However the text is cut into pieces, the same is written.
            let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
            assert_eq!(written(&bytes, true, true), expected, "{text:?}");
            assert_eq!(written(&[text.as_bytes()], false, false), text);
        }
        let bold = "\u{1b}[1mbold";
        assert_eq!(written(&[bold.as_bytes()], true, false), "\u{FFFD}[1mbold");
        assert_eq!(written(&[b"a\xffb"], true, false), "a\u{FFFD}b");
    }
}

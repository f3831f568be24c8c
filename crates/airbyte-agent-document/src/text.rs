//! Reads texts of files and streams, up to a size.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The largest number of bytes of one file that are read, compressed or not; many times the size of
/// the largest known document.
pub(crate) const LARGEST: u64 = 256 * 1024 * 1024;

/// The text of a file, up to a size.
pub(crate) fn text_of(path: &Path, largest: u64) -> io::Result<String> {
    text(File::open(path)?, largest)
}

/// The text of a stream, up to a size. A byte order mark at its beginning is left out.
pub(crate) fn text(stream: impl Read, largest: u64) -> io::Result<String> {
    let mut bytes = Vec::new();
    // One byte more than allowed shows that the stream is too long.
    let mut stream = stream.take(largest.saturating_add(1));
    stream.read_to_end(&mut bytes)?;
    if stream.limit() == 0 {
        let message = format!("it has more than {} MiB", LARGEST / (1024 * 1024));
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    let mut text = decode(bytes)?;
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    Ok(text)
}

/// The text of the bytes, in UTF-8, or in UTF-16 with a byte order mark at the beginning.
fn decode(bytes: Vec<u8>) -> io::Result<String> {
    let units = |read: fn([u8; 2]) -> u16| {
        let units = bytes[2..].chunks_exact(2).map(|pair| read([pair[0], pair[1]]));
        char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    match bytes.get(..2) {
        Some([0xff, 0xfe]) => Ok(units(u16::from_le_bytes)),
        Some([0xfe, 0xff]) => Ok(units(u16::from_be_bytes)),
        _ => String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let message =
                format!("it is not UTF-8: the byte at position {at} is not part of a character");
            io::Error::new(io::ErrorKind::InvalidData, message)
        }),
    }
}

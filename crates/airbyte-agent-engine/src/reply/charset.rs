//! Bodies in another character set than UTF-8, which their headers declare.

use http::HeaderMap;
use http::header::CONTENT_TYPE;

/// The characters of the bytes from 0x80 to 0x9f in Windows-1252, which servers mean when they say
/// ISO 8859-1.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text of a body in the character set that its headers declare, or that it shows itself to be in: UTF-16 is
/// recognized by its mark. `None` for UTF-8, even if the headers declare another character set by mistake, and
/// for unknown character sets.
pub(super) fn declared(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    if let Some(order) = utf_16(body) {
        let units = body.chunks(2).map(|pair| match *pair {
            [first, second] => order([first, second]),
            _ => u16::from(b'?'),
        });
        let text =
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER));
        return Some(text.filter(|letter| *letter != '\u{feff}').collect());
    }
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?.to_ascii_lowercase();
    let (_, name) = kind.split_once("charset=")?;
    let name = name.split(';').next().unwrap_or_default().trim().trim_matches('"');
    let is_known =
        matches!(name, "iso-8859-1" | "iso8859-1" | "latin1" | "windows-1252" | "cp1252");
    if !is_known || std::str::from_utf8(body).is_ok() {
        return None;
    }
    let letter = |byte: &u8| match byte {
        0x80..=0x9f => WINDOWS[usize::from(byte - 0x80)],
        byte => char::from(*byte),
    };
    Some(body.iter().map(letter).collect())
}

/// How two bytes become a unit of UTF-16, if a body is in it: it begins with the mark of its order, or with a
/// character of ASCII beside a zero, as every JSON text does. No text in UTF-8 begins so.
fn utf_16(body: &[u8]) -> Option<fn([u8; 2]) -> u16> {
    match *body {
        [0xff, 0xfe, ..] => Some(u16::from_le_bytes),
        [0xfe, 0xff, ..] => Some(u16::from_be_bytes),
        [first, 0, ..] if first != 0 => Some(u16::from_le_bytes),
        [0, second, ..] if second != 0 => Some(u16::from_be_bytes),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_16_is_known_by_its_first_bytes() {
        let text = "{\"id\": \"é😀\"}";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let marked = [&[0xff, 0xfe][..], &little].concat();
        for body in [little, big, marked] {
            assert_eq!(declared(&HeaderMap::new(), &body).as_deref(), Some(text), "{body:?}");
        }
        for body in [text.as_bytes(), b"", b"1", b"\xef\xbb\xbf{}"] {
            assert_eq!(declared(&HeaderMap::new(), body), None, "{body:?}");
        }
    }
}

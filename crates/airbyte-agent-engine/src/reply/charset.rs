//! Bodies in another character set than UTF-8, which their headers declare.

use http::HeaderMap;
use http::header::CONTENT_TYPE;

/// The characters of the bytes from 0x80 to 0x9f in Windows-1252, which servers mean when they say
/// ISO 8859-1.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text of a body in the character set that its headers declare. `None` for UTF-8, even if the
/// headers declare another character set by mistake, and for unknown character sets.
pub(super) fn declared(headers: &HeaderMap, body: &[u8]) -> Option<String> {
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

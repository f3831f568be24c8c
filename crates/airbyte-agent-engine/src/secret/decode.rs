//! Undoes the encodings of texts inside addresses, JSON and markup, and remembers the position in
//! the text from which each byte came. All escapes are undone, because programs differ in what they
//! escape.

/// Bytes, and for each of them (and for their end) the position at which it begins in the original
/// text.
pub(super) struct Decoded {
    pub(super) bytes: Vec<u8>,
    pub(super) origins: Vec<usize>,
}

/// An encoding of texts inside other texts.
#[derive(Debug, Clone, Copy)]
pub(super) enum Encoding {
    Percent,
    Json,
    Markup,
}

impl Encoding {
    pub(super) const ALL: [Self; 3] = [Self::Percent, Self::Json, Self::Markup];

    /// The byte with which an encoded unit begins.
    const fn mark(self) -> u8 {
        match self {
            Self::Percent => b'%',
            Self::Json => b'\\',
            Self::Markup => b'&',
        }
    }

    /// The unit with which the bytes begin, and how many bytes it takes.
    fn unit(self, rest: &[u8]) -> Option<(Unit, usize)> {
        match self {
            Self::Percent => percent(rest),
            Self::Json => escape(rest),
            Self::Markup => entity(rest),
        }
    }
}

/// The text after one layer of an encoding was undone; `None` where the text does not use this
/// encoding.
pub(super) fn decode(
    encoding: Encoding,
    text: &[u8],
    origins: Option<&[usize]>,
) -> Option<Decoded> {
    if !text.contains(&encoding.mark()) {
        return None;
    }
    let origin = |at: usize| origins.map_or(at, |known| known.get(at).copied().unwrap_or_default());
    let mut decoded = Decoded { bytes: Vec::with_capacity(text.len()), origins: Vec::new() };
    let mut at = 0;
    let mut is_same = true;
    while let Some(byte) = text.get(at) {
        let unit = if *byte == encoding.mark() { encoding.unit(&text[at..]) } else { None };
        let start = origin(at);
        let mut buffer = [*byte, 0, 0, 0];
        let (written, length) = match unit {
            Some((Unit::Byte(byte), length)) => {
                buffer[0] = byte;
                (&buffer[..1], length)
            }
            Some((Unit::Char(character), length)) => {
                (character.encode_utf8(&mut buffer).as_bytes(), length)
            }
            None => (&buffer[..1], 1),
        };
        is_same &= length == 1;
        decoded.bytes.extend_from_slice(written);
        decoded.origins.extend(std::iter::repeat_n(start, written.len()));
        at += length;
    }
    decoded.origins.push(origin(text.len()));
    (!is_same).then_some(decoded)
}

/// The meaning of an encoded unit.
enum Unit {
    Byte(u8),
    Char(char),
}

/// Reads a percent-encoded byte such as `%2F`.
fn percent(rest: &[u8]) -> Option<(Unit, usize)> {
    let byte = u8::try_from(hex(rest.get(1..3)?)?).ok()?;
    Some((Unit::Byte(byte), 3))
}

/// Reads an escape such as `\n`, `\/` or `\u00e9`; a character beyond the first plane is a pair of
/// escapes.
fn escape(rest: &[u8]) -> Option<(Unit, usize)> {
    let byte = match rest.get(1)? {
        b'u' => {
            let first = hex(rest.get(2..6)?)?;
            if let Some(character) = char::from_u32(first) {
                return Some((Unit::Char(character), 6));
            }
            let second = hex(rest.get(6..12)?.strip_prefix(b"\\u")?)?;
            let units = [u16::try_from(first).ok()?, u16::try_from(second).ok()?];
            let character = char::decode_utf16(units).next()?.ok()?;
            return Some((Unit::Char(character), 12));
        }
        b'x' => {
            let byte = u8::try_from(hex(rest.get(2..4)?)?).ok()?;
            return Some((Unit::Byte(byte), 4));
        }
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'b' => 0x08,
        b'f' => 0x0C,
        byte @ (b'"' | b'\'' | b'/' | b'\\') => *byte,
        _ => return None,
    };
    Some((Unit::Byte(byte), 2))
}

/// Reads an entity such as `&amp;`, `&#39;` or `&#x2F;`.
fn entity(rest: &[u8]) -> Option<(Unit, usize)> {
    let end = rest.iter().take(10).position(|byte| *byte == b';')?;
    let name = std::str::from_utf8(rest.get(1..end)?).ok()?;
    let character = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(number)?
        }
    };
    Some((Unit::Char(character), end + 1))
}

fn hex(digits: &[u8]) -> Option<u32> {
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

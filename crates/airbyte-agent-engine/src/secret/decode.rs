//! Undoes the ways in which texts are written inside addresses, JSON and markup, and remembers where in
//! the text each byte came from. Whatever is escaped is undone, because writers differ in what they escape.

/// Bytes, and for each of them (and for their end) where in the original text it begins.
pub(super) struct Decoded {
    pub(super) bytes: Vec<u8>,
    pub(super) origins: Vec<usize>,
}

/// A way in which texts are written inside others.
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

    /// What the bytes begin with, and how many of them that takes.
    fn unit(self, rest: &[u8]) -> Option<(Unit, usize)> {
        match self {
            Self::Percent => percent(rest),
            Self::Json => escape(rest),
            Self::Markup => entity(rest),
        }
    }
}

/// The text with one layer of an encoding undone; `None` where there is none.
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

/// What an encoded unit stands for.
enum Unit {
    Byte(u8),
    Char(char),
}

/// `%2F`
fn percent(rest: &[u8]) -> Option<(Unit, usize)> {
    let byte = u8::try_from(hex(rest.get(1..3)?)?).ok()?;
    Some((Unit::Byte(byte), 3))
}

/// `\n`, `\/` or `\u00e9`; a character beyond the first plane is a pair of escapes.
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

/// `&amp;`, `&#39;` or `&#x2F;`
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

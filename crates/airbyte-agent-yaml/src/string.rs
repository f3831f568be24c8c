//! Strings of JSON: the text between quotation marks, with its escapes.

/// The character that replaces half of a surrogate pair, which no text can contain.
const HALF: char = '\u{fffd}';

/// A string that was read.
#[derive(Debug)]
pub(crate) struct Read {
    /// The text of the string.
    pub(crate) text: String,
    /// The position behind the closing quotation mark.
    pub(crate) end: usize,
    /// Whether it contained halves of surrogate pairs.
    pub(crate) has_halves: bool,
}

/// The end of the string that begins behind the quotation mark before `start`: the position of its
/// closing quotation mark, and whether the string contains escapes. The error is the position of
/// what is wrong, and a message.
pub(crate) fn end(source: &[u8], start: usize) -> Result<(usize, bool), (usize, &'static str)> {
    let mut at = start;
    let mut is_escaped = false;
    loop {
        match source.get(at) {
            Some(b'"') => return Ok((at, is_escaped)),
            Some(b'\\') => {
                is_escaped = true;
                at += 2;
            }
            Some(0..=0x1f) => return Err((at, "a text must not contain control characters")),
            Some(_) => at += 1,
            None => return Err((source.len(), "the text ends before its closing quote")),
        }
    }
}

/// Reads the string whose opening quotation mark is before `start`.
pub(crate) fn read(source: &str, start: usize) -> Result<Read, (usize, &'static str)> {
    let (end, is_escaped) = end(source.as_bytes(), start)?;
    let raw = source.get(start..end).unwrap_or_default();
    if !is_escaped {
        return Ok(Read { text: raw.to_owned(), end: end + 1, has_halves: false });
    }
    let mut text = String::with_capacity(raw.len());
    let mut has_halves = false;
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let place = start + (raw.len() - rest.len()) + at;
        let after = &rest[at + 1..];
        let Some(letter) = after.bytes().next() else {
            return Err((place, "the text ends before its closing quote"));
        };
        let mut used = 1;
        match letter {
            b'"' | b'\\' | b'/' => text.push(char::from(letter)),
            b'b' => text.push('\u{8}'),
            b'f' => text.push('\u{c}'),
            b'n' => text.push('\n'),
            b'r' => text.push('\r'),
            b't' => text.push('\t'),
            b'u' => {
                let Some((letter, length)) = unit(after) else {
                    return Err((place, "`\\u` must be followed by four hexadecimal digits"));
                };
                has_halves |= letter.is_none();
                text.push(letter.unwrap_or(HALF));
                used = length;
            }
            _ => return Err((place, "this character cannot be escaped")),
        }
        rest = &after[used..];
    }
    text.push_str(rest);
    Ok(Read { text, end: end + 1, has_halves })
}

/// The character that `uXXXX` or `uXXXX\uXXXX` means, with the length of the escape; no character
/// if it is half of a pair. `None` if there are no digits.
fn unit(text: &str) -> Option<(Option<char>, usize)> {
    let digits = |at: usize| {
        let digits = text.get(at..at + 4)?;
        let is_number = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        is_number.then(|| u32::from_str_radix(digits, 16).ok())?
    };
    let first = digits(1)?;
    if (0xd800..0xdc00).contains(&first)
        && text.get(5..7) == Some("\\u")
        && let Some(second @ 0xdc00..0xe000) = digits(7)
    {
        return Some((char::from_u32(0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)), 11));
    }
    Some((char::from_u32(first), 5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_letters_are_read_and_halves_are_replaced() {
        for (source, expected, has_halves) in [
            (r#"plain""#, "plain", false),
            (r#"""#, "", false),
            (r#"a\n\t\"\\\/\b\f\r""#, "a\n\t\"\\/\u{8}\u{c}\r", false),
            (r#"\u00e4\u20AC""#, "ä€", false),
            (r#"\ud83d\ude00!""#, "😀!", false),
            (r#"\ud83d!""#, "\u{fffd}!", true),
            (r#"\ude00\ud83d""#, "\u{fffd}\u{fffd}", true),
            (r#"\ud83d\u0041""#, "\u{fffd}A", true),
            (r#"ä\u0041ä""#, "äAä", false),
        ] {
            let read = read(source, 0).unwrap();
            assert_eq!((read.text.as_str(), read.has_halves), (expected, has_halves), "{source}");
            assert_eq!(read.end, source.len(), "{source}");
        }
        for (source, place) in
            [("a", 1), ("a\nb\"", 1), (r#"a\x""#, 1), (r#"\u12""#, 0), (r"\", 1), (r#"\""#, 2)]
        {
            assert_eq!(read(source, 0).unwrap_err().0, place, "{source}");
        }
    }
}

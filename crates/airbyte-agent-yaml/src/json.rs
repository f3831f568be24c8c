//! Reads JSON.

use serde_json::Number;

use crate::manner::{Findings, Manner, problem};
use crate::node::Value;
use crate::problem::{Problem, Severity};
use crate::tree::{Mark, Members, Tree};
use crate::{Document, MAX_DEPTH, string};

/// The beginning of messages about texts that are cut off.
pub(crate) const END: &str = "the text ends";

/// Whether a text begins like an object or a list.
pub(crate) fn looks_like(text: &str) -> bool {
    text.trim_start_matches(is_space).starts_with(['{', '['])
}

fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\r')
}

/// Reads a text. The outer error says why and where it is not JSON.
pub(crate) fn read<T: Tree>(
    text: &str,
    manner: Manner,
) -> Result<Result<Document<T>, Vec<Problem>>, Problem> {
    let mut reader = Reader::new(text, manner);
    let root = reader.document().map_err(|(at, message)| {
        let mark = Places::new(text).mark(at);
        problem(Severity::Error, mark.line, mark.column, format!("not valid JSON: {message}"))
    })?;
    let mut findings = reader.findings;
    if !findings.errors.is_empty() {
        return Ok(Err(findings.errors));
    }
    let mut places = Places::new(text);
    for (at, message) in reader.doubts {
        let mark = places.mark(at);
        findings.warn(mark.line, mark.column, message);
    }
    Ok(Ok(Document { root, warnings: findings.into_warnings() }))
}

/// What is wrong, and its position in the text. Nothing is read behind it.
type Stop = (usize, String);

struct Reader<'t> {
    text: &'t str,
    at: usize,
    places: Places<'t>,
    findings: Findings,
    /// The warnings with their positions in the text. Lines and columns are computed at the end, if
    /// there are any warnings.
    doubts: Vec<(usize, String)>,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, manner: Manner) -> Self {
        let findings = Findings::new(manner);
        Self { text, at: 0, places: Places::new(text), findings, doubts: Vec::new() }
    }

    fn document<T: Tree>(&mut self) -> Result<T, Stop> {
        let root = self.value(0)?;
        match self.peek() {
            None => Ok(root),
            Some(_) => Err((self.at, "something follows behind the value".to_owned())),
        }
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = bytes.get(self.at) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    fn mark<T: Tree>(&mut self, at: usize) -> Mark {
        if T::KNOWS_PLACES { self.places.mark(at) } else { Mark::default() }
    }

    fn doubt(&mut self, at: usize, message: impl Into<String>) {
        self.doubts.push((at, message.into()));
    }

    fn value<T: Tree>(&mut self, depth: usize) -> Result<T, Stop> {
        let next = self.peek();
        let start = self.at;
        if depth > MAX_DEPTH {
            return Err((
                start,
                format!("values are nested deeper than {MAX_DEPTH} levels, which is not read"),
            ));
        }
        let mark = self.mark::<T>(start);
        match next {
            Some(b'{') => self.object(depth, mark),
            Some(b'[') => self.list(depth, mark),
            Some(b'"') => Ok(T::scalar(Value::Text(self.string()?), mark)),
            Some(b't') => self.word("true", Value::Bool(true), mark),
            Some(b'f') => self.word("false", Value::Bool(false), mark),
            Some(b'n') => self.word("null", Value::Null, mark),
            Some(b'-' | b'0'..=b'9') => Ok(T::scalar(Value::Number(self.number()?), mark)),
            Some(_) => Err((start, "expected a value".to_owned())),
            None => Err((start, "the text ends too early".to_owned())),
        }
    }

    fn word<T: Tree>(&mut self, word: &str, value: Value, mark: Mark) -> Result<T, Stop> {
        if !self.text[self.at..].starts_with(word) {
            return Err((self.at, "expected a value".to_owned()));
        }
        self.at += word.len();
        Ok(T::scalar(value, mark))
    }

    fn string(&mut self) -> Result<String, Stop> {
        let start = self.at;
        let read = string::read(self.text, start + 1).map_err(|(at, why)| (at, why.to_owned()))?;
        self.at = read.end;
        if read.has_halves {
            self.doubt(start, "the text has half of a letter, which is read as U+FFFD");
        }
        Ok(read.text)
    }

    fn number(&mut self) -> Result<Number, Stop> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let is_part = |byte: &&u8| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
        self.at += bytes[start..].iter().take_while(is_part).count();
        let text = &self.text[start..self.at];
        text.parse().map_err(|_| (start, format!("`{text}` is no number")))
    }

    fn list<T: Tree>(&mut self, depth: usize, mark: Mark) -> Result<T, Stop> {
        self.at += 1;
        let mut items = Vec::new();
        if self.peek() != Some(b']') {
            loop {
                items.push(self.value(depth + 1)?);
                match self.peek() {
                    Some(b',') => self.at += 1,
                    Some(b']') => break,
                    _ => return Err((self.at, "expected `,` or `]`".to_owned())),
                }
            }
        }
        self.at += 1;
        items.shrink_to_fit();
        Ok(T::list(items, mark))
    }

    fn object<T: Tree>(&mut self, depth: usize, mark: Mark) -> Result<T, Stop> {
        self.at += 1;
        let mut members = Members::default();
        if self.peek() != Some(b'}') {
            loop {
                if self.peek() != Some(b'"') {
                    return Err((self.at, "expected a key in quotes".to_owned()));
                }
                let start = self.at;
                let mark = self.mark::<T>(start);
                let key = self.string()?;
                if self.peek() != Some(b':') {
                    return Err((self.at, "expected `:` behind the key".to_owned()));
                }
                self.at += 1;
                let value: T = self.value(depth + 1)?;
                if let Some(first) = members.insert(key, value, mark) {
                    self.double(start, mark, first);
                }
                match self.peek() {
                    Some(b',') => self.at += 1,
                    Some(b'}') => break,
                    _ => return Err((self.at, "expected `,` or `}`".to_owned())),
                }
            }
        }
        self.at += 1;
        Ok(T::map(members, mark))
    }

    /// Reports a key that has occurred before.
    fn double(&mut self, at: usize, mark: Mark, first: u32) {
        let key = string::read(self.text, at + 1).map(|key| key.text).unwrap_or_default();
        if self.findings.is_lenient() {
            self.doubt(
                at,
                format!("the key `{key}` stands twice in this object; the last one counts"),
            );
        } else {
            let message = format!(
                "the key `{key}` stands twice in this mapping, first in line {first}; keep one"
            );
            self.findings.error(mark.line, mark.column, message);
        }
    }
}

/// Computes lines and columns of positions in a text. Each computation continues from the last
/// position, so that many positions take no longer than one.
#[derive(Debug)]
pub(crate) struct Places<'t> {
    text: &'t str,
    at: usize,
    mark: Mark,
}

impl<'t> Places<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, at: 0, mark: Mark { line: 1, column: 1 } }
    }

    pub(crate) fn mark(&mut self, at: usize) -> Mark {
        if at < self.at {
            *self = Self::new(self.text);
        }
        let bytes = self.text.as_bytes();
        for byte in &bytes[self.at..at.min(bytes.len())] {
            match byte {
                b'\n' => self.mark = Mark { line: self.mark.line.saturating_add(1), column: 1 },
                // The other bytes of a character are not counted.
                0x80..=0xbf => {}
                _ => self.mark.column = self.mark.column.saturating_add(1),
            }
        }
        self.at = at.min(bytes.len());
        self.mark
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::Node;

    #[test]
    fn values_know_where_they_or_their_keys_stand() {
        let text = "{\n  \"ä\": [1, \"ü\", {\"b\": null}],\n  \"c\": -1.5e3\n}";
        let root = read::<Node>(text, Manner::Strict).unwrap().unwrap().root;
        let list = root.get("ä").unwrap();
        let place = |node: &Node| (node.line, node.column);
        assert_eq!(place(list), (2, 3));
        let items: Vec<_> = list.items().iter().map(place).collect();
        assert_eq!(items, [(2, 9), (2, 12), (2, 17)]);
        assert_eq!(place(root.at(&["c"]).unwrap()), (3, 3));
        assert_eq!(root.to_json().to_string(), r#"{"ä":[1,"ü",{"b":null}],"c":-1500.0}"#);
    }

    #[test]
    fn what_is_no_json_is_said_with_its_place() {
        for (text, expected) in [
            ("{\"a\": }", "1:7: error: not valid JSON: expected a value"),
            ("{\"a\" 1}", "1:6: error: not valid JSON: expected `:` behind the key"),
            ("{a: 1}", "1:2: error: not valid JSON: expected a key in quotes"),
            ("[1 2]", "1:4: error: not valid JSON: expected `,` or `]`"),
            ("[1,\n\"ä\" 2]", "2:5: error: not valid JSON: expected `,` or `]`"),
            ("[1] 2", "1:5: error: not valid JSON: something follows behind the value"),
            ("[1,", "1:4: error: not valid JSON: the text ends too early"),
            ("[01]", "1:2: error: not valid JSON: `01` is no number"),
            ("[tru]", "1:2: error: not valid JSON: expected a value"),
            ("[\"a", "1:4: error: not valid JSON: the text ends before its closing quote"),
        ] {
            let problem = read::<serde_json::Value>(text, Manner::Lenient).unwrap_err();
            assert_eq!(problem.to_string(), expected, "{text}");
        }
    }
}

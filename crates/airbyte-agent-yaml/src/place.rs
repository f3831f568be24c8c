//! Finds the positions of values in a text, by their JSON pointers. Readers do not store positions,
//! because few are needed; they are looked up when there is a message about a value.

use std::collections::HashMap;

use crate::json::{self, Places};
use crate::manner::Manner;
use crate::node::{Node, Value};
use crate::tree::Mark;
use crate::{string, yaml};

/// Lines and columns of the values to which these pointers lead, both counted from 1. For a member
/// of an object, it is the position of its key. If a pointer leads nowhere, it is that of the value
/// to which its longest valid prefix leads.
pub fn places(text: &str, pointers: &[&str]) -> Vec<(u32, u32)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut wanted: HashMap<&str, Mark> = HashMap::new();
    for pointer in pointers {
        let ends = pointer.match_indices('/').map(|(at, _)| &pointer[..at]);
        wanted.extend(ends.chain([*pointer]).map(|path| (path, Mark::default())));
    }
    let mut is_found = false;
    if json::looks_like(text) {
        let mut walk = Walk { text, at: 0, places: Places::new(text), wanted: &mut wanted };
        is_found = walk.value(&mut String::new(), None).is_some();
    }
    if !is_found && let Ok(document) = yaml::read::<Node>(text, Manner::Lenient, "a document") {
        nodes(&document.root, &mut String::new(), &mut wanted);
    }
    let place = |pointer: &&str| {
        let mut path: &str = pointer;
        loop {
            match (wanted.get(path), path.rfind('/')) {
                (Some(mark), _) if mark.line > 0 => return (mark.line, mark.column),
                (_, Some(at)) => path = &path[..at],
                _ => return (1, 1),
            }
        }
    };
    pointers.iter().map(place).collect()
}

/// Adds a name to a pointer.
fn push(path: &mut String, name: &str) {
    path.push('/');
    path.push_str(&name.replace('~', "~0").replace('/', "~1"));
}

fn note(wanted: &mut HashMap<&str, Mark>, path: &str, mark: impl FnOnce() -> Mark) {
    if let Some(place) = wanted.get_mut(path) {
        *place = mark();
    }
}

fn nodes(node: &Node, path: &mut String, wanted: &mut HashMap<&str, Mark>) {
    note(wanted, path, || Mark { line: node.line, column: node.column });
    if !wanted.contains_key(path.as_str()) {
        return;
    }
    let length = path.len();
    let mut step = |name: &str, child: &Node| {
        push(path, name);
        nodes(child, path, wanted);
        path.truncate(length);
    };
    match &node.value {
        Value::Map(members) => members.iter().for_each(|(key, child)| step(key, child)),
        Value::List(items) => {
            items.iter().enumerate().for_each(|(index, child)| step(&index.to_string(), child));
        }
        _ => {}
    }
}

/// Reads through JSON without building values.
struct Walk<'t, 'w, 'p> {
    text: &'t str,
    at: usize,
    places: Places<'t>,
    wanted: &'w mut HashMap<&'p str, Mark>,
}

impl Walk<'_, '_, '_> {
    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = bytes.get(self.at) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    /// Reads through a value; `key` is the position of its key. Returns `None` if the text is not
    /// JSON.
    fn value(&mut self, path: &mut String, key: Option<usize>) -> Option<()> {
        let next = self.peek()?;
        if !self.wanted.contains_key(path.as_str()) {
            return self.skip();
        }
        let mark = self.places.mark(key.unwrap_or(self.at));
        note(self.wanted, path, || mark);
        let length = path.len();
        let (is_map, end) = match next {
            b'{' => (true, b'}'),
            b'[' => (false, b']'),
            _ => return self.skip(),
        };
        self.at += 1;
        let mut index = 0_usize;
        while self.peek()? != end {
            let mut start = None;
            if is_map {
                start = Some(self.at);
                if self.peek()? != b'"' {
                    return None;
                }
                let key = string::read(self.text, self.at + 1).ok()?;
                self.at = key.end;
                push(path, &key.text);
                (self.peek()? == b':').then(|| self.at += 1)?;
            } else {
                push(path, &index.to_string());
                index += 1;
            }
            self.value(path, start)?;
            path.truncate(length);
            match self.peek()? {
                b',' => self.at += 1,
                other if other == end => {}
                _ => return None,
            }
        }
        self.at += 1;
        Some(())
    }

    /// Skips a value to which no pointer leads.
    fn skip(&mut self) -> Option<()> {
        let bytes = self.text.as_bytes();
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => self.at = string::end(bytes, self.at + 1).ok()?.0 + 1,
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                b',' | b':' => {
                    self.at += 1;
                    continue;
                }
                _ => {
                    let is_word =
                        |byte: &&u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
                    match bytes[self.at..].iter().take_while(is_word).count() {
                        0 => return None,
                        length => self.at += length,
                    }
                }
            }
            if depth == 0 {
                return Some(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_in_both_forms() {
        let json = "{\"a\": {\"x\": [1, {\"b/c\": \"\\\"}\"}, 3]},\n \"d\": true, \"e\": [[], {}]}";
        let yaml = "a:\n  x:\n    - 1\n    - b/c: 2\n    - 3\nd: true\ne: [[], {}]";
        let pointers = ["", "/a/x/1/b~1c", "/a/x/2", "/d", "/e/1", "/e/7/none", "/none"];
        let expected = [(1, 1), (1, 18), (1, 33), (2, 2), (2, 23), (2, 13), (1, 1)];
        assert_eq!(places(json, &pointers), expected);
        let expected = [(1, 1), (4, 7), (5, 7), (6, 1), (7, 9), (7, 1), (1, 1)];
        assert_eq!(places(yaml, &pointers), expected);
        // A mixture of both: YAML that begins like JSON.
        assert_eq!(places("{a: {\nb: 1}}", &["/a/b"]), [(2, 1)]);
        assert_eq!(places("{\"a\": ", &["/a"]), [(1, 1)]);
    }
}

//! Finds the place in a JSON document that a line and a column of its text belong to.
//!
//! Errors of a decoder that reads in one pass name a position in the text, but people look for a
//! place in the document. The place is found after an error, so that decoding itself becomes no
//! slower.

/// The path of the value at `line` and `column` (both counted from one), for example
/// `$.users[37].id`.
pub(super) fn path_at(text: &[u8], line: usize, column: usize) -> String {
    let end = offset(text, line, column);
    let mut open: Vec<Level> = Vec::new();
    let mut index = 0;
    while index < end {
        match text[index] {
            b'{' => open.push(Level::Object { key: None, awaits_key: true }),
            b'[' => open.push(Level::Array(0)),
            // A closing bracket or brace still belongs to the value that it closes.
            b'}' | b']' if index + 1 < end => {
                open.pop();
            }
            b',' => match open.last_mut() {
                Some(Level::Array(position)) => *position += 1,
                Some(Level::Object { awaits_key, .. }) => *awaits_key = true,
                None => {}
            },
            b'"' => {
                let close = closing_quote(text, index);
                if let Some(Level::Object { key, awaits_key: awaits @ true }) = open.last_mut() {
                    // If a text breaks off behind its quotation mark, there is no name.
                    let name = text.get(index + 1..close).unwrap_or_default();
                    *key = Some(String::from_utf8_lossy(name).into_owned());
                    *awaits = false;
                }
                index = close;
            }
            _ => {}
        }
        index += 1;
    }
    let mut path = "$".to_owned();
    for level in open {
        match level {
            Level::Array(position) => path.push_str(&format!("[{position}]")),
            Level::Object { key: Some(key), .. } => path.push_str(&format!(".{key}")),
            Level::Object { key: None, .. } => {}
        }
    }
    path
}

enum Level {
    Object { key: Option<String>, awaits_key: bool },
    Array(usize),
}

fn offset(text: &[u8], line: usize, column: usize) -> usize {
    let mut start = 0;
    for _ in 1..line {
        match text[start..].iter().position(|byte| *byte == b'\n') {
            Some(found) => start += found + 1,
            None => break,
        }
    }
    (start + column).min(text.len())
}

/// Index of the quotation mark that ends the string that begins at `start`.
fn closing_quote(text: &[u8], start: usize) -> usize {
    let mut index = start + 1;
    while index < text.len() {
        match text[index] {
            b'\\' => index += 1,
            b'"' => return index,
            _ => {}
        }
        index += 1;
    }
    text.len().saturating_sub(1).max(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_breaks_off_has_a_place_as_well() {
        for (text, expected) in
            [("{\"", "$."), ("[{\"", "$[0]."), ("{\"a\":\"", "$.a"), ("\"", "$")]
        {
            assert_eq!(path_at(text.as_bytes(), 1, text.len()), expected, "{text}");
        }
    }

    #[test]
    fn the_place_of_a_wrong_type_is_named() {
        #[derive(Debug, serde::Deserialize)]
        #[allow(dead_code)]
        struct User {
            id: i64,
        }
        #[derive(Debug, serde::Deserialize)]
        #[allow(dead_code)]
        struct Users {
            users: Vec<User>,
        }
        for (text, expected) in [
            (r#"{"users": [{"id": 1}, {"id": {"no": 1}}]}"#, "$.users[1].id"),
            (r#"{"x,\"]": [1, 2], "users": [{"a": [[], {}], "id": "x"}]}"#, "$.users[0].id"),
            ("{\n \"users\": [\n  {\"id\": 1},\n  {\"id\": []}\n]}", "$.users[1].id"),
            (r#"{"users": {"id": 1}}"#, "$.users"),
        ] {
            let error = serde_json::from_str::<Users>(text).unwrap_err();
            let path = path_at(text.as_bytes(), error.line(), error.column());
            assert!(path.starts_with(expected), "{text}: {path}");
        }
    }
}

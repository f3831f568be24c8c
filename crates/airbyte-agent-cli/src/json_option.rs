//! Options that take a JSON object, either directly, from a file or from standard input.

use std::fs::File;
use std::io::{self, Read as _};

use airbyte_agent_core::Error;
use serde_json::{Map, Value};

use crate::failure::{usage_error, validation_error};

/// The most bytes of a file that are read.
const LARGEST_FILE: u64 = 64 * 1024 * 1024;

/// Parses the JSON object of an option: the text itself, or the content of the file that is named
/// after `@`, or standard input for `-`.
///
/// The message of an error says at which line and column the text stops being JSON. It never
/// repeats any of the text, which may contain a credential.
pub(crate) fn parse_json_object(
    option: &str,
    text: &str,
    example: &str,
) -> Result<Map<String, Value>, Error> {
    parse_checked_object(option, text, example, |_| Ok(()))
}

/// The same, if this has nothing against the text.
pub(crate) fn parse_checked_object(
    option: &str,
    text: &str,
    example: &str,
    check: impl Fn(&str) -> Result<(), Error>,
) -> Result<Map<String, Value>, Error> {
    let file = if text == "-" { Some("-") } else { text.strip_prefix('@') };
    let (text, source) = match file {
        None => (text.to_owned(), String::new()),
        Some(path) => {
            let content = read_text(path)
                .map_err(|error| usage_error(format!("{option}: cannot read {path}: {error}")))?;
            (content, format!(" in {path}"))
        }
    };
    let text = text.trim_start_matches('\u{feff}');
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => check(text).map(|()| members),
        Ok(other) => Err(validation_error(format!(
            "{option}{source} must be a JSON object such as {example}, got {}",
            json_type(&other)
        ))),
        Err(error) => Err(usage_error(format!(
            "{option}{source} is not JSON: {error}; expected an object such as {example}"
        ))),
    }
}

/// Reads the text of a file, which may be a device that never ends. `-` is standard input.
fn read_text(path: &str) -> io::Result<String> {
    let mut text = String::new();
    // One byte more than allowed shows that the file is too long.
    let opened: Box<dyn io::Read> =
        if path == "-" { Box::new(io::stdin()) } else { Box::new(File::open(path)?) };
    let mut file = opened.take(LARGEST_FILE + 1);
    let read = file.read_to_string(&mut text);
    if file.limit() == 0 {
        let message = format!("it is longer than {} MiB", LARGEST_FILE / (1024 * 1024));
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    read.map(|_| text)
}

fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_say_where_and_repeat_nothing() {
        for (text, kind, part) in [
            (r#"{"token": "s3cret"#, "usage", "line 1 column 17"),
            (r#"{"token": s3cret}"#, "usage", "line 1 column 11"),
            (r#"{"token" "s3cret"}"#, "usage", "expected `:` at line 1 column 10"),
            ("s3cret", "usage", "line 1 column 1"),
            ("", "usage", "line 1 column 0"),
            (r#"["s3cret"]"#, "validation", "got an array"),
            (r#""s3cret""#, "validation", "got a string"),
        ] {
            let error = parse_json_object("--credentials", text, r#"{"token": "…"}"#).unwrap_err();
            let message = error.to_string();
            assert_eq!(error.kind().as_str(), kind, "{text}");
            assert!(message.contains(part), "{text}: {message}");
            assert!(message.contains("--credentials") && !message.contains("s3cret"), "{message}");
        }
    }

    #[test]
    fn files_are_read() {
        let error = parse_json_object("--params", "@/no/such/file", "{}").unwrap_err();
        assert!(error.to_string().contains("--params: cannot read /no/such/file"), "{error}");
    }
}

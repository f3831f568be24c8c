//! Files of environment variables: lines of `NAME=value`, as `.env` holds them.
//!
//! Somebody else may have written such a file, so nothing in it is substituted: `$NAME` and
//! `${NAME}` stay these characters. That is why no library is used here: those that read such files
//! replace variables. This module knows no variable and does not read the environment.
//!
//! ```text
//! # a comment
//! export NAME=value        # another comment, after a blank
//! NAME='taken literally, also over
//! several lines'
//! NAME="with \n, \r, \", \\ and \$"
//! ```

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

/// Size in bytes of the longest file that is read.
const LARGEST_FILE: u64 = 64 * 1024;

/// The content of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Parsed {
    /// The variables. If a name occurs several times, its last line counts.
    pub(crate) variables: BTreeMap<String, String>,
    /// Lines that cannot be understood: their numbers, and the names that they begin with, which
    /// may be empty.
    pub(crate) unreadable: Vec<(usize, String)>,
}

/// Reads a file. Returns `None` where there is no regular file.
///
/// # Errors
///
/// Says why the file cannot be read, and repeats none of its content.
pub(crate) fn read_file(path: &Path) -> Result<Option<String>, String> {
    // Reading a pipe or a device might never end.
    if !path.is_file() {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| {
        // One more byte shows that the file is too long.
        file.take(LARGEST_FILE + 1).read_to_end(&mut bytes)
    });
    read.map_err(|error| format!("cannot be read: {error}"))?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(format!("is not read: it is larger than {} KiB", LARGEST_FILE / 1024));
    }
    let text = String::from_utf8(bytes).map_err(|_| "is not read: it is not UTF-8".to_owned())?;
    Ok(Some(text))
}

/// Parses the text of a file. Lines that assign no variable are skipped, because the file may be
/// meant for other programs, too.
pub(crate) fn parse_variables(text: &str) -> Parsed {
    let mut parsed = Parsed::default();
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut line = 1;
    while !rest.is_empty() {
        let line_end = rest.find('\n').map_or(rest.len(), |end| end + 1);
        let end = match parse_assignment(rest, &rest[..line_end]) {
            Line::Blank => line_end,
            Line::Unreadable(name) => {
                parsed.unreadable.push((line, name.to_owned()));
                line_end
            }
            Line::Variable(name, value, end) => {
                parsed.variables.insert(name.to_owned(), value);
                end
            }
        };
        line += rest[..end].matches('\n').count();
        rest = &rest[end..];
    }
    parsed
}

/// What a text begins with.
enum Line<'t> {
    /// An empty line or a comment.
    Blank,
    /// A line that assigns no variable, and the name that it begins with.
    Unreadable(&'t str),
    /// The name of a variable, its value, and the offset at which the text continues.
    Variable(&'t str, String, usize),
}

/// Parses the assignment at the beginning of `text`, whose first line is `line`.
fn parse_assignment<'t>(text: &'t str, line: &'t str) -> Line<'t> {
    let offset_of = |part: &str| text.len() - part.len();
    let statement = line.trim_start();
    if statement.is_empty() || statement.starts_with('#') {
        return Line::Blank;
    }
    let exported = statement.strip_prefix("export").filter(|rest| rest.starts_with([' ', '\t']));
    let statement = exported.map_or(statement, str::trim_start);
    let is_name_character =
        |character: char| character.is_ascii_alphanumeric() || character == '_' || character == '.';
    let after_name = statement.trim_start_matches(is_name_character);
    let name = &statement[..statement.len() - after_name.len()];
    let Some(value) = after_name.trim_start_matches([' ', '\t']).strip_prefix('=') else {
        return Line::Unreadable(name);
    };
    if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
        return Line::Unreadable(name);
    }
    let trimmed = value.trim_start_matches([' ', '\t']);
    let at = line.len() - trimmed.len();
    let quoted = match trimmed.chars().next() {
        Some('\'') => single_quoted_value(&text[at + 1..]),
        Some('"') => double_quoted_value(&text[at + 1..]),
        _ => return Line::Variable(name, unquoted_value(value), line.len()),
    };
    // Only a comment may follow the closing quote.
    let Some((value, rest)) = quoted else { return Line::Unreadable(name) };
    let end = rest.find('\n').map_or(rest.len(), |end| end + 1);
    let remainder = rest[..end].trim();
    if remainder.is_empty() || remainder.starts_with('#') {
        Line::Variable(name, value, offset_of(&rest[end..]))
    } else {
        Line::Unreadable(name)
    }
}

/// A value without quotes: the text before a comment, without the blanks around it.
fn unquoted_value(text: &str) -> String {
    let comment = [" #", "\t#"].iter().filter_map(|mark| text.find(mark)).min();
    text[..comment.unwrap_or(text.len())].trim().to_owned()
}

/// The text before the closing single quote, and the text after it.
fn single_quoted_value(text: &str) -> Option<(String, &str)> {
    text.split_once('\'').map(|(value, rest)| (value.to_owned(), rest))
}

/// The text before the closing double quote, with its escapes resolved, and the text after it. A
/// backslash that begins no escape stays a backslash.
fn double_quoted_value(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => match characters.next()?.1 {
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                plain @ ('"' | '\\' | '$') => value.push(plain),
                other => value.extend(['\\', other]),
            },
            _ => value.push(character),
        }
    }
    None
}

/// Writes a value so that this program reads it back unchanged, and so do programs that replace
/// `$NAME`.
pub(crate) fn quote_value(value: &str) -> String {
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "-_.:/@+=".contains(character);
    if !value.is_empty() && value.chars().all(is_plain) {
        return value.to_owned();
    }
    let mut out = String::from("\"");
    for character in value.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '"' | '\\' | '$' => out.extend(['\\', character]),
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Option<String> {
        parse_variables(text).variables.remove("A")
    }

    #[test]
    fn values_are_read_as_they_stand() {
        for (text, expected) in [
            ("A=1", "1"),
            ("A=1\r\n", "1"),
            ("\u{feff}A=1", "1"),
            ("  A = 1  ", "1"),
            ("export A=1", "1"),
            ("export\tA=1", "1"),
            ("A=", ""),
            ("A=a b", "a b"),
            ("A=a=b==", "a=b=="),
            ("A=1 # comment", "1"),
            ("A=1\t# comment", "1"),
            ("A=a#b", "a#b"),
            ("A=#b", "#b"),
            ("A= # nothing", ""),
            ("A='a b' # comment", "a b"),
            ("A='a\"b\\n#'", "a\"b\\n#"),
            ("A='two\nlines'", "two\nlines"),
            ("A=\"a'b\" ", "a'b"),
            (r#"A="a\"b\\c\nd\re""#, "a\"b\\c\nd\re"),
            (r#"A="C:\temp""#, r"C:\temp"),
            ("A=\"-----BEGIN\nkey\n-----END\"\nB=2", "-----BEGIN\nkey\n-----END"),
            (r"A=C:\new", r"C:\new"),
            ("A=it's", "it's"),
            ("A=1\nA=2", "2"),
        ] {
            assert_eq!(one(text).as_deref(), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn nothing_stands_for_anything_else() {
        for value in ["${PATH}", "$PATH", "a${HOME}b$HOME", "$(id)", "`id`", "${A}${A}", "%PATH%"] {
            for text in [format!("A={value}"), format!("A='{value}'"), format!("A=\"{value}\"")] {
                assert_eq!(one(&format!("B=b\n{text}")).as_deref(), Some(value), "{text}");
            }
        }
        assert_eq!(one(r#"A="\${PATH}\$B""#).as_deref(), Some("${PATH}$B"));
        // What doubles with each line stays as long as its line.
        let doubling: String =
            (0..64).map(|n| format!("V{}=${{V{n}}}${{V{n}}}\n", n + 1)).collect();
        let parsed = parse_variables(&doubling);
        assert!(parsed.variables.values().all(|value| value.len() < 16), "{parsed:?}");
    }

    #[test]
    fn what_is_no_variable_is_passed_over_and_known() {
        let text = "# A=0\n\nnonsense in between\nA: 1\nexport A\n1A=1\n=1\nA='not closed\nB=2\n\
                    A=\"x\"y\nC='two\nlines' D=1\nE=\"not closed \\\"\n-A=1\nF='two\nlines'\nG\nH=3";
        let parsed = parse_variables(text);
        let names: Vec<&str> = parsed.variables.keys().map(String::as_str).collect();
        assert_eq!(names, ["B", "F", "H"], "{parsed:?}");
        let unreadable: Vec<(usize, &str)> =
            parsed.unreadable.iter().map(|(line, name)| (*line, name.as_str())).collect();
        assert_eq!(unreadable[..5], [(3, "nonsense"), (4, "A"), (5, "A"), (6, "1A"), (7, "")]);
        assert_eq!(unreadable.last(), Some(&(17, "G")));
        assert_eq!(parse_variables(""), Parsed::default());
    }

    #[test]
    fn values_come_back_as_they_went() {
        for value in [
            "plain-1",
            "a b",
            "it's",
            "a\"b\\c$d#e",
            "two\nlines",
            "a\r\nb",
            "",
            "${A}",
            "\\$",
            "\\",
        ] {
            let line = format!("A={}\nB=1", quote_value(value));
            assert_eq!(one(&line).as_deref(), Some(value), "{line}");
            assert_eq!(parse_variables(&line).variables.len(), 2, "{line}");
        }
    }

    #[test]
    fn files_that_are_too_long_or_no_text_are_not_read() {
        let folder = std::env::temp_dir().join(format!("dotenv-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(".env");
        assert_eq!(read_file(&path), Ok(None));
        assert_eq!(read_file(&folder), Ok(None));
        assert_eq!(read_file(Path::new("/dev/zero")), Ok(None));
        let fits = "A".repeat(64 * 1024);
        std::fs::write(&path, &fits).unwrap();
        assert_eq!(read_file(&path), Ok(Some(fits.clone())));
        std::fs::write(&path, fits + "A").unwrap();
        assert!(read_file(&path).unwrap_err().contains("larger than 64 KiB"));
        std::fs::write(&path, b"A=\xff").unwrap();
        assert!(read_file(&path).unwrap_err().contains("UTF-8"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}

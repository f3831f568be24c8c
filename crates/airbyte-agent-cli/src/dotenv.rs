//! Files of environment variables: lines of `NAME=value`, as `.env` holds them.
//!
//! Such a file may be anybody's, so nothing in it stands for something else: `$NAME` and `${NAME}`
//! are these characters. Knows no variable and does not look at the environment.
//!
//! ```text
//! # a comment
//! export NAME=value        # another one, behind a blank
//! NAME='as it is, over
//! several lines too'
//! NAME="with \n, \r, \", \\ and \$"
//! ```

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

/// Longest file that is read.
const LARGEST: u64 = 64 * 1024;

/// What a file says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Parsed {
    /// The variables; of several lines of one name the last counts.
    pub(crate) variables: BTreeMap<String, String>,
    /// Lines that say nothing: where they are, and the name they begin with, if any.
    pub(crate) unreadable: Vec<(usize, String)>,
}

/// The text of a file; none where there is no file.
///
/// # Errors
///
/// Why it cannot be read, without any of it.
pub(crate) fn text(path: &Path) -> Result<Option<String>, String> {
    // A pipe or a device might never end, or never begin.
    if !path.is_file() {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| {
        // One byte more tells that it is too long.
        file.take(LARGEST + 1).read_to_end(&mut bytes)
    });
    read.map_err(|error| format!("cannot be read: {error}"))?;
    if bytes.len() as u64 > LARGEST {
        return Err(format!("is not read: it is larger than {} KiB", LARGEST / 1024));
    }
    let text = String::from_utf8(bytes).map_err(|_| "is not read: it is not UTF-8".to_owned())?;
    Ok(Some(text))
}

/// Reads the text of a file. What is no line of a variable is passed over: the file may serve
/// other programs.
pub(crate) fn parse(text: &str) -> Parsed {
    let mut parsed = Parsed::default();
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut line = 1;
    while !rest.is_empty() {
        let behind_line = rest.find('\n').map_or(rest.len(), |end| end + 1);
        let end = match assignment(rest, &rest[..behind_line]) {
            Line::Nothing => behind_line,
            Line::Unreadable(name) => {
                parsed.unreadable.push((line, name.to_owned()));
                behind_line
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

/// What stands at the beginning of a text.
enum Line<'t> {
    /// Nothing, or a comment.
    Nothing,
    /// No variable, though it begins with this name.
    Unreadable(&'t str),
    /// A variable, its value, and where the text goes on.
    Variable(&'t str, String, usize),
}

/// Reads the variable at the beginning of `text`, whose first line is `line`.
fn assignment<'t>(text: &'t str, line: &'t str) -> Line<'t> {
    let begins = |part: &str| text.len() - part.len();
    let statement = line.trim_start();
    if statement.is_empty() || statement.starts_with('#') {
        return Line::Nothing;
    }
    let exported = statement.strip_prefix("export").filter(|rest| rest.starts_with([' ', '\t']));
    let statement = exported.map_or(statement, str::trim_start);
    let of_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '.';
    let behind = statement.trim_start_matches(of_name);
    let name = &statement[..statement.len() - behind.len()];
    let Some(value) = behind.trim_start_matches([' ', '\t']).strip_prefix('=') else {
        return Line::Unreadable(name);
    };
    if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
        return Line::Unreadable(name);
    }
    let trimmed = value.trim_start_matches([' ', '\t']);
    let at = line.len() - trimmed.len();
    let quoted = match trimmed.chars().next() {
        Some('\'') => literal(&text[at + 1..]),
        Some('"') => escaped(&text[at + 1..]),
        _ => return Line::Variable(name, bare(value), line.len()),
    };
    // Nothing but a comment may stand behind the closing quote.
    let Some((value, rest)) = quoted else { return Line::Unreadable(name) };
    let end = rest.find('\n').map_or(rest.len(), |end| end + 1);
    let left = rest[..end].trim();
    if left.is_empty() || left.starts_with('#') {
        Line::Variable(name, value, begins(&rest[end..]))
    } else {
        Line::Unreadable(name)
    }
}

/// A value without quotes: up to a comment, without the blanks around it.
fn bare(text: &str) -> String {
    let comment = [" #", "\t#"].iter().filter_map(|mark| text.find(mark)).min();
    text[..comment.unwrap_or(text.len())].trim().to_owned()
}

/// What stands before the closing single quote, and what behind it.
fn literal(text: &str) -> Option<(String, &str)> {
    text.split_once('\'').map(|(value, rest)| (value.to_owned(), rest))
}

/// What stands before the closing double quote, and what behind it. A backslash that means nothing
/// special is one.
fn escaped(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => match letters.next()?.1 {
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                plain @ ('"' | '\\' | '$') => value.push(plain),
                other => value.extend(['\\', other]),
            },
            _ => value.push(letter),
        }
    }
    None
}

/// The value as such files write it, for this program and for those that replace `$NAME`.
pub(crate) fn quoted(value: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.:/@+=".contains(letter);
    if !value.is_empty() && value.chars().all(is_plain) {
        return value.to_owned();
    }
    let mut out = String::from("\"");
    for letter in value.chars() {
        match letter {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '"' | '\\' | '$' => out.extend(['\\', letter]),
            _ => out.push(letter),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Option<String> {
        parse(text).variables.remove("A")
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
        let parsed = parse(&doubling);
        assert!(parsed.variables.values().all(|value| value.len() < 16), "{parsed:?}");
    }

    #[test]
    fn what_is_no_variable_is_passed_over_and_known() {
        let text = "# A=0\n\nnonsense in between\nA: 1\nexport A\n1A=1\n=1\nA='not closed\nB=2\n\
                    A=\"x\"y\nC='two\nlines' D=1\nE=\"not closed \\\"\n-A=1\nF='two\nlines'\nG\nH=3";
        let parsed = parse(text);
        let names: Vec<&str> = parsed.variables.keys().map(String::as_str).collect();
        assert_eq!(names, ["B", "F", "H"], "{parsed:?}");
        let unreadable: Vec<(usize, &str)> =
            parsed.unreadable.iter().map(|(line, name)| (*line, name.as_str())).collect();
        assert_eq!(unreadable[..5], [(3, "nonsense"), (4, "A"), (5, "A"), (6, "1A"), (7, "")]);
        assert_eq!(unreadable.last(), Some(&(17, "G")));
        assert_eq!(parse(""), Parsed::default());
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
            let line = format!("A={}\nB=1", quoted(value));
            assert_eq!(one(&line).as_deref(), Some(value), "{line}");
            assert_eq!(parse(&line).variables.len(), 2, "{line}");
        }
    }

    #[test]
    fn files_that_are_too_long_or_no_text_are_not_read() {
        let folder = std::env::temp_dir().join(format!("dotenv-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(".env");
        assert_eq!(text(&path), Ok(None));
        assert_eq!(text(&folder), Ok(None));
        assert_eq!(text(Path::new("/dev/zero")), Ok(None));
        let fits = "A".repeat(64 * 1024);
        std::fs::write(&path, &fits).unwrap();
        assert_eq!(text(&path), Ok(Some(fits.clone())));
        std::fs::write(&path, fits + "A").unwrap();
        assert!(text(&path).unwrap_err().contains("larger than 64 KiB"));
        std::fs::write(&path, b"A=\xff").unwrap();
        assert!(text(&path).unwrap_err().contains("UTF-8"));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}

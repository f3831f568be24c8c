//! Makes a text that a regular expression matches, for sample arguments. It reads the part of regular expressions that
//! documents of APIs use: characters, classes, groups with alternatives, and repetitions. What it makes of the rest may
//! not match, so that whoever asks for a text compares it with the pattern.

use std::iter::Peekable;
use std::str::Chars;

/// The longest text that is made: a pattern may ask for millions of characters.
const LONGEST: usize = 4096;

/// The deepest group that is read.
const DEEPEST: usize = 20;

/// The shortest text that a pattern matches, as far as it is understood; `None` if it is not.
pub(crate) fn text(pattern: &str) -> Option<String> {
    let mut rest = pattern.chars().peekable();
    let made = alternatives(&mut rest, 0)?;
    rest.next().is_none().then_some(made)
}

/// The text of the first alternative; the others are read and left out.
fn alternatives(rest: &mut Peekable<Chars<'_>>, depth: usize) -> Option<String> {
    let first = sequence(rest, depth)?;
    while rest.next_if_eq(&'|').is_some() {
        sequence(rest, depth)?;
    }
    Some(first)
}

fn sequence(rest: &mut Peekable<Chars<'_>>, depth: usize) -> Option<String> {
    let mut made = String::new();
    while let Some(next) = rest.next_if(|next| !matches!(next, '|' | ')')) {
        let piece = match next {
            '^' | '$' => continue,
            '(' => group(rest, depth)?,
            '[' => class(rest)?.to_string(),
            '\\' => escaped(rest.next()?).map(String::from).unwrap_or_default(),
            '.' => "a".to_owned(),
            plain => plain.to_string(),
        };
        let times = repetition(rest)?;
        if made.len() + piece.len().saturating_mul(times) > LONGEST {
            return None;
        }
        made.push_str(&piece.repeat(times));
    }
    Some(made)
}

fn group(rest: &mut Peekable<Chars<'_>>, depth: usize) -> Option<String> {
    if depth >= DEEPEST {
        return None;
    }
    if rest.next_if_eq(&'?').is_some() {
        // Only groups without a name are read; what looks around a place is understood by no part of this project.
        rest.next_if_eq(&':')?;
    }
    let made = alternatives(rest, depth + 1)?;
    rest.next_if_eq(&')')?;
    Some(made)
}

/// One character of a class such as `[0-9a-f]` or `[^/]`.
fn class(rest: &mut Peekable<Chars<'_>>) -> Option<char> {
    let is_excluding = rest.next_if_eq(&'^').is_some();
    let mut ranges: Vec<(char, char)> = Vec::new();
    loop {
        let next = match rest.next()? {
            ']' if !ranges.is_empty() => break,
            '\\' => escaped(rest.next()?)?,
            plain => plain,
        };
        let mut behind = rest.clone();
        let is_range = behind.next() == Some('-') && behind.next().is_some_and(|end| end != ']');
        if is_range {
            rest.next();
            let end = match rest.next()? {
                '\\' => escaped(rest.next()?)?,
                plain => plain,
            };
            ranges.push((next, end));
        } else {
            ranges.push((next, next));
        }
    }
    let is_in =
        |candidate: char| ranges.iter().any(|(from, to)| (*from..=*to).contains(&candidate));
    let usual = "a1A_-. /@:+".chars();
    if is_excluding {
        return usual.into_iter().find(|candidate| !is_in(*candidate));
    }
    usual
        .into_iter()
        .find(|candidate| is_in(*candidate))
        .or_else(|| ranges.first().map(|(from, _)| *from))
}

/// The character that an escape stands for; none for a place, such as the boundary of a word.
fn escaped(letter: char) -> Option<char> {
    Some(match letter {
        'd' => '1',
        'w' | 'S' | 'D' => 'a',
        's' | 'W' => ' ',
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' | 'B' | 'A' | 'z' => return None,
        other => other,
    })
}

/// How often a piece is repeated at least, and once where it may be missing: `?` and `*` are read as once, so that the
/// text is not empty.
fn repetition(rest: &mut Peekable<Chars<'_>>) -> Option<usize> {
    let times = match rest.peek() {
        Some('?' | '*' | '+') => {
            rest.next();
            1
        }
        Some('{') => {
            rest.next();
            let inside: String = std::iter::from_fn(|| rest.next_if(|next| *next != '}')).collect();
            rest.next_if_eq(&'}')?;
            let (least, most) = inside.split_once(',').unwrap_or((&inside, &inside));
            let least: usize = if least.is_empty() { 0 } else { least.trim().parse().ok()? };
            if least == 0 && most.trim() != "0" { 1 } else { least }
        }
        _ => return Some(1),
    };
    // Behind a repetition, a question mark says only how a text is searched.
    rest.next_if_eq(&'?');
    Some(times)
}

#[cfg(test)]
mod tests {
    use airbyte_agent_description::TextRule;
    use serde_json::Value;

    use super::*;

    #[test]
    fn texts_match_their_patterns() {
        for pattern in [
            "^[0-9a-fA-F]{24}$",
            r"^\d{4}-\d{2}$",
            "^(gte|lt)\\|",
            "^[a-z][a-z0-9-]{2,62}$",
            r"^\w+([.-]?\w+)*@\w+\.com$",
            "^[^/]+/[^/]+$",
            "^(?:usr|org)_[A-Za-z0-9]{8,}$",
            "^[A-Z]{2}$",
            r"[\w\-]+",
            "^https?://.*$",
            "^$|^a$",
        ] {
            let text = text(pattern).unwrap_or_default();
            let rule = TextRule::pattern(pattern.to_owned());
            let problem = rule.and_then(|rule| rule.problem(&Value::from(text.clone())));
            assert_eq!(problem, None, "{pattern}: {text}");
        }
    }

    #[test]
    fn what_is_not_understood_or_too_long_has_no_text() {
        for pattern in ["a{99999}", "(?=a)b", "(a", "[a", "a{x}", "a)"] {
            assert_eq!(text(pattern), None, "{pattern}");
        }
    }
}

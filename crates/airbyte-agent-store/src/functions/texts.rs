//! Functions on texts that other dialects have.

use regex_lite::Regex;
use rusqlite::Connection;
use rusqlite::functions::Context;
use rusqlite::types::{Value, ValueRef};

use super::{BoxError, PURE, failed};

pub(super) fn register(connection: &Connection) -> rusqlite::Result<()> {
    for count in [2, 3] {
        // The operator ILIKE, which reaches SQLite as MATCH: pattern, text, escape.
        connection.create_scalar_function("match", count, PURE, |context| ilike(context))?;
    }
    connection.create_scalar_function("regexp", 2, PURE, |context| is_match(context, 0, 1))?;
    connection.create_scalar_function("regexp_matches", 2, PURE, |context| is_match(context, 1, 0))?;
    connection.create_scalar_function("regexp_replace", 3, PURE, |context| {
        let (Some(value), Some(new)) = (text(context, 0), text(context, 2)) else { return Ok(None) };
        let regex = regex(context, 1)?;
        Ok(Some(regex.replace_all(&value, new.as_str()).into_owned()))
    })?;
    connection.create_scalar_function("split_part", 3, PURE, |context| split_part(context))?;
    connection.create_scalar_function("left", 2, PURE, |context| Ok(side(context, true)))?;
    connection.create_scalar_function("right", 2, PURE, |context| Ok(side(context, false)))?;
    connection.create_scalar_function("reverse", 1, PURE, |context| {
        Ok(text(context, 0).map(|text| text.chars().rev().collect::<String>()))
    })?;
    for (name, test) in TESTS {
        connection.create_scalar_function(name, 2, PURE, move |context| {
            let (Some(value), Some(part)) = (text(context, 0), text(context, 1)) else { return Ok(None) };
            Ok(Some(test(&value, &part)))
        })?;
    }
    // Those of SQLite know only ASCII.
    connection.create_scalar_function("lower", 1, PURE, |context| {
        Ok(text(context, 0).map(|text| text.to_lowercase()))
    })?;
    connection.create_scalar_function("upper", 1, PURE, |context| {
        Ok(text(context, 0).map(|text| text.to_uppercase()))
    })
}

type Test = fn(&str, &str) -> bool;

const TESTS: [(&str, Test); 5] = [
    ("contains", |value, part| value.contains(part)),
    ("starts_with", |value, part| value.starts_with(part)),
    ("startswith", |value, part| value.starts_with(part)),
    ("ends_with", |value, part| value.ends_with(part)),
    ("endswith", |value, part| value.ends_with(part)),
];

/// The text of an argument; numbers are written out, and null has none.
pub(super) fn text(context: &Context<'_>, index: usize) -> Option<String> {
    match context.get_raw(index) {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            Some(String::from_utf8_lossy(bytes).into_owned())
        }
    }
}

fn regex(context: &Context<'_>, index: usize) -> rusqlite::Result<std::sync::Arc<Regex>> {
    let index = i32::try_from(index).unwrap_or_default();
    context.get_or_create_aux(index, |pattern| -> Result<Regex, BoxError> {
        let pattern = pattern.as_str()?;
        regex_lite::RegexBuilder::new(pattern)
            .size_limit(1 << 20)
            .build()
            .map_err(|error| format!("the pattern of the regular expression is wrong: {error}").into())
    })
}

fn is_match(context: &Context<'_>, pattern: usize, value: usize) -> rusqlite::Result<Option<bool>> {
    let Some(value) = text(context, value) else { return Ok(None) };
    if matches!(context.get_raw(pattern), ValueRef::Null) {
        return Ok(None);
    }
    Ok(Some(regex(context, pattern)?.is_match(&value)))
}

fn ilike(context: &Context<'_>) -> rusqlite::Result<Option<bool>> {
    let (Some(pattern), Some(value)) = (text(context, 0), text(context, 1)) else { return Ok(None) };
    let escape = if context.len() > 2 { text(context, 2) } else { None };
    let escape = match escape.as_deref().map(|escape| escape.chars().collect::<Vec<_>>()) {
        None => None,
        Some(one) if one.len() == 1 => one.first().copied(),
        Some(_) => return Err(failed("the character after ESCAPE must be one character")),
    };
    Ok(Some(is_like(&value, &pattern, escape)))
}

/// Whether a text is like a pattern with `%` and `_`, whatever the case.
pub(crate) fn is_like(value: &str, pattern: &str, escape: Option<char>) -> bool {
    enum Part {
        Any,
        One,
        Exactly(char),
    }
    let mut parts = Vec::new();
    let pattern = pattern.to_lowercase();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        parts.push(match c {
            c if Some(c) == escape => Part::Exactly(chars.next().unwrap_or(c)),
            '%' => Part::Any,
            '_' => Part::One,
            c => Part::Exactly(c),
        });
    }
    let value: Vec<char> = value.to_lowercase().chars().collect();
    // The usual search with one point of return: the last `%`.
    let (mut at, mut part) = (0, 0);
    let mut back: Option<(usize, usize)> = None;
    while at < value.len() {
        let fits = match parts.get(part) {
            Some(Part::Any) => {
                back = Some((part + 1, at));
                part += 1;
                continue;
            }
            Some(Part::One) => true,
            Some(Part::Exactly(c)) => *c == value[at],
            None => false,
        };
        if fits {
            at += 1;
            part += 1;
        } else if let Some((after, from)) = back {
            back = Some((after, from + 1));
            part = after;
            at = from + 1;
        } else {
            return false;
        }
    }
    parts.get(part..).unwrap_or_default().iter().all(|part| matches!(part, Part::Any))
}

/// The part of this number between separators, counted from 1, or from the end if it is negative.
fn split_part(context: &Context<'_>) -> rusqlite::Result<Option<String>> {
    let (Some(value), Some(separator)) = (text(context, 0), text(context, 1)) else { return Ok(None) };
    let number: i64 = context.get(2)?;
    let parts: Vec<&str> =
        if separator.is_empty() { vec![&value] } else { value.split(separator.as_str()).collect() };
    let index = match number {
        0 => return Err(failed("split_part counts from 1")),
        1.. => usize::try_from(number - 1).ok(),
        _ => usize::try_from(number.unsigned_abs()).ok().and_then(|back| parts.len().checked_sub(back)),
    };
    Ok(Some(index.and_then(|index| parts.get(index)).copied().unwrap_or_default().to_owned()))
}

/// So many characters of one side; a negative number is how many are left off at the other side.
fn side(context: &Context<'_>, is_left: bool) -> Option<Value> {
    let value = text(context, 0)?;
    let ValueRef::Integer(wanted) = context.get_raw(1) else { return None };
    let length = value.chars().count();
    let wanted_length = usize::try_from(wanted.unsigned_abs()).unwrap_or(usize::MAX);
    let count = if wanted < 0 { length.saturating_sub(wanted_length) } else { wanted_length.min(length) };
    let part: String = if is_left {
        value.chars().take(count).collect()
    } else {
        value.chars().skip(length - count).collect()
    };
    Some(Value::Text(part))
}

//! Queries written as text: words to search for, or conditions in forms that query languages share.

use serde_json::{Map, Value};

use super::compare::{Operator, find_field};

/// Whether a record matches a search: it contains the text, or it has all of its words and meets all of
/// its conditions.
pub(super) fn matches_search(query: &str, record: &Map<String, Value>) -> bool {
    let query = query.trim();
    if query.is_empty() || query == "*" {
        return true;
    }
    let all = all_texts(record);
    all.contains(&query.to_lowercase()) || evaluate(query, record, Some(&all))
}

/// Whether a record meets conditions. Words without an operator are not looked at.
pub(super) fn meets_conditions(query: &str, record: &Map<String, Value>) -> bool {
    evaluate(query, record, None)
}

/// Every text of a record, in lower case, one per line.
fn all_texts(record: &Map<String, Value>) -> String {
    fn add(value: &Value, out: &mut String) {
        match value {
            Value::String(text) => {
                out.push_str(&text.to_lowercase());
                out.push('\n');
            }
            Value::Array(items) => items.iter().for_each(|item| add(item, out)),
            Value::Object(map) => map.values().for_each(|value| add(value, out)),
            _ => {}
        }
    }
    let mut out = String::new();
    record.values().for_each(|value| add(value, &mut out));
    out
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Quoted(String),
    Sign(String),
    Open,
    Close,
    Comma,
}

/// The part of a query that holds conditions; `None` when it has none.
fn conditions(query: &str) -> Option<&str> {
    let lower = query.to_ascii_lowercase();
    let mut part = query;
    if lower.starts_with("select ") {
        part = &query[lower.find(" where ")? + 7..];
    } else if lower.starts_with("find ") {
        part = query.split_once('{')?.1.split_once('}')?.0;
    }
    let lower = part.to_ascii_lowercase();
    let ends = [" order by ", " group by ", " limit ", " sort by "];
    let end = ends.iter().filter_map(|word| lower.find(word)).min().unwrap_or(part.len());
    Some(&part[..end])
}

/// Evaluates a query: groups of conditions that are joined by `or`.
fn evaluate(query: &str, record: &Map<String, Value>, texts: Option<&str>) -> bool {
    let Some(tokens) = conditions(query).map(tokens) else { return true };
    let mut groups = tokens.split(|token| is_word(token, &["or", "||"]));
    // A query that is not understood selects everything.
    groups.any(|group| meets_group(group, record, texts).unwrap_or(true))
}

fn is_word(token: &Token, words: &[&str]) -> bool {
    matches!(token, Token::Word(word) if words.contains(&word.to_ascii_lowercase().as_str()))
}

/// Whether all conditions of a group are met; `None` when the group is not understood.
fn meets_group(
    mut rest: &[Token],
    record: &Map<String, Value>,
    texts: Option<&str>,
) -> Option<bool> {
    let mut met = true;
    while let Some(first) = rest.first() {
        if *first == Token::Comma || is_word(first, &["and", "&&"]) {
            rest = &rest[1..];
            continue;
        }
        let (negated, after) = match first {
            Token::Word(word) if word.eq_ignore_ascii_case("not") => (true, &rest[1..]),
            _ => (false, rest),
        };
        let (one, left) = condition(after, record, texts)?;
        met &= one != negated;
        rest = left;
    }
    Some(met)
}

/// Whether a condition is met, and the tokens after it; `None` when it is not understood.
type Evaluated<'t> = Option<(bool, &'t [Token])>;

/// One condition, or one word.
fn condition<'t>(
    tokens: &'t [Token],
    record: &Map<String, Value>,
    texts: Option<&str>,
) -> Evaluated<'t> {
    match tokens {
        // equals(email,"x")
        [Token::Word(name), Token::Open, Token::Word(field), Token::Comma, rest @ ..] => {
            let (wanted, rest) = values(rest)?;
            let rest = if rest.first() == Some(&Token::Close) { &rest[1..] } else { rest };
            Some((compare(record, field, Operator::named(name), &wanted), rest))
        }
        [Token::Word(field), Token::Sign(sign), rest @ ..] => {
            let (wanted, rest) = values(rest)?;
            let (field, negated) = match field.strip_prefix('-') {
                Some(field) => (field, true),
                None => (field.as_str(), false),
            };
            Some((compare(record, field, Operator::named(sign), &wanted) != negated, rest))
        }
        [Token::Word(field), Token::Word(name), rest @ ..]
            if Operator::named(name).is_some()
                && matches!(rest.first(), Some(Token::Quoted(_) | Token::Open)) =>
        {
            let (wanted, rest) = values(rest)?;
            Some((compare(record, field, Operator::named(name), &wanted), rest))
        }
        // 'x' in parents
        [Token::Quoted(_), Token::Word(name), Token::Word(_), rest @ ..]
            if name.eq_ignore_ascii_case("in") =>
        {
            Some((true, rest))
        }
        [Token::Word(word) | Token::Quoted(word), rest @ ..] => {
            let word = word.to_lowercase();
            let word = word.trim_matches('*');
            Some((texts.is_none_or(|texts| texts.contains(word)), rest))
        }
        _ => None,
    }
}

fn compare(
    record: &Map<String, Value>,
    field: &str,
    operator: Option<Operator>,
    wanted: &Value,
) -> bool {
    let field = find_field(&field.split('.').collect::<Vec<_>>(), record);
    let accepts_all = wanted.as_str().is_some_and(|text| {
        ["null", "empty", "none", "*"].contains(&text.to_ascii_lowercase().as_str())
    });
    accepts_all
        || field.zip(operator).is_none_or(|(field, operator)| operator.is_true(field, wanted))
}

/// A value, or several in parentheses.
fn values(tokens: &[Token]) -> Option<(Value, &[Token])> {
    match tokens {
        [Token::Word(text) | Token::Quoted(text), rest @ ..] => Some((text.as_str().into(), rest)),
        [Token::Open, rest @ ..] => {
            let end = rest.iter().position(|token| *token == Token::Close)?;
            let items = rest[..end].iter().filter_map(|token| match token {
                Token::Word(text) | Token::Quoted(text) => Some(Value::from(text.as_str())),
                _ => None,
            });
            Some((items.collect(), &rest[end + 1..]))
        }
        _ => None,
    }
}

fn tokens(text: &str) -> Vec<Token> {
    const SIGNS: &str = "=!<>~:";
    let mut all = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = match c {
            '(' | '[' => {
                all.push(Token::Open);
                after
            }
            ')' | ']' => {
                all.push(Token::Close);
                after
            }
            ',' => {
                all.push(Token::Comma);
                after
            }
            '"' | '\'' => {
                let end = after.find(c).unwrap_or(after.len());
                all.push(Token::Quoted(after[..end].to_owned()));
                after.get(end + 1..).unwrap_or_default()
            }
            c if c.is_whitespace() => after,
            c if SIGNS.contains(c) => {
                let end = rest.find(|c| !SIGNS.contains(c)).unwrap_or(rest.len());
                all.push(Token::Sign(rest[..end].to_owned()));
                &rest[end..]
            }
            _ => {
                let ends =
                    |c: char| c.is_whitespace() || "()[],\"'".contains(c) || SIGNS.contains(c);
                let end = rest.find(ends).unwrap_or(rest.len());
                all.push(Token::Word(rest[..end].to_owned()));
                &rest[end..]
            }
        };
    }
    all
}

//! JQL: conditions with `AND`, `OR`, `NOT` and parentheses, `IN`, `IS EMPTY`, functions, and an order at the end.
//!
//! What is not understood is an error, as it is for the vendor. A condition about a field that records do not
//! show is met, and so are those about the history of a field, which the sandbox does not keep, and those whose value
//! is a function: who the user is, and what the current sprint is, depends on the site.

use serde_json::{Map, Value};

use super::compare::{Operator, find_field};

/// A query, or a part of one.
#[derive(Debug, PartialEq)]
pub(super) enum Query {
    All(Vec<Query>),
    Any(Vec<Query>),
    Not(Box<Query>),
    Condition {
        field: String,
        operator: Operator,
        wanted: Vec<String>,
    },
    /// The field has no value.
    Empty(String),
    /// Nothing is known that speaks against it.
    Met,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Quoted(String),
    Sign(String),
    Open,
    Close,
    Comma,
}

/// Reads a query.
///
/// # Errors
///
/// What is wrong with it, in one sentence.
pub(super) fn parse(text: &str) -> Result<Query, String> {
    let tokens = tokens(text)?;
    let mut reader = Reader { tokens: &tokens, at: 0, depth: 0 };
    let query = match reader.is_word(0, "order") || tokens.is_empty() {
        true => Query::Met,
        false => reader.any()?,
    };
    reader.order()?;
    match reader.tokens.get(reader.at) {
        None => Ok(query),
        Some(token) => Err(format!(
            "Error in the JQL Query: Expecting operator AND or OR, or ORDER BY, but got {}.",
            shown(Some(token))
        )),
    }
}

impl Query {
    /// Whether a record meets the query.
    pub(super) fn is_met(&self, record: &Map<String, Value>) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.is_met(record)),
            Self::Any(parts) => parts.iter().any(|part| part.is_met(record)),
            // What nothing is known of is met either way.
            Self::Not(part) => part.is_unknown(record) || !part.is_met(record),
            Self::Condition { field, operator, wanted } => match field_of(field, record) {
                None => true,
                Some(value) => is_true(*operator, value, wanted),
            },
            Self::Empty(field) => field_of(field, record).is_none_or(is_empty),
            Self::Met => true,
        }
    }

    /// Whether a part is about a field that the record does not show.
    fn is_unknown(&self, record: &Map<String, Value>) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(|part| part.is_unknown(record)),
            Self::Not(part) => part.is_unknown(record),
            Self::Condition { field, .. } | Self::Empty(field) => field_of(field, record).is_none(),
            Self::Met => true,
        }
    }
}

/// The field that a name stands for; `text` is the whole record.
fn field_of<'r>(name: &str, record: &'r Map<String, Value>) -> Option<&'r Value> {
    let name = match name.to_ascii_lowercase().as_str() {
        "issuekey" | "issue" => "key".to_owned(),
        "type" => "issuetype".to_owned(),
        "createddate" => "created".to_owned(),
        "updateddate" => "updated".to_owned(),
        "text" => return record.get("fields").or_else(|| record.get("summary")),
        other => match other.strip_prefix("cf[").and_then(|rest| rest.strip_suffix(']')) {
            Some(number) => format!("customfield_{number}"),
            None => other.to_owned(),
        },
    };
    find_field(&name.split('.').collect::<Vec<_>>(), record)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::String(text) => text.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

fn is_true(operator: Operator, value: &Value, wanted: &[String]) -> bool {
    match operator {
        Operator::NotEqual => !is_true(Operator::Equal, value, wanted),
        Operator::NotContains => !is_true(Operator::Contains, value, wanted),
        Operator::Contains => wanted.iter().all(|text| {
            let text = text.to_lowercase();
            text.split_whitespace().all(|word| contains(value, word.trim_matches(['*', '"'])))
        }),
        Operator::Equal => wanted.iter().any(|text| equals(value, text)),
        _ => wanted.iter().all(|text| operator.is_true(value, &text.as_str().into())),
    }
}

/// Whether a value is this one: things are named by their id, key or name, and people in further ways.
fn equals(value: &Value, text: &str) -> bool {
    let names = ["id", "key", "name", "value", "accountId", "displayName", "emailAddress"];
    match value {
        Value::Array(items) => items.iter().any(|item| equals(item, text)),
        Value::Object(members) => {
            names.iter().any(|name| members.get(*name).is_some_and(|value| equals(value, text)))
        }
        scalar => Operator::Equal.is_true(scalar, &text.into()),
    }
}

fn contains(value: &Value, word: &str) -> bool {
    match value {
        Value::String(text) => text.to_lowercase().contains(word),
        Value::Array(items) => items.iter().any(|item| contains(item, word)),
        Value::Object(members) => members.values().any(|value| contains(value, word)),
        _ => false,
    }
}

/// The deepest that parentheses and negations may be nested.
const DEEPEST: usize = 64;

struct Reader<'t> {
    tokens: &'t [Token],
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn any(&mut self) -> Result<Query, String> {
        let mut parts = vec![self.all()?];
        while self.takes(&["or", "||"]) {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Query::Any))
    }

    fn all(&mut self) -> Result<Query, String> {
        let mut parts = vec![self.one()?];
        while self.takes(&["and", "&&"]) {
            parts.push(self.one()?);
        }
        Ok(one_or(parts, Query::All))
    }

    fn one(&mut self) -> Result<Query, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("Error in the JQL Query: it is nested too deeply.".to_owned());
        }
        let is_negated = self.takes(&["not", "!"]);
        let query = if is_negated {
            Query::Not(Box::new(self.one()?))
        } else if self.take(&Token::Open) {
            let inner = self.any()?;
            if !self.take(&Token::Close) {
                return Err(self.unexpected("')'"));
            }
            inner
        } else {
            self.condition()?
        };
        self.depth -= 1;
        Ok(query)
    }

    fn condition(&mut self) -> Result<Query, String> {
        let field = match self.tokens.get(self.at) {
            Some(Token::Word(word)) if !is_reserved(word) => word.clone(),
            Some(Token::Quoted(text)) => text.clone(),
            _ => return Err(self.unexpected("a field name")),
        };
        self.at += 1;
        if self.takes(&["is"]) {
            let is_negated = self.takes(&["not"]);
            if !self.takes(&["empty", "null"]) {
                return Err(self.unexpected("EMPTY or NULL"));
            }
            return Ok(negated(Query::Empty(field), is_negated));
        }
        if self.takes(&["changed", "was"]) {
            return self.history();
        }
        let is_negated = self.takes(&["not"]);
        if self.takes(&["in"]) {
            let values = self.operand(true)?;
            let Some(wanted) = values else { return Ok(Query::Met) };
            let condition = Query::Condition { field, operator: Operator::Equal, wanted };
            return Ok(negated(condition, is_negated));
        }
        let operator = match self.tokens.get(self.at) {
            Some(Token::Sign(sign)) if !is_negated => match sign.as_str() {
                "=" => Operator::Equal,
                "!=" => Operator::NotEqual,
                "~" => Operator::Contains,
                "!~" => Operator::NotContains,
                ">" => Operator::More,
                ">=" => Operator::MoreOrEqual,
                "<" => Operator::Less,
                "<=" => Operator::LessOrEqual,
                _ => return Err(self.unexpected("an operator")),
            },
            _ => return Err(self.unexpected("an operator such as =, !=, ~, <, IN or IS")),
        };
        self.at += 1;
        if self.takes(&["empty", "null"]) {
            return match operator {
                Operator::Equal => Ok(Query::Empty(field)),
                Operator::NotEqual => Ok(negated(Query::Empty(field), true)),
                _ => Err("Error in the JQL Query: EMPTY takes =, !=, IS or IS NOT.".to_owned()),
            };
        }
        Ok(match self.operand(false)? {
            Some(wanted) => Query::Condition { field, operator, wanted },
            None => Query::Met,
        })
    }

    /// What a field was once: its words are read and met.
    fn history(&mut self) -> Result<Query, String> {
        self.takes(&["not"]);
        if self.takes(&["in"]) {
            self.operand(true)?;
        } else if !self.takes(&["empty", "null"]) && self.begins_value() {
            self.operand(false)?;
        }
        while self.takes(&["from", "to", "by", "before", "after", "on", "during"]) {
            let is_list = self.tokens.get(self.at) == Some(&Token::Open);
            self.operand(is_list)?;
        }
        Ok(Query::Met)
    }

    fn begins_value(&self) -> bool {
        let ends = ["and", "or", "order", "from", "to", "by", "before", "after", "on", "during"];
        match self.tokens.get(self.at) {
            Some(Token::Word(word)) => !ends.contains(&word.to_ascii_lowercase().as_str()),
            Some(Token::Quoted(_)) => true,
            _ => false,
        }
    }

    /// The values behind an operator; `None` if one of them is not a plain value.
    fn operand(&mut self, is_list: bool) -> Result<Option<Vec<String>>, String> {
        if !is_list || self.tokens.get(self.at) != Some(&Token::Open) {
            return Ok(self.value()?.map(|value| vec![value]));
        }
        self.at += 1;
        let mut all = Some(Vec::new());
        loop {
            match (self.value()?, &mut all) {
                (Some(value), Some(all)) => all.push(value),
                _ => all = None,
            }
            if self.take(&Token::Close) {
                return Ok(all);
            }
            if !self.take(&Token::Comma) {
                return Err(self.unexpected("',' or ')'"));
            }
        }
    }

    /// A value; `None` for a function, or a time that is counted from now.
    fn value(&mut self) -> Result<Option<String>, String> {
        let (text, is_word) = match self.tokens.get(self.at) {
            Some(Token::Word(word)) if !is_reserved(word) => (word.clone(), true),
            Some(Token::Quoted(text)) => (text.clone(), false),
            _ => return Err(self.unexpected("a value or a function")),
        };
        self.at += 1;
        if is_word && self.take(&Token::Open) {
            while !self.take(&Token::Close) {
                match self.tokens.get(self.at) {
                    Some(Token::Word(_) | Token::Quoted(_) | Token::Comma) => self.at += 1,
                    _ => return Err(self.unexpected("')'")),
                }
            }
            return Ok(None);
        }
        Ok((!is_period(&text)).then_some(text))
    }

    /// `ORDER BY created DESC, key`
    fn order(&mut self) -> Result<(), String> {
        if !self.takes(&["order"]) {
            return Ok(());
        }
        if !self.takes(&["by"]) {
            return Err(self.unexpected("BY"));
        }
        loop {
            match self.tokens.get(self.at) {
                Some(Token::Word(word)) if !is_reserved(word) => self.at += 1,
                Some(Token::Quoted(_)) => self.at += 1,
                _ => return Err(self.unexpected("a field name")),
            }
            self.takes(&["asc", "desc"]);
            if !self.take(&Token::Comma) {
                return Ok(());
            }
        }
    }

    fn is_word(&self, ahead: usize, wanted: &str) -> bool {
        let token = self.tokens.get(self.at + ahead);
        matches!(token, Some(Token::Word(word)) if word.eq_ignore_ascii_case(wanted))
    }

    /// Takes one of these words or signs.
    fn takes(&mut self, wanted: &[&str]) -> bool {
        let found = match self.tokens.get(self.at) {
            Some(Token::Word(word) | Token::Sign(word)) => {
                wanted.iter().any(|wanted| word.eq_ignore_ascii_case(wanted))
            }
            _ => false,
        };
        self.at += usize::from(found);
        found
    }

    fn take(&mut self, wanted: &Token) -> bool {
        let found = self.tokens.get(self.at) == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn unexpected(&self, wanted: &str) -> String {
        let found = shown(self.tokens.get(self.at));
        format!("Error in the JQL Query: Expecting {wanted}, but got {found}.")
    }
}

fn shown(token: Option<&Token>) -> String {
    match token {
        None => "the end".to_owned(),
        Some(Token::Word(text) | Token::Quoted(text) | Token::Sign(text)) => format!("'{text}'"),
        Some(Token::Open) => "'('".to_owned(),
        Some(Token::Close) => "')'".to_owned(),
        Some(Token::Comma) => "','".to_owned(),
    }
}

fn one_or(mut parts: Vec<Query>, several: fn(Vec<Query>) -> Query) -> Query {
    if parts.len() == 1 { parts.remove(0) } else { several(parts) }
}

fn negated(query: Query, is_negated: bool) -> Query {
    if is_negated { Query::Not(Box::new(query)) } else { query }
}

/// Whether a word cannot be a field or a value unless it is quoted.
fn is_reserved(word: &str) -> bool {
    let words = ["and", "or", "not", "in", "is", "order", "by", "was", "changed", "empty", "null"];
    words.contains(&word.to_ascii_lowercase().as_str())
}

/// Whether a text is a time counted from now, such as `-7d` or `2w 1d`.
fn is_period(text: &str) -> bool {
    let text = text.trim().trim_start_matches(['-', '+']);
    let is_part = |part: &str| {
        let digits = part.trim_end_matches(['y', 'M', 'w', 'd', 'h', 'm']);
        digits.len() + 1 == part.len()
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && !digits.is_empty()
    };
    !text.is_empty() && text.split_whitespace().all(is_part)
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut all = Vec::new();
    let mut rest = text.trim_start();
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        let (token, left) = match c {
            '(' => (Token::Open, after),
            ')' => (Token::Close, after),
            ',' => (Token::Comma, after),
            '"' | '\'' => quoted(c, after)?,
            '=' | '!' | '<' | '>' | '~' | '&' | '|' => {
                let end = rest.find(|c| !"=!<>~&|".contains(c)).unwrap_or(rest.len());
                (Token::Sign(rest[..end].to_owned()), &rest[end..])
            }
            _ => {
                let ends = |c: char| c.is_whitespace() || "(),\"'=!<>~&|".contains(c);
                let end = rest.find(ends).unwrap_or(rest.len());
                (Token::Word(rest[..end].to_owned()), &rest[end..])
            }
        };
        all.push(token);
        rest = left.trim_start();
    }
    Ok(all)
}

/// A text up to its closing mark, with what stands behind a backslash as it is.
fn quoted(mark: char, text: &str) -> Result<(Token, &str), String> {
    let mut out = String::new();
    let mut characters = text.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '\\' => out.extend(characters.next().map(|(_, c)| c)),
            c if c == mark => return Ok((Token::Quoted(out), &text[at + c.len_utf8()..])),
            c => out.push(c),
        }
    }
    Err("Error in the JQL Query: The quoted text has not been completed.".to_owned())
}

#[cfg(test)]
mod tests;

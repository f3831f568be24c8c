//! Reads TOML tables key by key.
//!
//! A key that nothing reads is an error. Texts may refer to variables of the environment. Errors give the
//! position in the file and never repeat a value, which may be a secret.

use std::cell::RefCell;
use std::ops::Range;
use std::time::Duration;

use airbyte_agent_core::{Error, ErrorKind, Result, suggestion};
use serde_json::{Map, Number, Value};
use toml::de::{DeTable, DeValue};

/// Gives the value of a variable of the environment.
pub(crate) type Environment<'e> = &'e dyn Fn(&str) -> Option<String>;

/// A file that is being read.
#[derive(Clone, Copy)]
pub(crate) struct Source<'f> {
    pub(crate) name: &'f str,
    pub(crate) text: &'f str,
    pub(crate) environment: Environment<'f>,
    /// What is wrong with the file and does not keep the rest of it from being read, so that everything is
    /// reported at once.
    pub(crate) problems: &'f RefCell<Vec<Error>>,
}

/// A table of the file, from which keys are taken.
pub(crate) struct Table<'f> {
    source: Source<'f>,
    /// The name of the table in messages, empty for the whole file.
    name: String,
    span: Range<usize>,
    /// The keys that were not taken yet, with their positions and values.
    left: Vec<(String, Range<usize>, DeValue<'f>)>,
    /// The keys that can be taken.
    known: Vec<&'static str>,
}

/// A value with its position in the file.
struct Found<'f> {
    key: &'static str,
    span: Range<usize>,
    value: DeValue<'f>,
}

impl<'f> Source<'f> {
    /// The table that is the whole file.
    pub(crate) fn root(self) -> Result<Table<'f>> {
        let parsed = DeTable::parse(self.text).map_err(|error| {
            // The error would quote the line if it were displayed as it is.
            self.error(error.span().unwrap_or_default(), error.message())
        })?;
        Ok(self.table(String::new(), parsed.span(), parsed.into_inner()))
    }

    fn table(self, name: String, span: Range<usize>, members: DeTable<'f>) -> Table<'f> {
        let left = members
            .into_iter()
            .map(|(key, value)| {
                let span = key.span();
                (key.into_inner().into_owned(), span, value.into_inner())
            })
            .collect();
        Table { source: self, name, span, left, known: Vec::new() }
    }

    /// An error at this position of the file.
    fn error(self, span: Range<usize>, message: impl std::fmt::Display) -> Error {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Error::new(ErrorKind::Usage, format!("{}:{line}:{column}: {message}", self.name))
    }

    /// Remembers a problem at this position of the file.
    fn report(self, span: Range<usize>, message: impl std::fmt::Display) {
        self.problems.borrow_mut().push(self.error(span, message));
    }

    /// What was read, or everything that is wrong with the file in one error.
    pub(crate) fn conclude<T>(self, result: Result<T>) -> Result<T> {
        let mut problems = self.problems.take();
        let value = match result {
            Ok(value) if problems.is_empty() => return Ok(value),
            Ok(_) => None,
            Err(error) => Some(error),
        };
        problems.extend(value);
        let messages: Vec<&str> = problems.iter().map(Error::message).collect();
        Err(Error::new(ErrorKind::Usage, messages.join("; ")))
    }

    /// The text with the values of variables for `${NAME}`, and a dollar sign for `$$`.
    fn expand(self, span: Range<usize>, text: &str) -> Result<String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(behind) = rest.strip_prefix('$') {
                out.push('$');
                rest = behind;
            } else if let Some(behind) = rest.strip_prefix('{') {
                let Some((name, behind)) = behind.split_once('}') else {
                    return Err(self.error(span, "'${' is not closed; write $$ for a dollar sign"));
                };
                let value = (self.environment)(name).filter(|value| !value.is_empty());
                match value {
                    Some(value) => out.push_str(&value),
                    None => self
                        .report(span.clone(), format!("the environment has no variable '{name}'")),
                }
                rest = behind;
            } else {
                out.push('$');
            }
        }
        out.push_str(rest);
        Ok(out)
    }

    /// A value of the file as JSON.
    fn json(self, span: &Range<usize>, value: &DeValue<'f>) -> Result<Value> {
        Ok(match value {
            DeValue::String(text) => Value::String(self.expand(span.clone(), text)?),
            DeValue::Boolean(flag) => Value::Bool(*flag),
            DeValue::Integer(_) | DeValue::Float(_) => number(value)
                .ok_or_else(|| self.error(span.clone(), "this is not a number that can be used"))?,
            DeValue::Datetime(time) => Value::String(time.to_string()),
            DeValue::Array(items) => items
                .iter()
                .map(|item| self.json(&item.span(), item.get_ref()))
                .collect::<Result<_>>()?,
            DeValue::Table(members) => {
                let mut object = Map::new();
                for (key, member) in members {
                    let member = self.json(&member.span(), member.get_ref())?;
                    object.insert(key.get_ref().to_string(), member);
                }
                Value::Object(object)
            }
        })
    }
}

/// A number of the file as JSON, `None` when it is too large.
fn number(value: &DeValue<'_>) -> Option<Value> {
    match value {
        DeValue::Integer(number) => {
            let digits = number.as_str();
            i64::from_str_radix(digits, number.radix()).ok().map(Value::from)
        }
        DeValue::Float(number) => {
            number.as_str().parse().ok().and_then(Number::from_f64).map(Value::Number)
        }
        _ => None,
    }
}

impl<'f> Table<'f> {
    /// Takes the value of a key out of the table.
    fn take(&mut self, key: &'static str) -> Option<Found<'f>> {
        self.known.push(key);
        let at = self.left.iter().position(|(name, ..)| name == key)?;
        let (_, span, value) = self.left.remove(at);
        Some(Found { key, span, value })
    }

    /// The error of a value that has another type than is wanted.
    fn wrong(&self, found: &Found<'_>, wanted: &str) -> Error {
        let kind = found.value.type_str();
        let message = format!("'{}' must be {wanted}, not {kind}", found.key);
        self.source.error(found.span.clone(), message)
    }

    /// An error about this table.
    pub(crate) fn error(&self, message: impl std::fmt::Display) -> Error {
        self.source.error(self.span.clone(), message)
    }

    /// The environment that the file may refer to.
    pub(crate) fn environment(&self) -> Environment<'f> {
        self.source.environment
    }

    /// Takes a text, with the variables to which it refers replaced by their values.
    pub(crate) fn text(&mut self, key: &'static str) -> Result<Option<String>> {
        let Some(found) = self.take(key) else { return Ok(None) };
        match &found.value {
            DeValue::String(text) => self.source.expand(found.span.clone(), text).map(Some),
            _ => Err(self.wrong(&found, "a text")),
        }
    }

    /// Takes a text that `parse` reads. Its error gets the position of the text.
    pub(crate) fn parsed<T>(
        &mut self,
        key: &'static str,
        parse: impl Fn(&str) -> Result<T>,
    ) -> Result<Option<T>> {
        let span = self.left.iter().find(|(name, ..)| name == key).map(|(_, span, _)| span.clone());
        let known = self.source.problems.borrow().len();
        let Some(text) = self.text(key)? else { return Ok(None) };
        if self.source.problems.borrow().len() > known {
            return Ok(None);
        }
        let position = span.unwrap_or_default();
        parse(&text).map(Some).map_err(|error| self.source.error(position, error.message()))
    }

    /// Takes `true` or `false`.
    pub(crate) fn flag(&mut self, key: &'static str) -> Result<Option<bool>> {
        let Some(found) = self.take(key) else { return Ok(None) };
        match found.value {
            DeValue::Boolean(flag) => Ok(Some(flag)),
            _ => Err(self.wrong(&found, "true or false")),
        }
    }

    /// Takes a time in seconds, which has to be above zero.
    pub(crate) fn seconds(&mut self, key: &'static str) -> Result<Option<Duration>> {
        let Some(found) = self.take(key) else { return Ok(None) };
        let value = number(&found.value).as_ref().and_then(Value::as_f64);
        let value = value.filter(|value| *value > 0.0);
        let value = value.and_then(|value| Duration::try_from_secs_f64(value).ok());
        value.map(Some).ok_or_else(|| self.wrong(&found, "a number of seconds above zero"))
    }

    /// Takes a whole number, which has to be above zero.
    pub(crate) fn count(&mut self, key: &'static str) -> Result<Option<usize>> {
        let Some(found) = self.take(key) else { return Ok(None) };
        let value = number(&found.value).as_ref().and_then(Value::as_u64);
        let value = value.and_then(|value| usize::try_from(value).ok()).filter(|value| *value > 0);
        value.map(Some).ok_or_else(|| self.wrong(&found, "a whole number above zero"))
    }

    /// Takes a list of texts. A single text is a list of one.
    pub(crate) fn texts(&mut self, key: &'static str) -> Result<Vec<String>> {
        let Some(found) = self.take(key) else { return Ok(Vec::new()) };
        let value = self.source.json(&found.span, &found.value)?;
        match value {
            Value::String(text) => Ok(vec![text]),
            Value::Array(items) => items
                .into_iter()
                .map(|item| match item {
                    Value::String(text) => Ok(text),
                    _ => Err(self.wrong(&found, "a list of texts")),
                })
                .collect(),
            _ => Err(self.wrong(&found, "a list of texts")),
        }
    }

    /// Takes a table, whose keys are taken in turn.
    pub(crate) fn table(&mut self, key: &'static str) -> Result<Option<Table<'f>>> {
        let Some(found) = self.take(key) else { return Ok(None) };
        match found.value {
            DeValue::Table(members) => {
                Ok(Some(self.source.table(self.below(key), found.span, members)))
            }
            _ => Err(self.wrong(&found, "a table")),
        }
    }

    /// Takes a table; `true` stands for an empty one and `false` for none.
    pub(crate) fn table_or_flag(&mut self, key: &'static str) -> Result<Option<Table<'f>>> {
        let Some(found) = self.take(key) else { return Ok(None) };
        let members = match found.value {
            DeValue::Boolean(false) => return Ok(None),
            DeValue::Boolean(true) => DeTable::new(),
            DeValue::Table(members) => members,
            _ => return Err(self.wrong(&found, "true, false or a table")),
        };
        Ok(Some(self.source.table(self.below(key), found.span, members)))
    }

    /// Takes a text, or else a truth value.
    pub(crate) fn text_or_flag(
        &mut self,
        key: &'static str,
    ) -> Result<Option<Result<String, bool>>> {
        let Some(found) = self.take(key) else { return Ok(None) };
        match self.source.json(&found.span, &found.value)? {
            Value::String(text) => Ok(Some(Ok(text))),
            Value::Bool(flag) => Ok(Some(Err(flag))),
            _ => Err(self.wrong(&found, "a text, true or false")),
        }
    }

    /// Takes a table with any keys.
    pub(crate) fn object(&mut self, key: &'static str) -> Result<Option<Map<String, Value>>> {
        let Some(found) = self.take(key) else { return Ok(None) };
        match self.source.json(&found.span, &found.value)? {
            Value::Object(members) => Ok(Some(members)),
            _ => Err(self.wrong(&found, "a table")),
        }
    }

    /// Takes a table that contains tables under names which the user chose.
    pub(crate) fn tables(&mut self, key: &'static str) -> Result<Vec<(String, Table<'f>)>> {
        let Some(outer) = self.table(key)? else { return Ok(Vec::new()) };
        let source = outer.source;
        let mut all = Vec::new();
        for (name, span, value) in outer.left {
            let DeValue::Table(members) = value else {
                let kind = value.type_str();
                return Err(
                    source.error(span, format!("'{key}.{name}' must be a table, not {kind}"))
                );
            };
            all.push((name.clone(), source.table(format!("{key}.{name}"), span, members)));
        }
        Ok(all)
    }

    /// Reports keys that were not taken.
    pub(crate) fn end(self) {
        let table =
            if self.name.is_empty() { String::new() } else { format!(" in '{}'", self.name) };
        for (key, span, _) in &self.left {
            let hint = suggestion(key, &self.known);
            self.source.report(span.clone(), format!("there is no key '{key}'{table}{hint}"));
        }
    }

    /// The name of a table inside this one.
    fn below(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }
}

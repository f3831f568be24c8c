//! Reading TOML: every key is taken by name, a key that nobody takes is an error, texts may refer
//! to the environment. Errors say where in the file and never repeat a value: it may be a secret.

use std::ops::Range;
use std::time::Duration;

use airbyte_agent_core::{Error, ErrorKind, Result, suggestion};
use serde_json::{Map, Number, Value};
use toml::de::{DeTable, DeValue};

/// Finds a variable of the environment.
pub(crate) type Environment<'e> = &'e dyn Fn(&str) -> Option<String>;

/// A file that is being read.
#[derive(Clone, Copy)]
pub(crate) struct Source<'f> {
    pub(crate) name: &'f str,
    pub(crate) text: &'f str,
    pub(crate) environment: Environment<'f>,
}

/// A table of the file.
pub(crate) struct Table<'f> {
    source: Source<'f>,
    /// Its name for messages, empty for the whole file.
    place: String,
    span: Range<usize>,
    left: Vec<(String, Range<usize>, DeValue<'f>)>,
    known: Vec<&'static str>,
}

/// A value with the place where it stands.
struct Found<'f> {
    key: &'static str,
    span: Range<usize>,
    value: DeValue<'f>,
}

impl<'f> Source<'f> {
    /// The whole file.
    pub(crate) fn root(self) -> Result<Table<'f>> {
        let parsed = DeTable::parse(self.text).map_err(|error| {
            // The error's own display would quote the line.
            self.error(error.span().unwrap_or_default(), error.message())
        })?;
        Ok(self.table(String::new(), parsed.span(), parsed.into_inner()))
    }

    fn table(self, place: String, span: Range<usize>, members: DeTable<'f>) -> Table<'f> {
        let left = members
            .into_iter()
            .map(|(key, value)| {
                let span = key.span();
                (key.into_inner().into_owned(), span, value.into_inner())
            })
            .collect();
        Table { source: self, place, span, left, known: Vec::new() }
    }

    /// An error at this place of the file.
    fn error(self, span: Range<usize>, message: impl std::fmt::Display) -> Error {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Error::new(ErrorKind::Usage, format!("{}:{line}:{column}: {message}", self.name))
    }

    /// The text with what `${NAME}` stands for; `$$` is a dollar sign.
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
                let Some(value) = value else {
                    let message = format!("the environment has no variable '{name}'");
                    return Err(self.error(span, message));
                };
                out.push_str(&value);
                rest = behind;
            } else {
                out.push('$');
            }
        }
        out.push_str(rest);
        Ok(out)
    }

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
    fn take(&mut self, key: &'static str) -> Option<Found<'f>> {
        self.known.push(key);
        let at = self.left.iter().position(|(name, ..)| name == key)?;
        let (_, span, value) = self.left.remove(at);
        Some(Found { key, span, value })
    }

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

    /// A text, with what it refers to in the environment.
    pub(crate) fn text(&mut self, key: &'static str) -> Result<Option<String>> {
        let Some(found) = self.take(key) else { return Ok(None) };
        match &found.value {
            DeValue::String(text) => self.source.expand(found.span.clone(), text).map(Some),
            _ => Err(self.wrong(&found, "a text")),
        }
    }

    /// A text that is read by `parse`; its error is told at the place of the text.
    pub(crate) fn parsed<T>(
        &mut self,
        key: &'static str,
        parse: impl Fn(&str) -> Result<T>,
    ) -> Result<Option<T>> {
        let span = self.left.iter().find(|(name, ..)| name == key).map(|(_, span, _)| span.clone());
        let Some(text) = self.text(key)? else { return Ok(None) };
        let at = span.unwrap_or_default();
        parse(&text).map(Some).map_err(|error| self.source.error(at, error.message()))
    }

    /// True or false.
    pub(crate) fn flag(&mut self, key: &'static str) -> Result<Option<bool>> {
        let Some(found) = self.take(key) else { return Ok(None) };
        match found.value {
            DeValue::Boolean(flag) => Ok(Some(flag)),
            _ => Err(self.wrong(&found, "true or false")),
        }
    }

    /// A time in seconds, above zero.
    pub(crate) fn seconds(&mut self, key: &'static str) -> Result<Option<Duration>> {
        let Some(found) = self.take(key) else { return Ok(None) };
        let value = number(&found.value).as_ref().and_then(Value::as_f64);
        let value = value.filter(|value| *value > 0.0);
        let value = value.and_then(|value| Duration::try_from_secs_f64(value).ok());
        value.map(Some).ok_or_else(|| self.wrong(&found, "a number of seconds above zero"))
    }

    /// A whole number above zero.
    pub(crate) fn count(&mut self, key: &'static str) -> Result<Option<usize>> {
        let Some(found) = self.take(key) else { return Ok(None) };
        let value = number(&found.value).as_ref().and_then(Value::as_u64);
        let value = value.and_then(|value| usize::try_from(value).ok()).filter(|value| *value > 0);
        value.map(Some).ok_or_else(|| self.wrong(&found, "a whole number above zero"))
    }

    /// A list of texts; one text is a list of one.
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

    /// A table of the keys that its reader knows.
    pub(crate) fn table(&mut self, key: &'static str) -> Result<Option<Table<'f>>> {
        let Some(found) = self.take(key) else { return Ok(None) };
        match found.value {
            DeValue::Table(members) => {
                Ok(Some(self.source.table(self.below(key), found.span, members)))
            }
            _ => Err(self.wrong(&found, "a table")),
        }
    }

    /// A table, or `true` for an empty one and `false` for none.
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

    /// A table of any keys.
    pub(crate) fn object(&mut self, key: &'static str) -> Result<Option<Map<String, Value>>> {
        let Some(found) = self.take(key) else { return Ok(None) };
        match self.source.json(&found.span, &found.value)? {
            Value::Object(members) => Ok(Some(members)),
            _ => Err(self.wrong(&found, "a table")),
        }
    }

    /// A table of tables by names that the user chose.
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

    /// Refuses what nobody took.
    pub(crate) fn end(self) -> Result<()> {
        let Some((key, span, _)) = self.left.first() else { return Ok(()) };
        let hint = suggestion(key, &self.known);
        let place =
            if self.place.is_empty() { String::new() } else { format!(" in '{}'", self.place) };
        Err(self.source.error(span.clone(), format!("there is no key '{key}'{place}{hint}")))
    }

    fn below(&self, key: &str) -> String {
        if self.place.is_empty() { key.to_owned() } else { format!("{}.{key}", self.place) }
    }
}

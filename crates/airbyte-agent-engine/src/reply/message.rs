//! The description of a failure in a response, as one line for a person: what is wrong, with which
//! field, and why. This module knows the names under which APIs write these things, and no vendor.

mod names;

use serde_json::{Map, Value};

use self::names::{
    CODES, CONTAINERS, FACTS, FIELDS, MAPS, TEXTS, is_message, is_noise, is_told_elsewhere, squash,
};

/// Largest length of a message, in characters.
const LONGEST_MESSAGE: usize = 1_200;
/// Largest length of one of the texts in it, in characters, so that a long one leaves space for the
/// others.
const LONGEST_TEXT: usize = 400;
/// Largest number of elements of a list that the message contains.
const MOST_ELEMENTS: usize = 12;
/// How deeply nested objects are read.
const DEEPEST: usize = 10;

/// The message in the body of a failed response; `None` if there is none. `clean` removes the
/// secrets in use from a text, and is applied to every text before it is shortened.
pub(crate) fn vendor_message(body: &str, clean: &dyn Fn(&str) -> String) -> Option<String> {
    match serde_json::from_str::<Value>(body) {
        Ok(value) => message_of(&value, clean),
        Err(_) if body.trim_start().starts_with('<') => {
            filled(cut(&tidy(&clean(&markup(body)?)), LONGEST_MESSAGE))
        }
        Err(_) => filled(cut(&tidy(&clean(body)), LONGEST_MESSAGE)),
    }
}

/// The message in a value about a failure: its texts, or else the whole value.
pub(crate) fn message_of(value: &Value, clean: &dyn Fn(&str) -> String) -> Option<String> {
    let reader = Reader { clean, is_guessing: true };
    reader.message(value).or_else(|| {
        let is_empty = match value {
            Value::Null => true,
            Value::Array(items) => items.is_empty(),
            Value::Object(members) => members.is_empty(),
            Value::String(text) => text.trim().is_empty(),
            Value::Bool(_) | Value::Number(_) => false,
        };
        (!is_empty).then(|| cut(&clean(&value.to_string()), LONGEST_MESSAGE))
    })
}

/// The stated reason, followed by the details if these say more.
pub(crate) fn with_details(stated: Option<String>, details: Option<String>) -> Option<String> {
    match (stated, details) {
        (Some(stated), Some(details)) if contains(&details, &stated) => Some(details),
        (Some(stated), Some(details)) if !contains(&stated, &details) => {
            Some(cut(&joined(&stated, &details), LONGEST_MESSAGE))
        }
        (stated, details) => stated.or(details),
    }
}

/// The message in a value that may be something other than a failure, such as a record: only
/// members with the names of messages count.
pub(crate) fn likely_message(value: &Value, clean: &dyn Fn(&str) -> String) -> Option<String> {
    Reader { clean, is_guessing: false }.message(value)
}

struct Reader<'a> {
    clean: &'a dyn Fn(&str) -> String,
    /// Whether an object without any known name is read as well, if no message has been found.
    is_guessing: bool,
}

impl Reader<'_> {
    fn message(&self, value: &Value) -> Option<String> {
        self.tell(value, &[], 0).map(|text| cut(&text, LONGEST_MESSAGE))
    }

    fn tell(&self, value: &Value, above: &[String], depth: usize) -> Option<String> {
        if depth > DEEPEST {
            return None;
        }
        match value {
            Value::String(text) => self.text(text).filter(|text| !is_said(text, above)),
            Value::Array(items) => self.list(items, above, depth),
            Value::Object(members) => self.object(members, above, depth),
            Value::Null | Value::Bool(_) | Value::Number(_) => None,
        }
    }

    fn list(&self, items: &[Value], above: &[String], depth: usize) -> Option<String> {
        let mut parts: Vec<String> = Vec::new();
        let mut left_out = 0;
        for part in items.iter().filter_map(|item| self.tell(item, above, depth + 1)) {
            if parts.contains(&part) {
                continue;
            }
            if parts.len() == MOST_ELEMENTS {
                left_out += 1;
            } else {
                parts.push(part);
            }
        }
        if left_out > 0 {
            parts.push(format!("and {left_out} more"));
        }
        filled(parts.join("; "))
    }

    fn object(
        &self,
        members: &Map<String, Value>,
        above: &[String],
        depth: usize,
    ) -> Option<String> {
        let members = Members::new(members);
        let mut texts = self.texts(&members, above);
        let mut codes = self.codes(&members, above, &mut texts);
        if texts.is_empty() && !codes.is_empty() {
            texts.push(codes.remove(0));
        }
        let mut said: Vec<String> = above.to_vec();
        said.extend(texts.iter().chain(&codes).cloned());
        let mut subject = self.subject(&members, depth);
        subject.retain(|word| !has_word(&said, word));
        said.extend(subject.iter().cloned());

        let mut head = texts.into_iter().fold(String::new(), |head, text| joined(&head, &text));
        if !codes.is_empty() {
            let space = if head.is_empty() { "" } else { " " };
            head.push_str(&format!("{space}({})", codes.join(", ")));
        }
        let subject = subject.join(" ");
        if !subject.is_empty() {
            head = if head.is_empty() { subject } else { format!("{subject}: {head}") };
        }
        for fact in self.facts(&members, &said) {
            let separator = if head.is_empty() { "" } else { "; " };
            head.push_str(&format!("{separator}{fact}"));
        }
        let mut inner = Vec::new();
        for (name, value) in CONTAINERS.iter().flat_map(|name| members.named(name)) {
            if value.is_string() {
                continue;
            }
            inner.extend(self.contained(name, value, &said, depth));
        }
        if self.is_guessing && !head.is_empty() {
            let others = members.0.iter().filter(|(name, _, value)| {
                (value.is_array() || value.is_object()) && !is_told_elsewhere(name)
            });
            for (_, _, value) in others.filter(|(_, _, value)| has_message(value, DEEPEST - depth))
            {
                inner.extend(self.buried(value, &said, depth));
            }
        }
        if head.is_empty() && inner.is_empty() && self.is_guessing && above.is_empty() {
            let others =
                members.0.iter().filter(|(_, _, value)| value.is_array() || value.is_object());
            for (_, name, value) in others {
                inner.extend(self.member(name, value, &said, depth));
            }
        }
        filled(joined(&head, &inner.join("; ")))
    }

    /// The message of a member that contains further errors. If it is an object, it may map fields
    /// to what is wrong with them.
    fn contained(
        &self,
        name: &str,
        value: &Value,
        said: &[String],
        depth: usize,
    ) -> Option<String> {
        let Value::Object(inner) = value else { return self.tell(value, said, depth + 1) };
        let is_error = Members::new(inner).0.iter().any(|(name, _, _)| {
            matches!(name.as_str(), "message" | "msg" | "error" | "errors" | "errormessage")
        });
        if is_error || !MAPS.contains(&name) {
            return self.tell(value, said, depth + 1);
        }
        let sorted = Members::new(inner);
        let parts =
            sorted.0.iter().filter_map(|(_, name, value)| self.member(name, value, said, depth));
        filled(parts.collect::<Vec<_>>().join("; "))
    }

    /// The messages of the objects with a message inside a member of another name, such as
    /// `{"rangeError": {"message": …}}`.
    fn buried(&self, value: &Value, said: &[String], depth: usize) -> Option<String> {
        if value.as_object().is_some_and(names_message) {
            return self.tell(value, said, depth + 1);
        }
        let inner: Vec<&Value> = match value {
            Value::Array(items) => items.iter().take(MOST_ELEMENTS).collect(),
            Value::Object(members) => members.values().collect(),
            _ => return None,
        };
        let deeper = inner.into_iter().filter(|_| depth < DEEPEST);
        let parts = deeper.filter_map(|value| self.buried(value, said, depth + 1));
        filled(parts.collect::<Vec<_>>().join("; "))
    }

    /// The message of a member whose name is that of a field.
    fn member(&self, name: &str, value: &Value, said: &[String], depth: usize) -> Option<String> {
        let text = match self.scalars(value) {
            Some(text) => text,
            None => self.tell(value, said, depth + 1)?,
        };
        // A single word may be the name of a field, which is not said by being a part of another word.
        let is_known =
            if text.contains(' ') { is_said(&text, said) } else { has_word(said, &text) };
        (!is_known).then(|| format!("{}: {text}", cut(name, LONGEST_TEXT)))
    }

    fn texts(&self, members: &Members<'_>, above: &[String]) -> Vec<String> {
        let mut texts: Vec<String> = Vec::new();
        for (_, value) in TEXTS.iter().flat_map(|name| members.named(name)) {
            let Some(text) = value.as_str().and_then(|text| self.text(text)) else { continue };
            add(&mut texts, text, above);
        }
        texts
    }

    /// The codes. A code of several words counts as a text.
    fn codes(
        &self,
        members: &Members<'_>,
        above: &[String],
        texts: &mut Vec<String>,
    ) -> Vec<String> {
        let mut codes: Vec<String> = Vec::new();
        for (_, value) in CODES.iter().flat_map(|name| members.named(name)) {
            let code = match value {
                Value::String(text) => self.text(text).unwrap_or_default(),
                Value::Number(number) => number.to_string(),
                _ => continue,
            };
            if is_noise(&code) {
                continue;
            }
            if code.contains(' ') {
                add(texts, code, above);
            } else if !is_said(&code, texts) && !is_said(&code, above) && !codes.contains(&code) {
                codes.push(code);
            }
        }
        codes
    }

    /// The names of what the error is about.
    fn subject(&self, members: &Members<'_>, depth: usize) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        for (name, value) in FIELDS.iter().flat_map(|name| members.named(name)) {
            let word = match value {
                // The place in the document, such as a pointer.
                Value::Object(inner) if name == "source" => {
                    let inner = Members::new(inner);
                    let scalars = inner.0.iter().filter_map(|(_, _, value)| self.scalars(value));
                    scalars.collect::<Vec<_>>().join(" ")
                }
                Value::Array(items) => {
                    let steps = items.iter().filter_map(|item| self.scalars(item));
                    let separator = if name == "fields" { ", " } else { "." };
                    steps.collect::<Vec<_>>().join(separator)
                }
                // The path of the request says nothing about the failure.
                Value::String(text) if name == "path" && depth == 0 && text.starts_with('/') => {
                    continue;
                }
                Value::String(text) => self.text(text).unwrap_or_default(),
                _ => continue,
            };
            if !word.is_empty() && !words.contains(&word) {
                words.push(word);
            }
        }
        words
    }

    fn facts(&self, members: &Members<'_>, said: &[String]) -> Vec<String> {
        let known = FACTS.iter().flat_map(|name| members.stored(name));
        let facts = known.filter_map(|(name, value)| Some((name, self.scalars(value)?)));
        facts
            .filter(|(_, text)| !is_said(text, said))
            .map(|(name, text)| format!("{name}: {text}"))
            .collect()
    }

    /// A scalar, or a list of scalars, as a text.
    fn scalars(&self, value: &Value) -> Option<String> {
        match value {
            Value::String(text) => self.text(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Array(items) if !items.is_empty() => {
                let all = items.iter().map(|item| match item {
                    Value::Array(_) => None,
                    item => self.scalars(item),
                });
                let all: Option<Vec<_>> = all.collect();
                all.map(|all| cut(&all.join(", "), LONGEST_TEXT))
            }
            _ => None,
        }
    }

    /// A text without secrets, line breaks and excess length; `None` if nothing is left.
    fn text(&self, text: &str) -> Option<String> {
        filled(cut(&tidy(&(self.clean)(text)), LONGEST_TEXT))
    }
}

/// The members of an object by their names in lower case without punctuation, in alphabetical
/// order.
struct Members<'a>(Vec<(String, &'a str, &'a Value)>);

impl<'a> Members<'a> {
    fn new(members: &'a Map<String, Value>) -> Self {
        let named = members.iter().map(|(name, value)| (squash(name), name.as_str(), value));
        let mut named: Vec<_> = named.collect();
        named.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
        Self(named)
    }

    /// The members of this name.
    fn named(&self, name: &'static str) -> impl Iterator<Item = (&'static str, &'a Value)> {
        self.stored(name).map(move |(_, value)| (name, value))
    }

    /// The members whose name is spelled exactly so.
    fn stored(&self, name: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let found = self.0.iter().filter(|(known, _, _)| known == name);
        found.map(|(_, name, value)| (*name, *value)).collect::<Vec<_>>().into_iter()
    }
}

/// Adds a text unless the texts contain it already, and removes the texts that it contains.
fn add(texts: &mut Vec<String>, text: String, above: &[String]) {
    if is_said(&text, texts) || is_said(&text, above) {
        return;
    }
    texts.retain(|known| !contains(&text, known));
    texts.push(text);
}

/// Whether an object says by a member of its own what is wrong.
fn names_message(members: &Map<String, Value>) -> bool {
    members.iter().any(|(name, value)| is_message(&squash(name)) && value.is_string())
}

/// Whether there is an object with a message in a value.
fn has_message(value: &Value, depth: usize) -> bool {
    match value {
        Value::Array(items) => depth > 0 && items.iter().any(|item| has_message(item, depth - 1)),
        Value::Object(members) => {
            names_message(members)
                || depth > 0 && members.values().any(|value| has_message(value, depth - 1))
        }
        _ => false,
    }
}

fn is_said(text: &str, said: &[String]) -> bool {
    said.iter().any(|said| contains(said, text))
}

fn contains(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

/// Whether one of the texts contains this word as a whole.
fn has_word(texts: &[String], word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    texts.iter().any(|text| {
        text.match_indices(word).any(|(start, _)| {
            let before = text[..start].chars().next_back();
            let behind = text[start + word.len()..].chars().next();
            !before.is_some_and(is_part) && !behind.is_some_and(is_part)
        })
    })
}

/// Two texts as one, with punctuation between them unless the first one ends a sentence.
fn joined(first: &str, second: &str) -> String {
    if first.is_empty() || second.is_empty() {
        return format!("{first}{second}");
    }
    let separator = if first.ends_with(['.', '!', '?', ':']) { " " } else { ": " };
    format!("{first}{separator}{second}")
}

/// The text on one line.
fn tidy(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The first characters, with a mark if there are more.
pub(crate) fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

fn filled(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// The message of an HTML page or an XML document: its title and its text.
fn markup(body: &str) -> Option<String> {
    let lower = body.to_ascii_lowercase();
    let inside = |name: &str| {
        let open = lower.find(&format!("<{name}"))?;
        let start = open + lower[open..].find('>')? + 1;
        let end = start + lower[start..].find("</")?;
        filled(tidy(&body[start..end]))
    };
    let mut parts: Vec<String> = Vec::new();
    for part in ["title", "code", "faultstring", "message", "h1"].into_iter().filter_map(inside) {
        add(&mut parts, part, &[]);
    }
    filled(parts.join(": "))
}

#[cfg(test)]
mod tests;

//! Texts with named placeholders, matched against parts of requests: path segments, hosts, credentials.

use airbyte_agent_description::{Piece, Template};

/// A text with named placeholders, each of which stands for at least one character.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pattern {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Placeholder(String),
}

impl Pattern {
    /// The pattern of a description's template.
    pub(crate) fn of(template: &Template) -> Self {
        let parts = template
            .pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => Part::Text(text.to_string()),
                Piece::Name(name) => Part::Placeholder(name.to_string()),
            })
            .collect();
        Self { parts }
    }

    /// A pattern that any text fits, as the value of one placeholder.
    pub(crate) fn any(name: &str) -> Self {
        Self { parts: vec![Part::Placeholder(name.to_owned())] }
    }

    /// The parts of the pattern between separators. Only literal texts are searched for them.
    pub(crate) fn split(&self, separator: char) -> Vec<Self> {
        let mut all = vec![Self::default()];
        let push = |all: &mut Vec<Self>, part: Part| {
            if let Some(last) = all.last_mut() {
                last.parts.push(part);
            }
        };
        for part in &self.parts {
            match part {
                Part::Placeholder(_) => push(&mut all, part.clone()),
                Part::Text(text) => {
                    for (at, piece) in text.split(separator).enumerate() {
                        if at > 0 {
                            all.push(Self::default());
                        }
                        if !piece.is_empty() {
                            push(&mut all, Part::Text(piece.to_owned()));
                        }
                    }
                }
            }
        }
        all
    }

    /// Whether the pattern has neither text nor placeholders.
    pub(crate) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Number of literal characters: the more, the more specific.
    pub(crate) fn literals(&self) -> usize {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.len(),
                Part::Placeholder(_) => 0,
            })
            .sum()
    }

    /// The pattern with its literal texts in lower case, for hosts.
    pub(crate) fn lowercase(mut self) -> Self {
        for part in &mut self.parts {
            if let Part::Text(text) = part {
                *text = text.to_lowercase();
            }
        }
        self
    }

    /// The pattern without this text at its beginning; `None` when it begins differently.
    pub(crate) fn without_prefix(mut self, prefix: &str) -> Option<Self> {
        match self.parts.first_mut() {
            Some(Part::Text(text)) => {
                *text = text.strip_prefix(prefix)?.to_owned();
                Some(self)
            }
            _ => None,
        }
    }

    /// The name of the placeholder with which the pattern begins, if it begins with one.
    pub(crate) fn leading_name(&self) -> Option<&str> {
        match self.parts.first() {
            Some(Part::Placeholder(name)) => Some(name),
            _ => None,
        }
    }

    /// The pattern with its first part replaced by `text`.
    pub(crate) fn with_leading_text(&self, text: &str) -> Self {
        let mut parts = self.parts.clone();
        if let Some(first) = parts.first_mut() {
            *first = Part::Text(text.to_owned());
        }
        Self { parts }
    }

    /// The text with every placeholder replaced by the value of its name.
    pub(crate) fn fill(&self, value: impl Fn(&str) -> String) -> String {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.clone(),
                Part::Placeholder(name) => value(name),
            })
            .collect()
    }

    /// Names and values of the placeholders; `None` when the text does not fit.
    pub(crate) fn captures(&self, text: &str) -> Option<Vec<(String, String)>> {
        let mut found = Vec::new();
        Self::capture(&self.parts, text, &mut found).then(|| {
            found.reverse();
            found
        })
    }

    /// Matches the rest of the parts with the rest of the text. The captures are found in reverse order.
    fn capture(parts: &[Part], text: &str, found: &mut Vec<(String, String)>) -> bool {
        match parts.split_first() {
            None => text.is_empty(),
            Some((Part::Text(literal), rest)) => text
                .strip_prefix(literal.as_str())
                .is_some_and(|after| Self::capture(rest, after, found)),
            Some((Part::Placeholder(name), rest)) => {
                text.char_indices().map(|(at, c)| at + c.len_utf8()).any(|end| {
                    let fits = Self::capture(rest, &text[end..], found);
                    if fits {
                        found.push((name.clone(), text[..end].to_owned()));
                    }
                    fits
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_take_at_least_one_character() {
        for (template, text, expected) in [
            ("{id}.json", "12.json", Some("id=12")),
            ("{id}.json", ".json", None),
            ("{a}-{b}", "x-y-z", Some("a=x b=y-z")),
            ("plain", "plain", Some("")),
            ("plain", "plainer", None),
            ("{api_key}", "k", Some("api_key=k")),
        ] {
            let pattern = Pattern::of(&Template::parse(template, "{", "}"));
            let found = pattern.captures(text).map(|all| {
                all.iter().map(|(n, v)| format!("{n}={v}")).collect::<Vec<_>>().join(" ")
            });
            assert_eq!(found.as_deref(), expected, "{template} {text}");
        }
    }
}

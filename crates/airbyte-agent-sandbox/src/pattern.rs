//! Texts with holes, matched against what arrived: path segments, hosts, credentials.

use airbyte_agent_description::{Piece, Template};

/// A text with named holes, each of which stands for at least one character.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pattern {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Hole(String),
}

impl Pattern {
    /// The pattern of a description's template.
    pub(crate) fn of(template: &Template) -> Self {
        let parts = template
            .pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => Part::Text(text.to_string()),
                Piece::Name(name) => Part::Hole(name.to_string()),
            })
            .collect();
        Self { parts }
    }

    /// A single hole.
    pub(crate) fn anything(name: &str) -> Self {
        Self { parts: vec![Part::Hole(name.to_owned())] }
    }

    /// Splits the pattern wherever a literal text has `separator`.
    pub(crate) fn split(&self, separator: char) -> Vec<Self> {
        let mut all = vec![Self::default()];
        let push = |all: &mut Vec<Self>, part: Part| {
            if let Some(last) = all.last_mut() {
                last.parts.push(part);
            }
        };
        for part in &self.parts {
            match part {
                Part::Hole(_) => push(&mut all, part.clone()),
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

    /// Whether nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Number of literal characters: the more, the more specific.
    pub(crate) fn literals(&self) -> usize {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.len(),
                Part::Hole(_) => 0,
            })
            .sum()
    }

    /// The same with literal texts in lower case, for hosts.
    pub(crate) fn lowercase(mut self) -> Self {
        for part in &mut self.parts {
            if let Part::Text(text) = part {
                *text = text.to_lowercase();
            }
        }
        self
    }

    /// The pattern without its first literal text `prefix`.
    pub(crate) fn without_prefix(mut self, prefix: &str) -> Option<Self> {
        match self.parts.first_mut() {
            Some(Part::Text(text)) => {
                *text = text.strip_prefix(prefix)?.to_owned();
                Some(self)
            }
            _ => None,
        }
    }

    /// The name of the first hole when the pattern begins with it.
    pub(crate) fn leading_hole(&self) -> Option<&str> {
        match self.parts.first() {
            Some(Part::Hole(name)) => Some(name),
            _ => None,
        }
    }

    /// The pattern with its first part replaced by `text`.
    pub(crate) fn with_leading(&self, text: &str) -> Self {
        let mut parts = self.parts.clone();
        if let Some(first) = parts.first_mut() {
            *first = Part::Text(text.to_owned());
        }
        Self { parts }
    }

    /// The text with every hole filled by `value`.
    pub(crate) fn fill(&self, value: impl Fn(&str) -> String) -> String {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.clone(),
                Part::Hole(name) => value(name),
            })
            .collect()
    }

    /// What stands in the holes, or `None` when the text does not fit.
    pub(crate) fn captures(&self, text: &str) -> Option<Vec<(String, String)>> {
        let mut found = Vec::new();
        Self::walk(&self.parts, text, &mut found).then(|| {
            found.reverse();
            found
        })
    }

    fn walk(parts: &[Part], text: &str, found: &mut Vec<(String, String)>) -> bool {
        match parts.split_first() {
            None => text.is_empty(),
            Some((Part::Text(literal), rest)) => text
                .strip_prefix(literal.as_str())
                .is_some_and(|after| Self::walk(rest, after, found)),
            Some((Part::Hole(name), rest)) => {
                text.char_indices().map(|(at, c)| at + c.len_utf8()).any(|end| {
                    let fits = Self::walk(rest, &text[end..], found);
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
    fn holes_take_at_least_one_character() {
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

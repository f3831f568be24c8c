//! Texts with named placeholders, parsed when a spec is lowered.

use serde::Serialize;

use super::{List, Text};

/// A text with named placeholders: a path, a base URL, a credential mapping, a header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Template {
    /// Literal texts and placeholders, in order.
    pub pieces: List<Piece>,
}

/// A part of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Piece {
    /// Literal text, which is taken unchanged.
    Text(Text),
    /// A placeholder for the value with this name.
    Name(Text),
}

impl Template {
    /// The names of the placeholders, in order, repeated ones too.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Name(name) => Some(name.as_ref()),
            Piece::Text(_) => None,
        })
    }

    /// Replaces every placeholder by what `value` returns for its name.
    ///
    /// # Errors
    ///
    /// The first error of `value`.
    pub fn render<E>(&self, mut value: impl FnMut(&str) -> Result<String, E>) -> Result<String, E> {
        let mut out = String::new();
        for piece in self.pieces.iter() {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Name(name) => out.push_str(&value(name)?),
            }
        }
        Ok(out)
    }

    /// Parses `text`, whose placeholders are written `open name close` with optional white space, for
    /// example `{name}`, `${name}` or `{{ name }}`. Anything between the marks that is not a plain
    /// name stays literal.
    pub fn parse(text: &str, open: &str, close: &str) -> Self {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(start) = rest.find(open) {
            let inner = &rest[start + open.len()..];
            let Some(end) = inner.find(close) else { break };
            let name = inner[..end].trim();
            literal.push_str(&rest[..start]);
            if is_name(name) {
                if !literal.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut literal).into()));
                }
                pieces.push(Piece::Name(name.to_owned().into()));
            } else {
                literal.push_str(&rest[start..start + open.len() + end + close.len()]);
            }
            rest = &inner[end + close.len()..];
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            pieces.push(Piece::Text(literal.into()));
        }
        Self { pieces: pieces.into() }
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(template: &Template) -> String {
        template
            .pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => format!("'{text}'"),
                Piece::Name(name) => format!("<{name}>"),
            })
            .collect()
    }

    #[test]
    fn holes_are_found_in_every_notation() {
        for (text, open, close, expected) in [
            ("/v2/users/{id}", "{", "}", "'/v2/users/'<id>"),
            ("${email}/token", "${", "}", "<email>'/token'"),
            ("refs/{{ a }}/{{b}}", "{{", "}}", "'refs/'<a>'/'<b>"),
            ("plain", "{", "}", "'plain'"),
            ("", "{", "}", ""),
            ("{not a name}x", "{", "}", "'{not a name}x'"),
            ("open {only", "{", "}", "'open {only'"),
        ] {
            assert_eq!(show(&Template::parse(text, open, close)), expected, "{text}");
        }
    }
}

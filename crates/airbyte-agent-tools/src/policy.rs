//! What may be done: the operator's upper bound on every call.
//!
//! Nothing in the arguments of a call is looked at here, so nothing in them can widen it.

use airbyte_agent_description::{Action, Connector, Operation};
use airbyte_agent_engine::{Error, Result};

/// What may be done.
///
/// The default allows everything. An operation is permitted when an allow pattern matches it (or
/// there is none), no deny pattern matches it and, in read-only mode, it changes nothing. Patterns
/// are `entity.action`, optionally with a connector before it; `*` stands for any text, `?` for
/// one character.
///
/// ```
/// use airbyte_agent_tools::Policy;
///
/// # fn main() -> airbyte_agent_engine::Result<()> {
/// let policy = Policy::default().read_only().allow("issues.*")?.deny("github:*.search")?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    read_only: bool,
    allow: Vec<Pattern>,
    deny: Vec<Pattern>,
}

impl Policy {
    /// Permits only what changes nothing.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// Permits what the pattern matches, besides what other allow patterns match.
    ///
    /// # Errors
    ///
    /// `Usage` when the pattern has no dot and so names no action.
    pub fn allow(mut self, pattern: impl AsRef<str>) -> Result<Self> {
        self.allow.push(Pattern::parse(pattern.as_ref())?);
        Ok(self)
    }

    /// Refuses what the pattern matches, whatever is allowed.
    ///
    /// # Errors
    ///
    /// `Usage` when the pattern has no dot and so names no action.
    pub fn deny(mut self, pattern: impl AsRef<str>) -> Result<Self> {
        self.deny.push(Pattern::parse(pattern.as_ref())?);
        Ok(self)
    }

    /// Whether this permits only what changes nothing.
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Whether the operation may be called, whichever connector it belongs to: a pattern that
    /// names a connector denies in case of doubt and does not allow.
    pub fn permits(&self, operation: &Operation) -> bool {
        self.refusal(None, operation).is_none()
    }

    /// Whether the operation of the connector of this name may be called.
    pub fn permits_in(&self, connector: &str, operation: &Operation) -> bool {
        self.refusal(Some(connector), operation).is_none()
    }

    /// Patterns that match no operation of these connectors: misspelled, most likely. Such that
    /// name an action and no entity are not among them.
    pub fn unmatched(&self, connectors: &[&Connector]) -> Vec<String> {
        let matches = |pattern: &Pattern| {
            connectors.iter().any(|connector| {
                connector.operations().any(|op| pattern.matches(Some(&connector.name), op, false))
            })
        };
        let all = self.allow.iter().chain(&self.deny);
        all.filter(|pattern| !pattern.is_general() && !matches(pattern))
            .map(|pattern| pattern.text.clone())
            .collect()
    }

    /// Why the operation may not be called.
    pub(super) fn refusal(
        &self,
        connector: Option<&str>,
        operation: &Operation,
    ) -> Option<Refusal> {
        if self.deny.iter().any(|pattern| pattern.matches(connector, operation, true)) {
            return Some(Refusal::Denied);
        }
        let allows = |pattern: &Pattern| pattern.matches(connector, operation, false);
        if !self.allow.is_empty() && !self.allow.iter().any(allows) {
            return Some(Refusal::NotAllowed);
        }
        (self.read_only && !operation.hints.read_only).then_some(Refusal::ReadOnly)
    }
}

/// Why an operation may not be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    Denied,
    NotAllowed,
    ReadOnly,
}

/// `entity.action` or `connector:entity.action`, with wildcards.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    text: String,
    connector: Option<String>,
    place: String,
}

impl Pattern {
    fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let (connector, place) = match text.split_once(':') {
            Some((connector, place)) => (Some(connector.to_owned()), place),
            None => (None, text),
        };
        if place.is_empty()
            || connector.as_deref() == Some("")
            || !(place.contains('.') || place == "*")
        {
            let message = format!(
                "'{text}' is no pattern of operations: write entity.action, for example issues.list, \
                 issues.* or *.delete"
            );
            return Err(Error::usage(message));
        }
        Ok(Self { text: text.to_owned(), connector, place: place.to_owned() })
    }

    /// Whether it names an action and no entity, as `*.delete` does: a rule for any connector, also
    /// for one that has no such action.
    fn is_general(&self) -> bool {
        let action = self.place.strip_prefix("*.");
        self.connector.is_none() && action.is_some_and(|name| name.parse::<Action>().is_ok())
    }

    /// `in_doubt` is the answer where the pattern names a connector and the caller does not.
    fn matches(&self, connector: Option<&str>, operation: &Operation, in_doubt: bool) -> bool {
        let here = match (&self.connector, connector) {
            (None, _) => true,
            (Some(pattern), Some(connector)) => glob(pattern, connector),
            (Some(_), None) => in_doubt,
        };
        let former = || {
            operation.action == Action::Search
                && glob(&self.place, &format!("{}.api_search", operation.entity))
        };
        here && (glob(&self.place, &operation.place()) || former())
    }
}

/// Whether all of `text` matches: `*` is any text, `?` one character.
fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where to go on when a star has to take in one character more.
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((at, taken)) = star else { return false };
                star = Some((at, taken + 1));
                (p, t) = (at + 1, taken + 1);
            }
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_match() {
        for (pattern, text, expected) in [
            ("*", "issues.list", true),
            ("issues.*", "issues.list", true),
            ("issues.*", "issues_old.list", false),
            ("*.list", "issues.list", true),
            ("*.l?st", "issues.list", true),
            ("*s*.*t", "issues.list", true),
            ("issues.list", "issues.lists", false),
            ("issues.list*", "issues.list", true),
            ("", "x", false),
        ] {
            assert_eq!(glob(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn patterns_without_an_action_are_refused() {
        for text in ["issues", "", "github:", ":issues.list", "github:issues"] {
            assert!(Policy::default().deny(text).is_err(), "{text}");
        }
    }
}

//! Policies: which operations may be called, as the operator decides.
//!
//! A policy looks at operations only. The arguments of a call are not passed to it, so nothing in them can
//! widen it.

use super::effect::Effect;
use airbyte_agent_description::{Action, Connector, FieldPath, Operation, field_path};
use airbyte_agent_engine::{Error, Result};

/// Which operations may be called.
///
/// The default permits every operation. An operation is permitted when an allow pattern matches it or
/// there is no allow pattern, no deny pattern matches it and, in read-only mode, it changes nothing.
/// A pattern is `entity.action`, or `connector:entity.action`; `*` stands for any text and `?` for
/// one character.
///
/// Between permitting and refusing there is [`ask`](Self::ask): the operation may be called, and each call
/// needs the approval of a person.
///
/// Some operations take a query that may name any kind of record. An allow pattern permits such an operation
/// only if it names this very operation, as in `query.list`, or is for all entities, as in `*.list`.
///
/// Fields can be [hidden](Self::hide): they are in no result, and do not exist in the tables of the store.
///
/// ```
/// use airbyte_agent_tools::Policy;
///
/// # fn main() -> airbyte_agent_engine::Result<()> {
/// let policy = Policy::default().read_only().allow("issues.*")?.deny("github:*.search")?;
/// let policy = policy.hide("customers.email")?.hide("stripe:*.metadata.tax_id")?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    read_only: bool,
    allow: Vec<Pattern>,
    deny: Vec<Pattern>,
    ask: Vec<OperationFilter>,
    hide: Vec<HiddenField>,
}

/// Some operations, by what they do or by their names.
///
/// ```
/// use airbyte_agent_tools::OperationFilter;
///
/// # fn main() -> airbyte_agent_engine::Result<()> {
/// let destructive = OperationFilter::parse("destructive")?;
/// let issues = OperationFilter::parse("github:issues.*")?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationFilter(Filter);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Filter {
    /// Those with this effect or a greater one.
    From(Effect),
    /// Those that match.
    Matching(Pattern),
}

impl OperationFilter {
    /// Reads `writes` for all operations that change data, `destructive` for those that remove or overwrite it,
    /// or a pattern of operations as in a [`Policy`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`](airbyte_agent_engine::ErrorKind::Usage) for any other text.
    pub fn parse(text: &str) -> Result<Self> {
        Ok(Self(match text.trim() {
            "writes" => Filter::From(Effect::Write),
            "destructive" => Filter::From(Effect::Destroy),
            pattern => Filter::Matching(Pattern::parse(pattern).map_err(|error| {
                Error::usage(format!("{}; or writes, or destructive", error.message()))
            })?),
        }))
    }

    /// Whether an operation of the connector of this name is one of them.
    pub fn matches(&self, connector: &str, operation: &Operation) -> bool {
        match &self.0 {
            Filter::From(effect) => Effect::of(operation) >= *effect,
            Filter::Matching(pattern) => pattern.matches(Some(connector), operation, true),
        }
    }

    /// The pattern, if it is one.
    fn pattern(&self) -> Option<&Pattern> {
        match &self.0 {
            Filter::From(_) => None,
            Filter::Matching(pattern) => Some(pattern),
        }
    }
}

/// A field that is in no result, of the entities that a pattern matches.
#[derive(Debug, Clone, PartialEq, Eq)]
struct HiddenField {
    text: String,
    connector: Option<String>,
    entity: String,
    field: String,
}

impl Policy {
    /// Permits only operations that change nothing.
    #[must_use]
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// Permits the operations that the pattern matches, besides those that other allow patterns match.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`](airbyte_agent_engine::ErrorKind::Usage) when the pattern has no dot and so
    /// names no action.
    pub fn allow(mut self, pattern: impl AsRef<str>) -> Result<Self> {
        self.allow.push(Pattern::parse(pattern.as_ref())?);
        Ok(self)
    }

    /// Refuses the operations that the pattern matches, whatever allow patterns match.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`](airbyte_agent_engine::ErrorKind::Usage) when the pattern has no dot and so
    /// names no action.
    pub fn deny(mut self, pattern: impl AsRef<str>) -> Result<Self> {
        self.deny.push(Pattern::parse(pattern.as_ref())?);
        Ok(self)
    }

    /// Asks a person before each call of some operations, which are permitted otherwise; see
    /// [`OperationFilter::parse`]. An [`Approver`](super::Approver) asks. Where nobody can be asked, the call is
    /// refused.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`](airbyte_agent_engine::ErrorKind::Usage) for a text that names no operations.
    pub fn ask(mut self, which: impl AsRef<str>) -> Result<Self> {
        self.ask.push(OperationFilter::parse(which.as_ref())?);
        Ok(self)
    }

    /// Whether the policy asks a person about any call.
    pub fn asks(&self) -> bool {
        !self.ask.is_empty()
    }

    /// Whether each call of the operation needs the approval of a person.
    pub(super) fn asks_about(&self, connector: &str, operation: &Operation) -> bool {
        self.ask.iter().any(|filter| filter.matches(connector, operation))
    }

    /// Leaves a field out of everything that is shown of an entity's own records: `entity.field`, or
    /// `connector:entity.field`, where a field inside an object has dots, as in `customers.address.line1`. The names of
    /// the connector and the entity may contain `*` and `?`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`](airbyte_agent_engine::ErrorKind::Usage) when the pattern names no field.
    pub fn hide(mut self, pattern: impl AsRef<str>) -> Result<Self> {
        let text = pattern.as_ref().trim();
        let (connector, place) = match text.split_once(':') {
            Some((connector, place)) => (Some(connector.to_owned()), place),
            None => (None, text),
        };
        let (entity, field) = place.split_once('.').unwrap_or((place, ""));
        let is_wrong = entity.is_empty()
            || field.is_empty()
            || field.contains(['*', '?'])
            || connector.as_deref() == Some("");
        if is_wrong {
            let message = format!(
                "'{text}' names no field: write entity.field, for example customers.email or *.phone"
            );
            return Err(Error::usage(message));
        }
        let (entity, field, text) = (entity.to_owned(), field.to_owned(), text.to_owned());
        self.hide.push(HiddenField { text, connector, entity, field });
        Ok(self)
    }

    /// The fields that are hidden of the records of an entity.
    pub(super) fn withheld<'p>(
        &'p self,
        connector: &'p str,
        entity: &'p str,
    ) -> impl Iterator<Item = &'p str> {
        let hidden = self.hide.iter().filter(move |hidden| hidden.covers(connector, entity));
        hidden.map(|hidden| hidden.field.as_str())
    }

    /// Whether the policy permits only operations that change nothing.
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Whether the operation may be called, whichever connector it belongs to. A pattern that names a
    /// connector refuses the operation if it denies, and does not permit it if it allows.
    pub fn permits(&self, operation: &Operation) -> bool {
        self.refusal(None, operation).is_none()
    }

    /// Whether the operation of the connector of this name may be called.
    pub fn permits_in(&self, connector: &str, operation: &Operation) -> bool {
        self.refusal(Some(connector), operation).is_none()
    }

    /// The patterns that match no operation of these connectors, as they were written. Most likely they
    /// are misspelled. Patterns that name an action and no entity are not among them.
    pub fn unmatched(&self, connectors: &[&Connector]) -> Vec<String> {
        let matches = |pattern: &Pattern| {
            connectors.iter().any(|connector| {
                connector.operations().any(|op| pattern.matches(Some(&connector.name), op, false))
            })
        };
        let ask = self.ask.iter().filter_map(OperationFilter::pattern);
        let all = self.allow.iter().chain(&self.deny).chain(ask);
        all.filter(|pattern| !pattern.is_general() && !matches(pattern))
            .map(|pattern| pattern.text.clone())
            .chain(
                self.hide
                    .iter()
                    .filter(|hidden| !hidden.is_known(connectors))
                    .map(|h| h.text.clone()),
            )
            .collect()
    }

    /// Why the operation may not be called, `None` when it may.
    pub(super) fn refusal(
        &self,
        connector: Option<&str>,
        operation: &Operation,
    ) -> Option<Refusal> {
        if self.deny.iter().any(|pattern| pattern.matches(connector, operation, true)) {
            return Some(Refusal::Denied);
        }
        let matching = |pattern: &&Pattern| pattern.matches(connector, operation, false);
        let mut matching = self.allow.iter().filter(matching).peekable();
        if !self.allow.is_empty() && matching.peek().is_none() {
            return Some(Refusal::NotAllowed);
        }
        if !self.allow.is_empty() && operation.reads_any && !matching.any(Pattern::allows_any) {
            return Some(Refusal::NotNamed);
        }
        (self.read_only && !operation.hints.read_only).then_some(Refusal::ReadOnly)
    }
}

impl HiddenField {
    fn covers(&self, connector: &str, entity: &str) -> bool {
        self.connector.as_ref().is_none_or(|pattern| glob(pattern, connector.chars()))
            && glob(&self.entity, entity.chars())
    }

    /// Whether one of the connectors has such an entity, and its records may have the field.
    fn is_known(&self, connectors: &[&Connector]) -> bool {
        let may_have =
            |operation: &Operation| {
                operation.response.schema.as_ref().is_none_or(|schema| {
                    field_path(&schema.value(), &self.field) != FieldPath::Missing
                })
            };
        connectors.iter().any(|connector| {
            let covered = |operation: &&Operation| self.covers(&connector.name, &operation.entity);
            connector.operations().filter(covered).any(may_have)
        })
    }
}

/// Why an operation may not be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    Denied,
    NotAllowed,
    /// It may read any kind of record, and the policy permits some kinds only.
    NotNamed,
    ReadOnly,
}

/// A pattern `entity.action` or `connector:entity.action`, with wildcards.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    text: String,
    connector: Option<String>,
    /// The pattern of `entity.action`.
    operation: String,
}

impl Pattern {
    fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let (connector, operation) = match text.split_once(':') {
            Some((connector, operation)) => (Some(connector.to_owned()), operation),
            None => (None, text),
        };
        if operation.is_empty()
            || connector.as_deref() == Some("")
            || !(operation.contains('.') || operation == "*")
        {
            let message = format!(
                "'{text}' is no pattern of operations: write entity.action, for example issues.list, \
                 issues.* or *.delete"
            );
            return Err(Error::usage(message));
        }
        Ok(Self { text: text.to_owned(), connector, operation: operation.to_owned() })
    }

    /// Whether the pattern names an action and no entity, as `*.delete` does. Such a rule is meant for any
    /// connector, also for one that has no such action.
    fn is_general(&self) -> bool {
        let action = self.operation.strip_prefix("*.");
        self.connector.is_none() && action.is_some_and(|name| name.parse::<Action>().is_ok())
    }

    /// Whether the pattern is meant for an operation that it matches and that may read any kind of record:
    /// it names this operation, or all entities.
    fn allows_any(&self) -> bool {
        let entity = self.operation.split_once('.').map_or("*", |(entity, _)| entity);
        entity == "*" || !self.operation.contains(['*', '?'])
    }

    /// Whether the pattern matches an operation. `in_doubt` is the result where the pattern names a
    /// connector and the caller does not.
    fn matches(&self, connector: Option<&str>, operation: &Operation, in_doubt: bool) -> bool {
        let matches_connector = match (&self.connector, connector) {
            (None, _) => true,
            (Some(pattern), Some(connector)) => glob(pattern, connector.chars()),
            (Some(_), None) => in_doubt,
        };
        let matches_action = |action: &str| {
            let name = operation.entity.chars().chain(['.']).chain(action.chars());
            glob(&self.operation, name)
        };
        // Patterns may use the former name of the action `search`.
        let matches_former = || operation.action == Action::Search && matches_action("api_search");
        matches_connector && (matches_action(operation.action.as_str()) || matches_former())
    }
}

/// Whether the pattern matches the whole text; `*` stands for any text and `?` for one character.
fn glob(pattern: &str, mut text: impl Iterator<Item = char> + Clone) -> bool {
    let mut pattern = pattern.chars();
    // What follows the last star in the pattern, and the text that is not yet covered by the star.
    let mut star = None;
    loop {
        let (mut next_pattern, mut next_text) = (pattern.clone(), text.clone());
        match (next_pattern.next(), next_text.next()) {
            (Some('*'), _) => {
                pattern = next_pattern;
                star = Some((pattern.clone(), text.clone()));
            }
            (Some(wanted), Some(given)) if wanted == '?' || wanted == given => {
                (pattern, text) = (next_pattern, next_text);
            }
            (None, None) => return true,
            _ => {
                // The star covers one character more.
                let Some((behind, mut uncovered)) = star else { return false };
                if uncovered.next().is_none() {
                    return false;
                }
                (pattern, text) = (behind.clone(), uncovered.clone());
                star = Some((behind, uncovered));
            }
        }
    }
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
            ("*a*b", "aab.ab.b", true),
            ("*a*b", "aab.ab.bc", false),
            ("a**", "a", true),
            ("?", "", false),
            ("*", "", true),
            ("", "x", false),
        ] {
            assert_eq!(glob(pattern, text.chars()), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn fields_are_hidden_by_entity_and_connector() {
        let policy = ["customers.email", "stripe:*.metadata.tax", "cust*.phone"];
        let policy =
            policy.iter().fold(Policy::default(), |policy, pattern| policy.hide(pattern).unwrap());
        for (connector, entity, expected) in [
            ("stripe", "customers", vec!["email", "metadata.tax", "phone"]),
            ("stripe", "invoices", vec!["metadata.tax"]),
            ("orb", "customers", vec!["email", "phone"]),
            ("orb", "plans", vec![]),
        ] {
            let withheld: Vec<&str> = policy.withheld(connector, entity).collect();
            assert_eq!(withheld, expected, "{connector} {entity}");
        }
        for text in ["email", "customers.", ".email", ":customers.email", "customers.e*"] {
            assert!(Policy::default().hide(text).is_err(), "{text}");
        }
    }

    #[test]
    fn patterns_without_an_action_are_refused() {
        for text in ["issues", "", "github:", ":issues.list", "github:issues"] {
            assert!(Policy::default().deny(text).is_err(), "{text}");
        }
    }
}

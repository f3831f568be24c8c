//! The query languages of vendors, as far as a text can be refused before it is sent.
//!
//! A parser here accepts whatever the vendor might accept. What it refuses is certainly wrong: a quotation
//! mark or bracket that is not closed, a condition without operator or value, clauses in an order that the
//! language does not have. Whether a field exists is known only where the spec lists the fields.

mod field_search;
mod file_query;
mod formula;
mod function_filter;
mod jql;
mod json_text;
mod reader;
mod soql;
mod soql_token;
mod sosl;
mod tokens;
mod words;

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

use super::{List, Text};

pub use jql::{Clause, Condition, Direction, Jql, Operand, Operator, OrderBy, Predicate};

/// A language in which texts are written that vendors read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// JQL, in which issues are searched: `project = A AND status != Done ORDER BY updated`.
    Jql,
    /// SOQL, which reads records: `SELECT Id FROM Account WHERE Name LIKE 'A%' LIMIT 10`.
    Soql,
    /// SOSL, which finds words in records: `FIND {acme} IN NAME FIELDS RETURNING Account(Id)`.
    Sosl,
    /// Clauses of a field, an operator and a value: `status:"open" AND total>1000`.
    FieldSearch,
    /// Comparisons written as functions: `equals(email,"a@acme.com"),greater-than(created,2025-03-01)`.
    FunctionFilter,
    /// Comparisons with texts in single quotation marks: `name contains 'budget' and trashed = false`.
    FileQuery,
    /// A formula with functions, fields in braces and texts in quotation marks.
    Formula,
    /// An object or a list, as JSON in a text.
    Json,
    /// Words out of a list, separated by commas.
    Words,
}

impl Language {
    /// Every language, in the order of declaration.
    pub const ALL: [Self; 9] = [
        Self::Jql,
        Self::Soql,
        Self::Sosl,
        Self::FieldSearch,
        Self::FunctionFilter,
        Self::FileQuery,
        Self::Formula,
        Self::Json,
        Self::Words,
    ];

    /// The name by which specs know it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jql => "jql",
            Self::Soql => "soql",
            Self::Sosl => "sosl",
            Self::FieldSearch => "field-search",
            Self::FunctionFilter => "function-filter",
            Self::FileQuery => "file-query",
            Self::Formula => "formula",
            Self::Json => "json",
            Self::Words => "words",
        }
    }

    /// The language that specs call so; `None` for other words.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.as_str() == name)
    }

    /// A text in the language. Where a grammar lists fields or words, it need not be one that they permit.
    pub const fn example(self) -> &'static str {
        match self {
            Self::Jql => "updated >= -30d ORDER BY updated",
            Self::Soql => "SELECT Id FROM Account LIMIT 10",
            Self::Sosl => "FIND {acme} IN ALL FIELDS RETURNING Account(Id)",
            Self::FieldSearch => "created>0",
            Self::FunctionFilter => "greater-than(datetime,2025-03-01T00:00:00Z)",
            Self::FileQuery => "name contains 'plan'",
            Self::Formula => "{Name} = 'plan'",
            Self::Json => "{}",
            Self::Words => "name",
        }
    }

    /// What a text in the language is called in messages, with its article.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Jql => "a JQL query",
            Self::Soql => "a SOQL query",
            Self::Sosl => "a SOSL search",
            Self::FieldSearch => "a search of the form field:\"value\" AND field>1",
            Self::FunctionFilter => "a filter of the form equals(field,\"value\")",
            Self::FileQuery => "a query of the form field contains 'text'",
            Self::Formula => "a formula",
            Self::Json => "an object or a list as JSON text",
            Self::Words => "a list of words separated by commas",
        }
    }
}

/// How a text has to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Grammar {
    /// The language of the text.
    pub language: Language,
    /// The only fields, or words, that the vendor knows in it; if empty, they are not checked.
    pub names: List<Text>,
    /// Whether the vendor refuses a query that restricts nothing.
    pub bounded: bool,
}

impl Grammar {
    /// A grammar that knows nothing but its language.
    pub const fn new(language: Language) -> Self {
        Self { language, names: Cow::Borrowed(&[]), bounded: false }
    }

    /// Checks a text; fails with the first place that the vendor would certainly refuse.
    pub fn check(&self, text: &str) -> Result<(), QueryError> {
        match self.language {
            Language::Jql => self.check_jql(text),
            Language::Soql => soql::check(text),
            Language::Sosl => sosl::check(text),
            Language::FieldSearch => field_search::check(text, &self.names),
            Language::FunctionFilter => function_filter::check(text, &self.names),
            Language::FileQuery => file_query::check(text, &self.names),
            Language::Formula => formula::check(text),
            Language::Json => json_text::check(text),
            Language::Words => words::check(text, &self.names),
        }
    }

    fn check_jql(&self, text: &str) -> Result<(), QueryError> {
        let query = Jql::parse(text)?;
        if self.bounded && query.condition.is_none() {
            return Err(QueryError::new(
                0,
                "a restriction is missing, such as project = KEY or updated >= -30d",
            ));
        }
        Ok(())
    }
}

/// Why a text cannot be read in its language, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    /// The place of the problem: how many characters stand before it.
    pub at: usize,
    /// What is wrong there and what would be right.
    pub problem: String,
}

impl QueryError {
    pub(crate) fn new(at: usize, problem: impl Into<String>) -> Self {
        Self { at, problem: problem.into() }
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at character {}: {}", self.at + 1, self.problem)
    }
}

impl std::error::Error for QueryError {}

#[cfg(test)]
mod tests;

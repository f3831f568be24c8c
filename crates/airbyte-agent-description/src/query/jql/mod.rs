//! JQL: what a query says, and how it is read.

mod parse;
mod token;

use super::QueryError;

/// A query in JQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jql {
    /// What issues have to fulfil; `None` if the query restricts nothing.
    pub condition: Option<Condition>,
    /// The order of the result, most important first.
    pub order: Vec<OrderBy>,
}

impl Jql {
    /// Reads a query. A query that is empty restricts nothing.
    ///
    /// ```
    /// use airbyte_agent_description::query::{Condition, Jql, Operand};
    ///
    /// let jql = Jql::parse("project = APOLLO ORDER BY updated DESC")?;
    /// let Some(Condition::Clause(clause)) = jql.condition else { unreachable!() };
    /// assert_eq!(clause.field, "project");
    /// assert_eq!(clause.operand, Some(Operand::Text("APOLLO".to_owned())));
    ///
    /// let error = Jql::parse("status = In Progress").unwrap_err();
    /// assert_eq!(error.at, 9);
    /// # Ok::<(), airbyte_agent_description::query::QueryError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Fails with the first place at which Jira would refuse the query.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        parse::query(text)
    }
}

/// What issues have to fulfil.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The issue fulfils all of these conditions.
    And(Vec<Condition>),
    /// The issue fulfils at least one of these conditions.
    Or(Vec<Condition>),
    /// The issue does not fulfil this condition.
    Not(Box<Condition>),
    /// A comparison of one field.
    Clause(Clause),
}

/// A comparison of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The name of the field, such as `project`, `cf[10016]` or `Story Points`, without quotation marks.
    pub field: String,
    /// How it is compared.
    pub operator: Operator,
    /// What it is compared with; `None` only for [`Operator::Changed`].
    pub operand: Option<Operand>,
    /// When, by whom, from and to what, for `WAS` and `CHANGED`.
    pub predicates: Vec<Predicate>,
}

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `=`
    Equals,
    /// `!=`
    NotEquals,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `~`
    Contains,
    /// `!~`
    ContainsNot,
    /// `IN`
    In,
    /// `NOT IN`
    NotIn,
    /// `IS`
    Is,
    /// `IS NOT`
    IsNot,
    /// `WAS`
    Was,
    /// `WAS NOT`
    WasNot,
    /// `WAS IN`
    WasIn,
    /// `WAS NOT IN`
    WasNotIn,
    /// `CHANGED`
    Changed,
}

/// What a field is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// A text, a number or a time, without quotation marks.
    Text(String),
    /// The field has no value: `EMPTY` or `NULL`.
    Empty,
    /// A function and its arguments, such as `currentUser()`.
    Function {
        /// The name of the function.
        name: String,
        /// Its arguments, without quotation marks.
        arguments: Vec<String>,
    },
    /// Several values in parentheses.
    List(Vec<Operand>),
}

/// A restriction of what happened to a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Predicate {
    /// `AFTER`, `BEFORE`, `BY`, `DURING`, `FROM`, `ON` or `TO`, in capitals.
    pub name: String,
    /// What it is compared with.
    pub operand: Operand,
}

/// A field by which a result is ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderBy {
    /// The name of the field, without quotation marks.
    pub field: String,
    /// The direction, if the query names one.
    pub direction: Option<Direction>,
}

/// The direction of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// `ASC`
    Ascending,
    /// `DESC`
    Descending,
}

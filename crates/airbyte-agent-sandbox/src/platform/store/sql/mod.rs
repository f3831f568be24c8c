//! SQL over the entities of the store: SELECT with joins, groups, order and limits. Anything else is an
//! error that says what is not supported.

mod expression;
mod function;
mod relation;
mod select;
mod source;

use serde_json::{Map, Value};
use sqlparser::ast::{Expr, LimitClause, Query, SetExpr, Statement};
use sqlparser::dialect::DuckDbDialect;
use sqlparser::parser::Parser;

use super::Row;
use crate::platform::error::ApiError;

/// The rows of a table or of a result.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Row>,
}

/// A function that finds a table by its name.
pub(super) type FindTable<'a> = dyn Fn(&str) -> Result<Table, ApiError> + 'a;

/// Most rows of a result.
const LARGEST_LIMIT: usize = 1_000;

/// Runs the statement in the parameters. Gives the rows, and whether there are more.
pub(super) fn run(
    find: &FindTable<'_>,
    params: &Map<String, Value>,
) -> Result<(Vec<Value>, bool), ApiError> {
    let text = params.get("sql").and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let text = text.ok_or_else(|| ApiError::invalid("sql", "sql is required"))?;
    let limit = super::request::limit(params, LARGEST_LIMIT, LARGEST_LIMIT)?;
    let query = parse(text)?;
    let table = Session { find, named: Vec::new() }.query(&query)?;
    let more = table.rows.len() > limit;
    Ok((table.rows.into_iter().take(limit).map(Value::Object).collect(), more))
}

fn parse(text: &str) -> Result<Query, ApiError> {
    let mut statements = Parser::parse_sql(&DuckDbDialect {}, text)
        .map_err(|message| sql_error(message.to_string()))?;
    match (statements.pop(), statements.is_empty()) {
        (Some(Statement::Query(query)), true) => Ok(*query),
        (Some(_), true) => Err(sql_error("only SELECT is allowed")),
        _ => Err(sql_error("exactly one statement is allowed")),
    }
}

/// The error of a statement.
fn sql_error(message: impl Into<String>) -> ApiError {
    ApiError::invalid("sql", format!("sql: {}", message.into()))
}

/// The error of something that is SQL but not carried out here.
fn unsupported(what: impl std::fmt::Display) -> ApiError {
    sql_error(format!("the sandbox does not support `{what}`"))
}

/// The tables that a query can name.
struct Session<'a> {
    find: &'a FindTable<'a>,
    /// Tables that the query itself defines, by their names in lower case.
    named: Vec<(String, Table)>,
}

impl Session<'_> {
    /// Runs a query.
    fn query(&self, query: &Query) -> Result<Table, ApiError> {
        let mut inner = Session { find: self.find, named: self.named.clone() };
        for named in query.with.iter().flat_map(|with| &with.cte_tables) {
            let table = inner.query(&named.query)?;
            inner.named.push((named.alias.name.value.to_lowercase(), table));
        }
        let order = query.order_by.as_ref();
        let mut table = match query.body.as_ref() {
            SetExpr::Select(select) => inner.select(select, order)?,
            SetExpr::Query(query) if order.is_none() => inner.query(query)?,
            other => return Err(unsupported(other)),
        };
        let (limit, offset) = match &query.limit_clause {
            None => (None, None),
            Some(LimitClause::LimitOffset { limit, offset, limit_by }) if limit_by.is_empty() => {
                (limit.as_ref(), offset.as_ref().map(|offset| &offset.value))
            }
            Some(other) => return Err(unsupported(other)),
        };
        if let Some(fetch) = &query.fetch {
            return Err(unsupported(fetch));
        }
        if let Some(offset) = offset {
            let offset = inner.number(offset)?;
            table.rows.drain(..offset.min(table.rows.len()));
        }
        if let Some(limit) = limit {
            table.rows.truncate(inner.number(limit)?);
        }
        Ok(table)
    }

    /// A number that does not depend on a row.
    fn number(&self, expression: &Expr) -> Result<usize, ApiError> {
        let scope = expression::Scope::empty(self);
        let value = scope.value(expression)?.as_u64().and_then(|n| usize::try_from(n).ok());
        value.ok_or_else(|| sql_error(format!("`{expression}` must be a whole number")))
    }
}

#[cfg(test)]
mod tests;

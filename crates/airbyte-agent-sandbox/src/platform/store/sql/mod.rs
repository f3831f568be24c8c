//! SQL over the entities of the store, really carried out: SELECT with joins, groups, order and
//! limits. What is beyond that is refused by name.

mod aggregate;
mod expression;
mod function;
mod select;
mod source;

use serde_json::{Map, Value};
use sqlparser::ast::{Expr, LimitClause, Query, SetExpr, Statement};
use sqlparser::dialect::DuckDbDialect;
use sqlparser::parser::Parser;

use super::Row;
use crate::platform::refusal::Refusal;

/// Rows under columns.
#[derive(Debug, Clone, Default)]
pub(super) struct Table {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Row>,
}

/// Finds a table by its name.
pub(super) type Find<'a> = dyn Fn(&str) -> Result<Table, Refusal> + 'a;

/// Rows of an answer when nothing limits them.
const MOST: usize = 1_000;

/// Carries out the statement of the parameters; gives the rows, and whether there were more.
pub(super) fn run(
    find: &Find<'_>,
    params: &Map<String, Value>,
) -> Result<(Vec<Value>, bool), Refusal> {
    let text = params.get("sql").and_then(Value::as_str).filter(|text| !text.trim().is_empty());
    let text = text.ok_or_else(|| Refusal::invalid("sql", "sql is required"))?;
    let limit = super::search::limit(params, MOST, MOST)?;
    let query = parse(text)?;
    let table = Session { find, named: Vec::new() }.query(&query)?;
    let more = table.rows.len() > limit;
    Ok((table.rows.into_iter().take(limit).map(Value::Object).collect(), more))
}

fn parse(text: &str) -> Result<Query, Refusal> {
    let mut statements =
        Parser::parse_sql(&DuckDbDialect {}, text).map_err(|why| refuse(why.to_string()))?;
    match (statements.pop(), statements.is_empty()) {
        (Some(Statement::Query(query)), true) => Ok(*query),
        (Some(_), true) => Err(refuse("only SELECT is allowed")),
        _ => Err(refuse("exactly one statement is allowed")),
    }
}

/// The refusal of a statement.
fn refuse(why: impl Into<String>) -> Refusal {
    Refusal::invalid("sql", format!("sql: {}", why.into()))
}

/// The refusal of something that is SQL but not carried out here.
fn beyond(what: impl std::fmt::Display) -> Refusal {
    refuse(format!("the sandbox does not carry out `{what}`"))
}

/// What names mean while a query is carried out.
struct Session<'a> {
    find: &'a Find<'a>,
    /// Tables that the query itself has named.
    named: Vec<(String, Table)>,
}

impl Session<'_> {
    /// Carries out a query.
    fn query(&self, query: &Query) -> Result<Table, Refusal> {
        let mut inner = Session { find: self.find, named: self.named.clone() };
        for named in query.with.iter().flat_map(|with| &with.cte_tables) {
            let table = inner.query(&named.query)?;
            inner.named.push((named.alias.name.value.to_lowercase(), table));
        }
        let order = query.order_by.as_ref();
        let mut table = match query.body.as_ref() {
            SetExpr::Select(select) => inner.select(select, order)?,
            SetExpr::Query(query) if order.is_none() => inner.query(query)?,
            other => return Err(beyond(other)),
        };
        let (limit, offset) = match &query.limit_clause {
            None => (None, None),
            Some(LimitClause::LimitOffset { limit, offset, limit_by }) if limit_by.is_empty() => {
                (limit.as_ref(), offset.as_ref().map(|offset| &offset.value))
            }
            Some(other) => return Err(beyond(other)),
        };
        if let Some(fetch) = &query.fetch {
            return Err(beyond(fetch));
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
    fn number(&self, expression: &Expr) -> Result<usize, Refusal> {
        let scope = expression::Scope::empty(self);
        let value = scope.value(expression)?.as_u64().and_then(|n| usize::try_from(n).ok());
        value.ok_or_else(|| refuse(format!("`{expression}` is to be a whole number")))
    }
}

#[cfg(test)]
mod tests;

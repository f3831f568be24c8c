//! FROM: tables, subqueries and joins.

use std::rc::Rc;

use sqlparser::ast::{
    Expr, JoinConstraint, JoinOperator, ObjectName, TableAlias, TableFactor, TableWithJoins,
};

use super::expression::Scope;
use super::relation::{Part, Relation};
use super::{Row, Session, Table, sql_error, unsupported};
use crate::platform::error::ApiError;

impl Session<'_> {
    /// The rows that a query reads from.
    pub(super) fn relation(&self, from: &[TableWithJoins]) -> Result<Relation, ApiError> {
        // Without FROM there is one row without columns.
        let mut whole = Relation { parts: Vec::new(), rows: vec![Vec::new()] };
        for table in from {
            let (part, table_rows) = self.table(&table.relation)?;
            whole = self.join(whole, part, &table_rows, None, false)?;
            for join in &table.joins {
                let (part, rows) = self.table(&join.relation)?;
                let (constraint, outer) = match &join.join_operator {
                    JoinOperator::Join(on)
                    | JoinOperator::Inner(on)
                    | JoinOperator::CrossJoin(on) => (on, false),
                    JoinOperator::Left(on) | JoinOperator::LeftOuter(on) => (on, true),
                    _ => return Err(unsupported(join)),
                };
                let condition = match constraint {
                    JoinConstraint::On(condition) => Some(Constraint::On(condition)),
                    JoinConstraint::Using(names) => Some(Constraint::Using(
                        names.iter().map(last_part).collect::<Option<Vec<_>>>().unwrap_or_default(),
                    )),
                    JoinConstraint::None => None,
                    JoinConstraint::Natural => return Err(unsupported("NATURAL JOIN")),
                };
                whole = self.join(whole, part, &rows, condition.as_ref(), outer)?;
            }
        }
        Ok(whole)
    }

    /// One table or subquery.
    fn table(&self, factor: &TableFactor) -> Result<(Part, Vec<Rc<Row>>), ApiError> {
        let (table, name) = match factor {
            TableFactor::Table { name, alias, args: None, .. } => {
                let own = last_part(name).ok_or_else(|| unsupported(name))?;
                let lower = own.to_lowercase();
                let named = self.named.iter().rev().find(|(known, _)| *known == lower);
                let table = match named {
                    Some((_, table)) => table.clone(),
                    None => (self.find)(&own)?,
                };
                (table, alias_of(alias.as_ref()).unwrap_or(own))
            }
            TableFactor::Derived { subquery, alias, lateral: false, .. } => {
                (self.query(subquery)?, alias_of(alias.as_ref()).unwrap_or_default())
            }
            other => return Err(unsupported(other)),
        };
        let Table { columns, rows } = table;
        Ok((Part { name, columns }, rows.into_iter().map(Rc::new).collect()))
    }

    fn join(
        &self,
        left: Relation,
        part: Part,
        rows: &[Rc<Row>],
        constraint: Option<&Constraint<'_>>,
        outer: bool,
    ) -> Result<Relation, ApiError> {
        let Relation { mut parts, rows: known } = left;
        if parts.iter().any(|other| other.name.eq_ignore_ascii_case(&part.name)) {
            return Err(sql_error(format!("two tables are called `{}`", part.name)));
        }
        parts.push(part);
        let mut joined = Vec::new();
        for left in known {
            let mut found = false;
            for right in rows {
                let mut row = left.clone();
                row.push(Rc::clone(right));
                let fits = match constraint {
                    None => true,
                    Some(Constraint::On(condition)) => {
                        Scope::of(self, &parts, &row).is_true(condition)?
                    }
                    Some(Constraint::Using(names)) => names.iter().all(|name| {
                        let mut left = left.iter().filter_map(|row| row.get(name));
                        right
                            .get(name)
                            .is_some_and(|right| !right.is_null() && left.any(|left| left == right))
                    }),
                };
                if fits {
                    found = true;
                    joined.push(row);
                }
            }
            if outer && !found {
                let mut row = left;
                row.push(Rc::default());
                joined.push(row);
            }
        }
        Ok(Relation { parts, rows: joined })
    }
}

enum Constraint<'q> {
    On(&'q Expr),
    Using(Vec<String>),
}

/// The last part of a name with dots.
fn last_part(name: &ObjectName) -> Option<String> {
    Some(name.0.last()?.as_ident()?.value.clone())
}

fn alias_of(alias: Option<&TableAlias>) -> Option<String> {
    alias.map(|alias| alias.name.value.clone())
}

//! SELECT: conditions, groups, columns and order.

use std::collections::HashSet;

use serde_json::Value;
use sqlparser::ast::{
    Distinct, Expr, GroupByExpr, OrderBy, OrderByKind, Select, SelectItem,
    SelectItemQualifiedWildcardKind, Value as Literal,
};

use super::expression::{Scope, has_aggregate};
use super::relation::{Joined, Part, Relation};
use super::{Row, Session, Table, sql_error, unsupported};
use crate::platform::error::ApiError;
use crate::platform::store::compare::sort_order;

/// A column of the result.
struct Column<'q> {
    name: String,
    source: Source<'q>,
}

/// Where the values of a column come from.
enum Source<'q> {
    Expression(&'q Expr),
    /// A column of one of the tables.
    Part(usize, String),
}

impl Session<'_> {
    /// Runs a SELECT.
    pub(super) fn select(
        &self,
        select: &Select,
        order: Option<&OrderBy>,
    ) -> Result<Table, ApiError> {
        for (what, is) in [
            ("INTO", select.into.is_some()),
            ("TOP", select.top.is_some()),
            ("QUALIFY", select.qualify.is_some()),
            ("LATERAL VIEW", !select.lateral_views.is_empty()),
            ("WINDOW", !select.named_window.is_empty()),
        ] {
            if is {
                return Err(unsupported(what));
            }
        }
        let Relation { parts, mut rows } = self.relation(&select.from)?;
        if let Some(condition) = &select.selection {
            let mut matching = Vec::new();
            for row in rows {
                if Scope::of(self, &parts, &row).is_true(condition)? {
                    matching.push(row);
                }
            }
            rows = matching;
        }
        let columns = columns(&select.projection, &parts)?;
        let sort_keys = sort_keys(order)?;
        let groups = self.groups(select, &columns, &sort_keys, &parts, rows)?;
        let mut out: Vec<(Vec<Value>, Row)> = Vec::new();
        for group in &groups {
            let scope = match group {
                Group::Row(row) => Scope::of(self, &parts, row),
                Group::Many(rows, first) => Scope::of(self, &parts, first).grouped(rows),
            };
            if let Some(condition) = &select.having
                && !scope.is_true(condition)?
            {
                continue;
            }
            let mut row = Row::new();
            for column in &columns {
                let value = match &column.source {
                    Source::Expression(expression) => scope.value(expression)?,
                    Source::Part(part, name) => scope.of_part(*part, name),
                };
                row.insert(column.name.clone(), value);
            }
            let keys = sort_keys.iter().map(|key| key.value(&scope, &columns, &row));
            out.push((keys.collect::<Result<_, _>>()?, row));
        }
        match &select.distinct {
            None | Some(Distinct::All) => {}
            Some(Distinct::Distinct) => {
                let mut seen = HashSet::new();
                out.retain(|(_, row)| seen.insert(Value::from(row.clone()).to_string()));
            }
            Some(other) => return Err(unsupported(other)),
        }
        out.sort_by(|(one, _), (other, _)| {
            let compared = one.iter().zip(other).zip(&sort_keys);
            let mut compared = compared.map(|((one, other), key)| key.compare(one, other));
            compared.find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
        });
        let names = columns.into_iter().map(|column| column.name).collect();
        Ok(Table { columns: names, rows: out.into_iter().map(|(_, row)| row).collect() })
    }

    /// Divides rows into groups. Without GROUP BY and aggregates every row is one.
    fn groups(
        &self,
        select: &Select,
        columns: &[Column<'_>],
        sort_keys: &[SortKey<'_>],
        parts: &[Part],
        rows: Vec<Joined>,
    ) -> Result<Vec<Group>, ApiError> {
        let expressions = match &select.group_by {
            GroupByExpr::Expressions(expressions, more) if more.is_empty() => expressions.clone(),
            GroupByExpr::All(more) if more.is_empty() => columns
                .iter()
                .filter_map(|column| match column.source {
                    Source::Expression(expression) if !has_aggregate(expression) => {
                        Some(expression.clone())
                    }
                    _ => None,
                })
                .collect(),
            other => return Err(unsupported(other)),
        };
        let aggregated = columns.iter().any(|column| match column.source {
            Source::Expression(expression) => has_aggregate(expression),
            Source::Part(..) => false,
        });
        let aggregated = aggregated
            || select.having.as_ref().is_some_and(has_aggregate)
            || sort_keys.iter().any(|key| has_aggregate(key.expression));
        if expressions.is_empty() && !aggregated {
            return Ok(rows.into_iter().map(Group::Row).collect());
        }
        let mut groups: Vec<(String, Vec<Joined>)> = Vec::new();
        let mut positions = std::collections::HashMap::new();
        if expressions.is_empty() {
            groups.push((String::new(), Vec::new()));
            positions.insert(String::new(), 0);
        }
        for row in rows {
            let scope = Scope::of(self, parts, &row);
            let mut keys = Vec::new();
            for expression in &expressions {
                let expression = named_expression(expression, columns).unwrap_or(expression);
                keys.push(scope.value(expression)?);
            }
            let key = if keys.is_empty() { String::new() } else { Value::from(keys).to_string() };
            let position = *positions.entry(key.clone()).or_insert(groups.len());
            if position == groups.len() {
                groups.push((key, Vec::new()));
            }
            groups[position].1.push(row);
        }
        let nothing: Joined = parts.iter().map(|_| std::rc::Rc::default()).collect();
        Ok(groups
            .into_iter()
            .map(|(_, rows)| {
                let first = rows.first().cloned().unwrap_or_else(|| nothing.clone());
                Group::Many(rows, first)
            })
            .collect())
    }
}

/// The rows that become one row of the result.
enum Group {
    Row(Joined),
    /// Rows with the same keys, and the first of them, from which other values are taken.
    Many(Vec<Joined>, Joined),
}

/// The expression of the column that an alias or a number in GROUP BY means.
fn named_expression<'q>(expression: &Expr, columns: &[Column<'q>]) -> Option<&'q Expr> {
    let column = match expression {
        Expr::Identifier(name) => {
            columns.iter().find(|column| column.name.eq_ignore_ascii_case(&name.value))?
        }
        Expr::Value(value) => match &value.value {
            Literal::Number(number, _) => {
                columns.get(number.parse::<usize>().ok()?.checked_sub(1)?)?
            }
            _ => return None,
        },
        _ => return None,
    };
    match column.source {
        Source::Expression(expression) => Some(expression),
        Source::Part(..) => None,
    }
}

/// The columns of the result.
fn columns<'q>(items: &'q [SelectItem], parts: &[Part]) -> Result<Vec<Column<'q>>, ApiError> {
    let mut columns: Vec<Column<'q>> = Vec::new();
    let mut add = |name: String, source| {
        // The names become members of an object, so each of them must be different.
        let same = columns.iter().filter(|known: &&Column<'_>| {
            known.name == name || known.name.starts_with(&format!("{name}:"))
        });
        let name = match same.count() {
            0 => name,
            count => format!("{name}:{count}"),
        };
        columns.push(Column { name, source });
    };
    for item in items {
        match item {
            SelectItem::UnnamedExpr(expression) => {
                add(name_of(expression), Source::Expression(expression));
            }
            SelectItem::ExprWithAlias { expr, alias } => {
                add(alias.value.clone(), Source::Expression(expr));
            }
            SelectItem::Wildcard(_) => {
                for (at, part) in parts.iter().enumerate() {
                    for column in &part.columns {
                        add(column.clone(), Source::Part(at, column.clone()));
                    }
                }
            }
            SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), _) => {
                let wanted = name.to_string();
                let at = parts.iter().position(|part| part.name.eq_ignore_ascii_case(&wanted));
                let at = at.ok_or_else(|| sql_error(format!("there is no table `{wanted}`")))?;
                for column in &parts[at].columns {
                    add(column.clone(), Source::Part(at, column.clone()));
                }
            }
            other => return Err(unsupported(other)),
        }
    }
    Ok(columns)
}

/// The name of a column without an alias.
fn name_of(expression: &Expr) -> String {
    match expression {
        Expr::Identifier(name) => name.value.clone(),
        Expr::CompoundIdentifier(names) => {
            names.last().map(|name| name.value.clone()).unwrap_or_default()
        }
        Expr::Nested(inner) => name_of(inner),
        other => match other.to_string() {
            text if text.eq_ignore_ascii_case("count(*)") => "count_star()".to_owned(),
            text => text,
        },
    }
}

/// An expression to sort by.
struct SortKey<'q> {
    expression: &'q Expr,
    descending: bool,
    nulls_first: bool,
}

/// The keys of ORDER BY.
fn sort_keys(order: Option<&OrderBy>) -> Result<Vec<SortKey<'_>>, ApiError> {
    let Some(order) = order else { return Ok(Vec::new()) };
    match &order.kind {
        OrderByKind::Expressions(all) => Ok(all
            .iter()
            .map(|one| SortKey {
                expression: &one.expr,
                descending: one.options.to_string().to_uppercase().contains("DESC"),
                nulls_first: one.options.to_string().to_uppercase().contains("NULLS FIRST"),
            })
            .collect()),
        OrderByKind::All(_) => Err(unsupported("ORDER BY ALL")),
    }
}

impl SortKey<'_> {
    fn value(
        &self,
        scope: &Scope<'_>,
        columns: &[Column<'_>],
        row: &Row,
    ) -> Result<Value, ApiError> {
        let by_number = match self.expression {
            Expr::Value(value) => match &value.value {
                Literal::Number(number, _) => number.parse::<usize>().ok(),
                _ => None,
            },
            _ => None,
        };
        if let Some(number) = by_number {
            let column = number.checked_sub(1).and_then(|at| columns.get(at));
            let column = column.ok_or_else(|| sql_error(format!("there is no column {number}")))?;
            return Ok(row.get(&column.name).cloned().unwrap_or(Value::Null));
        }
        if let Expr::Identifier(name) = self.expression
            && let Some(value) = row.get(&name.value)
        {
            return Ok(value.clone());
        }
        scope.value(self.expression)
    }

    fn compare(&self, one: &Value, other: &Value) -> std::cmp::Ordering {
        match (one.is_null(), other.is_null()) {
            (false, false) => {
                let order = sort_order(one, other);
                if self.descending { order.reverse() } else { order }
            }
            (one, other) => {
                let order = one.cmp(&other);
                if self.nulls_first { order.reverse() } else { order }
            }
        }
    }
}

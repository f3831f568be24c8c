//! SELECT: what is kept, grouped, shown and in which order.

use std::collections::HashSet;

use serde_json::Value;
use sqlparser::ast::{
    Distinct, Expr, GroupByExpr, OrderBy, OrderByKind, Select, SelectItem,
    SelectItemQualifiedWildcardKind, Value as Literal,
};

use super::expression::{Scope, has_aggregate};
use super::source::{Joined, Part, Relation};
use super::{Row, Session, Table, beyond, refuse};
use crate::platform::refusal::Refusal;
use crate::platform::store::compare::rank;

/// A column of the answer.
struct Column<'q> {
    name: String,
    source: Source<'q>,
}

enum Source<'q> {
    Expression(&'q Expr),
    /// A column of a part.
    Part(usize, String),
}

impl Session<'_> {
    pub(super) fn select(
        &self,
        select: &Select,
        order: Option<&OrderBy>,
    ) -> Result<Table, Refusal> {
        for (what, is) in [
            ("INTO", select.into.is_some()),
            ("TOP", select.top.is_some()),
            ("QUALIFY", select.qualify.is_some()),
            ("LATERAL VIEW", !select.lateral_views.is_empty()),
            ("WINDOW", !select.named_window.is_empty()),
        ] {
            if is {
                return Err(beyond(what));
            }
        }
        let Relation { parts, mut rows } = self.from(&select.from)?;
        if let Some(condition) = &select.selection {
            let mut kept = Vec::new();
            for row in rows {
                if Scope::of(self, &parts, &row).holds(condition)? {
                    kept.push(row);
                }
            }
            rows = kept;
        }
        let columns = columns(&select.projection, &parts)?;
        let orders = orders(order)?;
        let groups = self.groups(select, &columns, &orders, &parts, rows)?;
        let mut out: Vec<(Vec<Value>, Row)> = Vec::new();
        for group in &groups {
            let scope = match group {
                Group::Row(row) => Scope::of(self, &parts, row),
                Group::Many(rows, first) => Scope::of(self, &parts, first).grouped(rows),
            };
            if let Some(condition) = &select.having
                && !scope.holds(condition)?
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
            let keys = orders.iter().map(|key| key.value(&scope, &columns, &row));
            out.push((keys.collect::<Result<_, _>>()?, row));
        }
        match &select.distinct {
            None | Some(Distinct::All) => {}
            Some(Distinct::Distinct) => {
                let mut seen = HashSet::new();
                out.retain(|(_, row)| seen.insert(Value::from(row.clone()).to_string()));
            }
            Some(other) => return Err(beyond(other)),
        }
        out.sort_by(|(one, _), (other, _)| {
            let compared = one.iter().zip(other).zip(&orders);
            let mut compared = compared.map(|((one, other), key)| key.compare(one, other));
            compared.find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
        });
        let names = columns.into_iter().map(|column| column.name).collect();
        Ok(Table { columns: names, rows: out.into_iter().map(|(_, row)| row).collect() })
    }

    fn groups(
        &self,
        select: &Select,
        columns: &[Column<'_>],
        orders: &[Key<'_>],
        parts: &[Part],
        rows: Vec<Joined>,
    ) -> Result<Vec<Group>, Refusal> {
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
            other => return Err(beyond(other)),
        };
        let aggregated = columns.iter().any(|column| match column.source {
            Source::Expression(expression) => has_aggregate(expression),
            Source::Part(..) => false,
        });
        let aggregated = aggregated
            || select.having.as_ref().is_some_and(has_aggregate)
            || orders.iter().any(|key| has_aggregate(key.expression));
        if expressions.is_empty() && !aggregated {
            return Ok(rows.into_iter().map(Group::Row).collect());
        }
        let mut groups: Vec<(String, Vec<Joined>)> = Vec::new();
        let mut places = std::collections::HashMap::new();
        if expressions.is_empty() {
            groups.push((String::new(), Vec::new()));
            places.insert(String::new(), 0);
        }
        for row in rows {
            let scope = Scope::of(self, parts, &row);
            let mut keys = Vec::new();
            for expression in &expressions {
                let expression = named(expression, columns).unwrap_or(expression);
                keys.push(scope.value(expression)?);
            }
            let key = if keys.is_empty() { String::new() } else { Value::from(keys).to_string() };
            let place = *places.entry(key.clone()).or_insert(groups.len());
            if place == groups.len() {
                groups.push((key, Vec::new()));
            }
            groups[place].1.push(row);
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

/// What becomes one row of the answer.
enum Group {
    Row(Joined),
    /// Rows with the same keys, and the first of them, which stands for all.
    Many(Vec<Joined>, Joined),
}

/// The column that an alias or a number in GROUP BY and ORDER BY means.
fn named<'q>(expression: &Expr, columns: &[Column<'q>]) -> Option<&'q Expr> {
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

fn columns<'q>(items: &'q [SelectItem], parts: &[Part]) -> Result<Vec<Column<'q>>, Refusal> {
    let mut columns: Vec<Column<'q>> = Vec::new();
    let mut add = |name: String, source| {
        // Names are made different, as they are members of an object.
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
                let at = at.ok_or_else(|| refuse(format!("there is no table `{wanted}`")))?;
                for column in &parts[at].columns {
                    add(column.clone(), Source::Part(at, column.clone()));
                }
            }
            other => return Err(beyond(other)),
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

/// Something to sort by.
struct Key<'q> {
    expression: &'q Expr,
    falls: bool,
    nulls_first: bool,
}

fn orders(order: Option<&OrderBy>) -> Result<Vec<Key<'_>>, Refusal> {
    let Some(order) = order else { return Ok(Vec::new()) };
    match &order.kind {
        OrderByKind::Expressions(all) => Ok(all
            .iter()
            .map(|one| Key {
                expression: &one.expr,
                falls: one.options.to_string().to_uppercase().contains("DESC"),
                nulls_first: one.options.to_string().to_uppercase().contains("NULLS FIRST"),
            })
            .collect()),
        OrderByKind::All(_) => Err(beyond("ORDER BY ALL")),
    }
}

impl Key<'_> {
    fn value(
        &self,
        scope: &Scope<'_>,
        columns: &[Column<'_>],
        row: &Row,
    ) -> Result<Value, Refusal> {
        let by_number = match self.expression {
            Expr::Value(value) => match &value.value {
                Literal::Number(number, _) => number.parse::<usize>().ok(),
                _ => None,
            },
            _ => None,
        };
        if let Some(number) = by_number {
            let column = number.checked_sub(1).and_then(|at| columns.get(at));
            let column = column.ok_or_else(|| refuse(format!("there is no column {number}")))?;
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
                let order = rank(one, other);
                if self.falls { order.reverse() } else { order }
            }
            (one, other) => {
                let order = one.cmp(&other);
                if self.nulls_first { order.reverse() } else { order }
            }
        }
    }
}

//! Reads the places of a query that name tables, and the conditions that certainly hold for their rows.

use std::collections::{BTreeMap, HashSet};

use airbyte_agent_store::{ColumnKind, Table};
use sqlparser::ast::{
    BinaryOperator, Expr, Ident, JoinConstraint, JoinOperator, ObjectName, Query, Select,
    SelectItem, SetExpr, TableFactor, TableWithJoins,
};

use super::literal::{Bound, Literal, arguments, simple_name};
use super::reference::{Condition, Field, Link, Reference, Test};

/// A query that is being read.
pub(super) struct Reading<'t> {
    pub(super) tables: &'t [Table],
    pub(super) by_name: &'t BTreeMap<String, usize>,
    /// Names of common table expressions.
    pub(super) ctes: HashSet<String>,
    pub(super) references: Vec<Reference>,
    /// The query has a form that is not known.
    pub(super) is_lost: bool,
}

/// A table, or something like it, in a FROM.
struct Named {
    alias: String,
    /// The reference; `None` for what is no table of the store.
    reference: Option<usize>,
    /// Whether the columns may be null because nothing was found.
    is_optional: bool,
}

/// Which references a condition restricts.
#[derive(Clone, Copy)]
enum Reach {
    /// Those that are not optional.
    All,
    /// The one that is joined, with its place in the FROM.
    Joined(usize),
}

impl Reading<'_> {
    pub(super) fn query(&mut self, query: &Query) {
        let is_plain = query.fetch.is_none()
            && query.locks.is_empty()
            && query.for_clause.is_none()
            && query.settings.is_none()
            && query.format_clause.is_none()
            && query.pipe_operators.is_empty();
        self.is_lost |= !is_plain;
        if let Some(with) = &query.with {
            for cte in &with.cte_tables {
                self.ctes.insert(cte.alias.name.value.to_lowercase());
            }
            for cte in &with.cte_tables {
                self.query(&cte.query);
            }
        }
        self.set(&query.body);
    }

    fn set(&mut self, set: &SetExpr) {
        match set {
            SetExpr::Select(select) => self.select(select),
            SetExpr::Query(query) => self.query(query),
            SetExpr::SetOperation { left, right, .. } => {
                self.set(left);
                self.set(right);
            }
            SetExpr::Values(_) => {}
            _ => self.is_lost = true,
        }
    }

    fn select(&mut self, select: &Select) {
        let is_plain = select.top.is_none()
            && select.into.is_none()
            && select.lateral_views.is_empty()
            && select.prewhere.is_none()
            && select.connect_by.is_empty()
            && select.qualify.is_none();
        self.is_lost |= !is_plain;
        let mut scope = Vec::new();
        let mut conditions: Vec<(&Expr, Reach)> = Vec::new();
        for TableWithJoins { relation, joins } in &select.from {
            self.named(relation, false, &mut scope);
            for join in joins {
                let (constraint, is_optional) = match &join.join_operator {
                    JoinOperator::Join(constraint)
                    | JoinOperator::Inner(constraint)
                    | JoinOperator::CrossJoin(constraint) => (constraint, false),
                    JoinOperator::Left(constraint) | JoinOperator::LeftOuter(constraint) => {
                        (constraint, true)
                    }
                    _ => {
                        self.is_lost = true;
                        return;
                    }
                };
                self.named(&join.relation, is_optional, &mut scope);
                if let JoinConstraint::On(expr) = constraint {
                    let joined = Reach::Joined(scope.len() - 1);
                    conditions.push((expr, if is_optional { joined } else { Reach::All }));
                }
            }
        }
        conditions.extend(select.selection.iter().map(|expr| (expr, Reach::All)));
        for (expr, reach) in conditions {
            self.condition(expr, reach, &scope);
        }
    }

    fn named(&mut self, factor: &TableFactor, is_optional: bool, scope: &mut Vec<Named>) {
        let alias_of = |alias: &Option<sqlparser::ast::TableAlias>| {
            alias.as_ref().map(|alias| alias.name.value.to_lowercase())
        };
        match factor {
            TableFactor::Table { name, alias, args, .. } => {
                let own = only(name).map(|name| name.value.to_lowercase());
                let is_renamed = alias.as_ref().is_some_and(|alias| !alias.columns.is_empty());
                let found = own
                    .as_ref()
                    .filter(|name| args.is_none() && !is_renamed && !self.ctes.contains(*name))
                    .and_then(|name| self.by_name.get(name).copied());
                let reference = found.map(|table| {
                    self.references.push(Reference {
                        table,
                        conditions: Vec::new(),
                        links: Vec::new(),
                    });
                    self.references.len() - 1
                });
                let alias = alias_of(alias).or(own).unwrap_or_default();
                scope.push(Named { alias, reference, is_optional });
            }
            TableFactor::Derived { subquery, alias, .. } => {
                self.query(subquery);
                let alias = alias_of(alias).unwrap_or_default();
                scope.push(Named { alias, reference: None, is_optional });
            }
            _ => {
                self.is_lost = true;
                scope.push(Named { alias: String::new(), reference: None, is_optional });
            }
        }
    }

    /// Adds what a condition says that rows have to meet.
    fn condition(&mut self, expr: &Expr, reach: Reach, scope: &[Named]) {
        match expr {
            Expr::Nested(inner) => self.condition(inner, reach, scope),
            Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
                self.condition(left, reach, scope);
                self.condition(right, reach, scope);
            }
            Expr::BinaryOp { left, op, right } => self.comparison(left, op, right, reach, scope),
            Expr::Between { expr, negated: false, low, high } => {
                let bounds = [Bound::of(low).map(Test::From), Bound::of(high).map(Test::To)];
                for test in bounds.into_iter().flatten() {
                    self.add(expr, test, reach, scope);
                }
            }
            Expr::InList { expr, list, negated: false } => {
                let all: Option<Vec<Literal>> = list.iter().map(Literal::of).collect();
                if let Some(all) = all {
                    self.add(expr, Test::In(all), reach, scope);
                }
            }
            Expr::InSubquery { expr, subquery, negated } => {
                let first = self.references.len();
                self.query(subquery);
                if !negated {
                    self.membership(expr, subquery, first, reach, scope);
                }
            }
            Expr::Exists { subquery, .. } => self.query(subquery),
            _ => {}
        }
    }

    fn comparison(
        &mut self,
        left: &Expr,
        op: &BinaryOperator,
        right: &Expr,
        reach: Reach,
        scope: &[Named],
    ) {
        use BinaryOperator::{Eq, Gt, GtEq, Lt, LtEq};
        if *op == Eq {
            if let (Some(one), Some(other)) = (self.field(left, scope), self.field(right, scope)) {
                self.link(&one, &other, reach, scope);
                self.link(&other, &one, reach, scope);
                return;
            }
            for (field, value) in [(left, right), (right, left)] {
                if let Some(literal) = Literal::of(value) {
                    self.add(field, Test::In(vec![literal]), reach, scope);
                }
            }
            return;
        }
        let (upwards, downwards) = (matches!(op, Gt | GtEq), matches!(op, Lt | LtEq));
        if !upwards && !downwards {
            return;
        }
        if let Some(bound) = Bound::of(right) {
            let test = if upwards { Test::From(bound) } else { Test::To(bound) };
            self.add(left, test, reach, scope);
        } else if let Some(bound) = Bound::of(left) {
            let test = if upwards { Test::To(bound) } else { Test::From(bound) };
            self.add(right, test, reach, scope);
        }
    }

    /// Whether a condition with this reach restricts what has this place in the FROM.
    fn restricts(reach: Reach, place: usize, scope: &[Named]) -> bool {
        match reach {
            Reach::All => !scope[place].is_optional,
            Reach::Joined(joined) => joined == place,
        }
    }

    fn add(&mut self, expr: &Expr, test: Test, reach: Reach, scope: &[Named]) {
        let Some((place, field)) = self.field(expr, scope) else { return };
        let Some(reference) = scope[place].reference else { return };
        if Self::restricts(reach, place, scope) {
            self.references[reference].conditions.push(Condition { field, test });
        }
    }

    fn link(
        &mut self,
        own: &(usize, Field),
        other: &(usize, Field),
        reach: Reach,
        scope: &[Named],
    ) {
        if own.0 == other.0 || !Self::restricts(reach, own.0, scope) {
            return;
        }
        let (Some(reference), Some(to)) = (scope[own.0].reference, scope[other.0].reference) else {
            return;
        };
        self.connect(reference, &own.1, to, &other.1);
    }

    fn connect(&mut self, reference: usize, field: &Field, other: usize, other_field: &Field) {
        // SQL compares a number with a text that looks like it by rules that no argument follows.
        let is_alike = match (field.kind, other_field.kind) {
            (Some(own), Some(other)) => own == other,
            _ => true,
        };
        if is_alike {
            let (field, other_field) = (field.clone(), other_field.clone());
            self.references[reference].links.push(Link { field, other, other_field });
        }
    }

    /// `field IN (SELECT other FROM …)`
    fn membership(
        &mut self,
        expr: &Expr,
        subquery: &Query,
        first: usize,
        reach: Reach,
        scope: &[Named],
    ) {
        let Some((place, field)) = self.field(expr, scope) else { return };
        let Some(own) = scope[place].reference else { return };
        let SetExpr::Select(select) = subquery.body.as_ref() else { return };
        let [TableWithJoins { relation, joins }] = select.from.as_slice() else { return };
        let [SelectItem::UnnamedExpr(chosen)] = select.projection.as_slice() else { return };
        let TableFactor::Table { name, alias, .. } = relation else { return };
        let table = only(name).and_then(|name| self.by_name.get(&name.value.to_lowercase()));
        let is_first = self.references.get(first).is_some_and(|known| Some(&known.table) == table);
        if !is_first
            || !joins.is_empty()
            || subquery.with.is_some()
            || !Self::restricts(reach, place, scope)
        {
            return;
        }
        let alias = match alias {
            Some(alias) => alias.name.value.to_lowercase(),
            None => only(name).map(|name| name.value.to_lowercase()).unwrap_or_default(),
        };
        let inner = [Named { alias, reference: Some(first), is_optional: false }];
        if let Some((_, other)) = self.field(chosen, &inner) {
            self.connect(own, &field, first, &other);
        }
    }

    /// The field that an expression is, and the place in the FROM of what has it.
    fn field(&self, expr: &Expr, scope: &[Named]) -> Option<(usize, Field)> {
        match expr {
            Expr::Nested(inner) => self.field(inner, scope),
            Expr::Identifier(name) => {
                // Something that is no table of the store may have a column of this name, too.
                let all: Option<Vec<usize>> = scope.iter().map(|named| named.reference).collect();
                let mut found = all?
                    .into_iter()
                    .enumerate()
                    .filter_map(|(place, reference)| Some((place, self.column(reference, name)?)));
                let only = found.next()?;
                found.next().is_none().then_some(only)
            }
            Expr::CompoundIdentifier(parts) => {
                let [alias, name] = parts.as_slice() else { return None };
                let alias = alias.value.to_lowercase();
                let mut found = scope.iter().enumerate().filter(|(_, named)| named.alias == alias);
                let (place, named) = found.next()?;
                found.next().is_none().then_some(())?;
                Some((place, self.column(named.reference?, name)?))
            }
            Expr::BinaryOp { left, op: BinaryOperator::LongArrow, right } => {
                let Literal::Text(path) = Literal::of(right)? else { return None };
                let (place, field) = self.field(left, scope)?;
                let steps = if path.starts_with('$') { steps(&path)? } else { vec![key(&path)?] };
                Some((place, inside(&field, &steps)?))
            }
            Expr::Function(function) => {
                (simple_name(function)? == "json_extract").then_some(())?;
                let arguments = arguments(function)?;
                let [column, path] = arguments.as_slice() else { return None };
                let Literal::Text(path) = Literal::of(path)? else { return None };
                let (place, field) = self.field(column, scope)?;
                Some((place, inside(&field, &steps(&path)?)?))
            }
            _ => None,
        }
    }

    fn column(&self, reference: usize, name: &Ident) -> Option<Field> {
        let table = &self.tables[self.references[reference].table];
        let is_own = |own: &str| name.value.eq_ignore_ascii_case(own);
        let found = table.columns().iter().find(|column| is_own(&column.name));
        if let Some(column) = found {
            return Some(Field {
                sql: format!("\"{}\"", column.name.replace('"', "\"\"")),
                path: column.path(),
                kind: Some(column.kind),
            });
        }
        if is_own("_account") {
            let kind = Some(ColumnKind::Text);
            return Some(Field {
                sql: "_account".to_owned(),
                path: vec!["_account".to_owned()],
                kind,
            });
        }
        let whole =
            Field { sql: "_record".to_owned(), path: Vec::new(), kind: Some(ColumnKind::Json) };
        is_own("_record").then_some(whole)
    }
}

/// The only part of a name.
fn only(name: &ObjectName) -> Option<&Ident> {
    let [part] = name.0.as_slice() else { return None };
    part.as_ident()
}

/// A member inside a column of JSON.
fn inside(field: &Field, steps: &[String]) -> Option<Field> {
    if field.kind.is_some_and(|kind| kind != ColumnKind::Json) || steps.is_empty() {
        return None;
    }
    let (base, mut path) = match field.sql.split_once(" ->> ") {
        Some(_) => return None,
        None => (field.sql.clone(), field.path.clone()),
    };
    path.extend(steps.iter().cloned());
    Some(Field { sql: format!("{base} ->> '$.{}'", steps.join(".")), path, kind: None })
}

/// A name that a path can have without quotes.
fn key(name: &str) -> Option<String> {
    let is_plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    is_plain.then(|| name.to_owned())
}

/// The names of a path such as `$.owner.id`.
fn steps(path: &str) -> Option<Vec<String>> {
    path.strip_prefix("$.")?.split('.').map(key).collect()
}

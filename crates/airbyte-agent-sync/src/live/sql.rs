//! What a query asks of each table that it names, as far as that is certain. Where the query cannot be read, or has a
//! form that is not known here, a table is wanted whole.

use std::collections::{BTreeMap, HashSet};

use airbyte_agent_store::{ColumnKind, Table};
use sqlparser::ast::{
    BinaryOperator, Expr, GroupByExpr, Ident, JoinConstraint, JoinOperator, LimitClause,
    ObjectName, Query, Select, SelectItem, SetExpr, Statement, TableFactor, TableWithJoins,
    WildcardAdditionalOptions,
};
use sqlparser::dialect::SQLiteDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

use super::literal::{Bound, Literal, arguments, simple_name};

/// What a query asks of the tables that it names.
#[derive(Debug, Default)]
pub(super) struct Analysis {
    /// The tables that the query names, by their place among those that are known.
    pub(super) tables: Vec<usize>,
    /// The places of the query that name a table of which not all rows are needed.
    pub(super) references: Vec<Reference>,
    /// Tables of which all rows are needed.
    pub(super) whole: HashSet<usize>,
    /// How many rows of the only reference are enough, whichever they are.
    pub(super) enough: Option<u64>,
}

/// A place of the query that names a table.
#[derive(Debug)]
pub(super) struct Reference {
    pub(super) table: usize,
    /// What rows have to meet to have any effect on the result.
    pub(super) conditions: Vec<Condition>,
    /// Rows have an effect only if they meet a row of another reference.
    pub(super) links: Vec<Link>,
}

/// A condition on one field.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Condition {
    pub(super) field: Field,
    pub(super) test: Test,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Test {
    /// Equals one of these.
    In(Vec<Literal>),
    /// Is not smaller.
    From(Bound),
    /// Is not larger.
    To(Bound),
}

/// A column, or a member of one that holds JSON.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Field {
    /// The expression in SQL, without the name of the table.
    pub(super) sql: String,
    /// The place in the record.
    pub(super) path: Vec<String>,
    /// The type of the column; `None` inside JSON.
    pub(super) kind: Option<ColumnKind>,
}

#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) field: Field,
    pub(super) other: usize,
    pub(super) other_field: Field,
}

/// The words of a query that may name tables: in lower case, and whether a dot is before or behind them.
fn words(sql: &str) -> Option<Vec<(String, bool, bool)>> {
    let tokens = Tokenizer::new(&SQLiteDialect {}, sql).tokenize().ok()?;
    let tokens: Vec<&Token> =
        tokens.iter().filter(|token| !matches!(token, Token::Whitespace(_))).collect();
    let is_dot = |token: Option<&&Token>| matches!(token, Some(Token::Period));
    let words = tokens.iter().enumerate().filter_map(|(index, token)| {
        let before = index.checked_sub(1).and_then(|before| tokens.get(before));
        let text = match token {
            Token::Word(word) => &word.value,
            Token::SingleQuotedString(text) => text,
            _ => return None,
        };
        Some((text.to_lowercase(), is_dot(before), is_dot(tokens.get(index + 1))))
    });
    Some(words.collect())
}

/// The words of a query, some of which may be names of tables.
pub(crate) fn mentioned(sql: &str) -> HashSet<String> {
    match words(sql) {
        Some(words) => words.into_iter().map(|(word, ..)| word).collect(),
        None => split(sql).collect(),
    }
}

fn split(sql: &str) -> impl Iterator<Item = String> {
    sql.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_lowercase)
}

/// What the query asks of these tables.
pub(super) fn analyse(sql: &str, tables: &[Table]) -> Analysis {
    let by_name: BTreeMap<String, usize> = tables
        .iter()
        .enumerate()
        .map(|(index, table)| (table.name().to_lowercase(), index))
        .collect();
    let everything = |names: &mut dyn Iterator<Item = String>| {
        let found: HashSet<usize> = names.filter_map(|name| by_name.get(&name).copied()).collect();
        let mut tables: Vec<usize> = found.iter().copied().collect();
        tables.sort_unstable();
        Analysis { tables, whole: found, ..Analysis::default() }
    };
    let Some(words) = words(sql) else { return everything(&mut split(sql)) };
    let whole = everything(&mut words.iter().map(|(word, ..)| word.clone()));
    let Ok(statements) = Parser::parse_sql(&SQLiteDialect {}, sql) else { return whole };
    let [Statement::Query(query)] = statements.as_slice() else { return whole };
    let mut reading = Reading {
        tables,
        by_name: &by_name,
        ctes: HashSet::new(),
        references: Vec::new(),
        is_lost: false,
    };
    reading.query(query);
    if reading.is_lost || reading.ctes.iter().any(|name| by_name.contains_key(name)) {
        return whole;
    }
    let mut analysis = Analysis { tables: whole.tables, ..Analysis::default() };
    for &table in &analysis.tables {
        let name = tables[table].name().to_lowercase();
        // Whoever reads a table of which nothing is known here names it once more.
        let named = words.iter().filter(|(word, _, is_before_dot)| *word == name && !is_before_dot);
        let known = reading.references.iter().filter(|reference| reference.table == table);
        if named.count() != known.count() {
            analysis.whole.insert(table);
        }
    }
    analysis.references = reading.references;
    if analysis.references.len() == 1 && analysis.whole.is_empty() {
        analysis.enough = enough(query);
    }
    analysis
}

struct Reading<'t> {
    tables: &'t [Table],
    by_name: &'t BTreeMap<String, usize>,
    ctes: HashSet<String>,
    references: Vec<Reference>,
    /// The query has a form that is not known.
    is_lost: bool,
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
    fn query(&mut self, query: &Query) {
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
        // SQL compares a number with a text that looks like it in ways that no argument follows.
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
                path: vec![column.property.clone()],
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

/// How many rows of the only table are enough, if it does not matter which.
fn enough(query: &Query) -> Option<u64> {
    let SetExpr::Select(select) = query.body.as_ref() else { return None };
    let [TableWithJoins { relation: TableFactor::Table { .. }, joins }] = select.from.as_slice()
    else {
        return None;
    };
    let is_ungrouped = matches!(&select.group_by, GroupByExpr::Expressions(all, more) if all.is_empty() && more.is_empty());
    let is_simple = query.with.is_none()
        && query.order_by.is_none()
        && joins.is_empty()
        && select.distinct.is_none()
        && is_ungrouped
        && select.having.is_none()
        && select.projection.iter().all(is_of_one_row_item);
    if !is_simple {
        return None;
    }
    let number = |expr: &Expr| match Literal::of(expr)? {
        Literal::Integer(number) => u64::try_from(number).ok(),
        _ => None,
    };
    match query.limit_clause.as_ref()? {
        LimitClause::LimitOffset { limit: Some(limit), offset, limit_by }
            if limit_by.is_empty() =>
        {
            // A negative offset counts as none.
            if let Some(offset) = offset {
                number(&offset.value)?;
            }
            number(limit)
        }
        LimitClause::OffsetCommaLimit { offset, limit } => {
            number(offset)?;
            number(limit)
        }
        _ => None,
    }
}

fn is_of_one_row_item(item: &SelectItem) -> bool {
    let is_plain = |options: &WildcardAdditionalOptions| {
        options.opt_exclude.is_none()
            && options.opt_except.is_none()
            && options.opt_replace.is_none()
            && options.opt_rename.is_none()
            && options.opt_ilike.is_none()
    };
    match item {
        SelectItem::Wildcard(options) | SelectItem::QualifiedWildcard(_, options) => {
            is_plain(options)
        }
        SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => {
            is_of_one_row(expr)
        }
        _ => false,
    }
}

/// Functions of the values of one row.
const OF_ONE_ROW: [&str; 14] = [
    "json_extract",
    "lower",
    "upper",
    "length",
    "substr",
    "coalesce",
    "ifnull",
    "nullif",
    "date",
    "datetime",
    "strftime",
    "round",
    "trim",
    "replace",
];

/// Whether the value of an expression depends on one row only.
fn is_of_one_row(expr: &Expr) -> bool {
    match expr {
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) | Expr::Value(_) => true,
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => is_of_one_row(inner),
        Expr::BinaryOp { left, right, .. } => is_of_one_row(left) && is_of_one_row(right),
        Expr::Function(function) => {
            simple_name(function).is_some_and(|name| OF_ONE_ROW.contains(&name.as_str()))
                && arguments(function).is_some_and(|all| all.into_iter().all(is_of_one_row))
        }
        _ => false,
    }
}

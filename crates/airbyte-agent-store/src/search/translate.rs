//! Conditions become SQL over the rows of a table, with every value as a parameter. What SQLite compares in the
//! same way is left to it; the rest is decided by the function `store_meets`.

use serde_json::Value;

use super::index;
use super::test::{Condition, Operator, Test};
use crate::db::Db;
use crate::error::Result;
use crate::names::literal;
use crate::table::{OWN_COLUMNS, Table};
use crate::value::{Cell, ColumnKind, encode};

/// Longest list of values that becomes an `IN` of SQL.
const LONGEST_LIST: usize = 500;

/// Where the value of a field stands in a row.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Place {
    /// The column of the table of rows.
    pub(super) column: String,
    pub(super) kind: ColumnKind,
    /// The path inside the column's value; empty for the value itself.
    pub(super) inside: String,
    /// Whether the words of the column are in the index, so that it can be asked first.
    pub(super) is_indexed: bool,
}

/// The place of a field; `None` if the table has no such column.
pub(super) fn place(table: &Table, path: &str) -> Option<Place> {
    if let Some(own) = OWN_COLUMNS.iter().take(3).find(|own| **own == path) {
        if !table.has_own(own) {
            return None;
        }
        let (column, inside) = ((*own).to_owned(), String::new());
        return Some(Place { column, kind: ColumnKind::Text, inside, is_indexed: false });
    }
    let (column, inside) = match table.field(path) {
        Some(column) => (column, ""),
        None => {
            let (first, inside) = path.split_once('.')?;
            (table.column(first)?, inside)
        }
    };
    let path = std::iter::once(column.property.as_str());
    let is_withheld =
        !inside.is_empty() && table.withholds(&path.chain(inside.split('.')).collect::<Vec<_>>());
    if is_withheld || !table.is_shown(column) {
        return None;
    }
    Some(Place {
        column: table.expression(column),
        kind: column.kind,
        inside: inside.to_owned(),
        is_indexed: column.is_searched && column.kind == ColumnKind::Text && inside.is_empty(),
    })
}

impl Place {
    /// A member that no column holds.
    pub(super) fn rest(table: &Table, path: &str) -> Self {
        Self {
            column: table.rest(),
            kind: ColumnKind::Json,
            inside: path.to_owned(),
            is_indexed: false,
        }
    }

    /// The value as SQLite orders it.
    pub(super) fn scalar(&self) -> String {
        if self.inside.is_empty() {
            return self.column.clone();
        }
        format!("store_value('{}', {}, {})", self.kind.name(), literal(&self.inside), self.column)
    }
}

/// SQL that is under way, and the values of its parameters.
pub(super) struct Translation<'t> {
    pub(super) table: &'t Table,
    pub(super) db: &'t dyn Db,
    pub(super) parameters: Vec<Cell>,
}

impl Translation<'_> {
    /// A parameter with this value, as it stands in the SQL.
    pub(super) fn bind(&mut self, value: Cell) -> String {
        self.parameters.push(value);
        format!("?{}", self.parameters.len())
    }

    /// The condition as an expression that is 0 or 1, never null.
    pub(super) fn condition(&mut self, condition: &Condition) -> Result<String> {
        let joined = |this: &mut Self, parts: &[Condition], word: &str| -> Result<String> {
            let parts =
                parts.iter().map(|part| this.condition(part)).collect::<Result<Vec<_>>>()?;
            Ok(format!("({})", parts.join(word)))
        };
        match condition {
            Condition::All(parts) => joined(self, parts, " AND "),
            Condition::OneOf(parts) => joined(self, parts, " OR "),
            Condition::Not(part) => Ok(format!("(NOT {})", self.condition(part)?)),
            Condition::Field(path, test) => match place(self.table, path) {
                Some(place) => self.test(&place, test),
                // Only in `_rest`, or nowhere.
                None => Ok(self.meets(&Place::rest(self.table, path), test)),
            },
        }
    }

    fn test(&mut self, place: &Place, test: &Test) -> Result<String> {
        let Test::Is(operator, operand) = test else { return Ok(self.meets(place, test)) };
        let operand = operand_in(place, operand);
        let test = Test::Is(*operator, operand.clone());
        if let Some(native) = self.native(place, *operator, &operand) {
            return Ok(native);
        }
        let exact = self.meets(place, &test);
        if place.is_indexed
            && let Some(text) = operand.as_str()
            && let Some(matched) = index::superset(self.db, *operator, text)?
        {
            let first = crate::text::index_id(self.table.id, 0);
            let last = crate::text::index_id(self.table.id + 1, 0) - 1;
            let matched = self.bind(Cell::Text(matched));
            return Ok(format!(
                "(_row IN (SELECT rowid - {first} FROM _text
                 WHERE _text MATCH {matched} AND rowid BETWEEN {first} AND {last}) AND {exact})"
            ));
        }
        Ok(exact)
    }

    /// The test by SQLite itself, where it means the same.
    fn native(&mut self, place: &Place, operator: Operator, operand: &Value) -> Option<String> {
        if !place.inside.is_empty() {
            return None;
        }
        let column = &place.column;
        let fits = |value: &Value| {
            matches!(
                (place.kind, value),
                (ColumnKind::Text | ColumnKind::Timestamp, Value::String(_))
                    | (ColumnKind::Boolean, Value::Bool(_))
                    | (ColumnKind::Integer | ColumnKind::Real, Value::Number(_))
            )
        };
        let sign = match operator {
            Operator::Eq if operand.is_null() => return Some(format!("({column} IS NULL)")),
            Operator::Neq if operand.is_null() => return Some(format!("({column} IS NOT NULL)")),
            Operator::In => {
                let values = operand.as_array()?;
                if values.len() > LONGEST_LIST || !values.iter().all(fits) {
                    return None;
                }
                let marks: Vec<String> =
                    values.iter().map(|value| self.bind(encode(place.kind, value))).collect();
                return Some(format!("coalesce({column} IN ({}), 0)", marks.join(", ")));
            }
            Operator::Eq => "IS",
            Operator::Neq => "IS NOT",
            Operator::Gt => ">",
            Operator::Gte => ">=",
            Operator::Lt => "<",
            Operator::Lte => "<=",
            _ => return None,
        };
        if !fits(operand) {
            return None;
        }
        let cell = encode(place.kind, operand);
        if matches!(operator, Operator::Eq | Operator::Neq) {
            return Some(format!("({column} {sign} {})", self.bind(cell)));
        }
        match (place.kind, cell) {
            // The fraction of a moment may have any number of digits, which texts do not sort by.
            (ColumnKind::Text, Cell::Text(text)) if !may_be_moment(&text) => {
                Some(format!("coalesce({column} {sign} {}, 0)", self.bind(Cell::Text(text))))
            }
            (ColumnKind::Integer | ColumnKind::Real, cell @ (Cell::Integer(_) | Cell::Real(_))) => {
                let value = self.bind(cell);
                let otherwise = self.meets(place, &Test::Is(operator, operand.clone()));
                Some(format!(
                    "CASE WHEN typeof({column}) IN ('text', 'blob') THEN {otherwise}
                     ELSE coalesce({column} {sign} {value}, 0) END"
                ))
            }
            _ => None,
        }
    }

    fn meets(&mut self, place: &Place, test: &Test) -> String {
        let test = serde_json::to_string(test).unwrap_or_default();
        let test = self.bind(Cell::Text(test));
        let kind = place.kind.name();
        format!("store_meets({test}, '{kind}', {}, {})", literal(&place.inside), place.column)
    }
}

fn may_be_moment(text: &str) -> bool {
    text.len() >= 8 && text.starts_with(|c: char| c.is_ascii_digit())
}

/// The operand as the column would hold it: moments are in UTC there.
pub(super) fn operand_in(place: &Place, operand: &Value) -> Value {
    let in_utc = |value: &Value| match value {
        Value::String(text) => {
            crate::moment::in_utc(text).map_or_else(|| value.clone(), Value::String)
        }
        other => other.clone(),
    };
    if place.kind != ColumnKind::Timestamp || !place.inside.is_empty() {
        return operand.clone();
    }
    match operand {
        Value::Array(values) => values.iter().map(in_utc).collect(),
        one => in_utc(one),
    }
}

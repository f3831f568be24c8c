//! Searches in Postgres, which knows neither our comparisons nor our words: it sorts the rows and leaves out those that
//! certainly do not meet the condition, and what is left is tested here.

use serde_json::{Map, Value};

use super::cursor::{Cursor, Key};
use super::index;
use super::test::{Condition, Operator, Test};
use super::translate::{Place, operand_in, place};
use super::wanted::{Page, Wanted};
use crate::db::Db;
use crate::error::Result;
use crate::moment;
use crate::names::literal;
use crate::spec::at;
use crate::table::{OWN_COLUMNS, Table, record_expression};
use crate::text::index_id;
use crate::value::{Cell, ColumnKind, decode, encode};

/// Fills the page with the records behind the cursor that meet the condition.
pub(super) fn scan(
    db: &dyn Db,
    table: &Table,
    accounts: Option<&[&str]>,
    cursor: Option<&Cursor>,
    page: &mut Page<'_>,
) -> Result<()> {
    let wanted = page.wanted;
    let mut statement = Statement { db, table, values: Vec::new() };
    let sql = statement.whole(accounts, wanted, cursor)?;
    db.each(&sql, &statement.values, &mut |row| {
        let record = serde_json::from_str(&row.text(1)).unwrap_or_default();
        let found = Found { table, own: [row.text(2), row.text(3), row.text(4)], record };
        if !wanted.filter.as_ref().is_none_or(|filter| found.meets(filter)) {
            return Ok(true);
        }
        let keys = row.0.iter().skip(5).map(Key::of).collect();
        Ok(page.add(row.integer(0), keys, &Value::Object(found.record)))
    })
}

/// A row that the database has found.
struct Found<'t> {
    table: &'t Table,
    /// Account, key and time.
    own: [String; 3],
    record: Map<String, Value>,
}

impl Found<'_> {
    fn meets(&self, condition: &Condition) -> bool {
        match condition {
            Condition::All(parts) => parts.iter().all(|part| self.meets(part)),
            Condition::OneOf(parts) => parts.iter().any(|part| self.meets(part)),
            Condition::Not(part) => !self.meets(part),
            Condition::Field(path, test) => {
                let place = place(self.table, path);
                let value = self.value(path, place.as_ref());
                match (place, test) {
                    (Some(place), Test::Is(operator, operand)) => {
                        Test::Is(*operator, operand_in(&place, operand)).holds(&value)
                    }
                    _ => test.holds(&value),
                }
            }
        }
    }

    /// The value of a field as its column holds it in SQLite, so that a search finds the same everywhere.
    fn value(&self, path: &str, place: Option<&Place>) -> Value {
        let Some(place) = place else {
            return at(&self.record, path).cloned().unwrap_or_default();
        };
        if let Some(own) = OWN_COLUMNS.iter().position(|own| *own == path) {
            return self.own.get(own).map_or(Value::Null, |text| Value::String(text.clone()));
        }
        let column = path.strip_suffix(&place.inside).unwrap_or(path);
        let column = if place.inside.is_empty() { path } else { column.trim_end_matches('.') };
        let value = self.record.get(column).unwrap_or(&Value::Null);
        let whole = decode(place.kind, &encode(place.kind, value));
        if place.inside.is_empty() {
            return whole;
        }
        whole
            .as_object()
            .and_then(|members| at(members, &place.inside))
            .cloned()
            .unwrap_or_default()
    }
}

/// A statement that is under way, and the values of its parameters.
struct Statement<'s> {
    db: &'s dyn Db,
    table: &'s Table,
    values: Vec<Cell>,
}

impl Statement<'_> {
    fn bind(&mut self, value: impl Into<Cell>) -> String {
        self.values.push(value.into());
        format!("?{}", self.values.len())
    }

    /// Number, record, account, key, time, and the values by which the rows are sorted.
    fn whole(
        &mut self,
        accounts: Option<&[&str]>,
        wanted: &Wanted,
        cursor: Option<&Cursor>,
    ) -> Result<String> {
        let mut conditions = vec!["TRUE".to_owned()];
        if let Some(accounts) = accounts {
            let marks: Vec<String> = accounts.iter().map(|account| self.bind(*account)).collect();
            let marks = if marks.is_empty() { "NULL".to_owned() } else { marks.join(", ") };
            conditions.push(format!("_account IN ({marks})"));
        }
        if let Some(filter) = &wanted.filter {
            conditions.extend(self.superset(filter)?);
        }
        let keys: Vec<(String, &str)> =
            wanted.sort.iter().map(|(place, _)| sorted_by(place)).collect();
        if let Some(cursor) = cursor {
            conditions.push(self.after(wanted, &keys, cursor));
        }
        let mut order: Vec<String> = Vec::new();
        for ((_, is_descending), (key, _)) in wanted.sort.iter().zip(&keys) {
            order.push(format!("{key} {} NULLS LAST", if *is_descending { "DESC" } else { "ASC" }));
        }
        order.push("_row".to_owned());
        // A column of the result that has the name of a column of the table would be what the rows are sorted by, and
        // this one is a text.
        let selected: String = keys
            .iter()
            .enumerate()
            .map(|(at, (key, _))| format!(", ({key})::text AS _sorted_{at}"))
            .collect();
        // Without a condition that is tested here, the page is full after so many rows.
        let limit = match wanted.filter {
            None => format!(" LIMIT {}", wanted.limit + 1),
            Some(_) => String::new(),
        };
        Ok(format!(
            "SELECT _row, {}, _account, _key, _synced_at{selected} FROM {}
             WHERE {} ORDER BY {}{limit}",
            record_expression(self.table),
            self.table.rows(),
            conditions.join(" AND "),
            order.join(", "),
        ))
    }

    /// The condition for rows behind the cursor, in the order of the search.
    fn after(&mut self, wanted: &Wanted, keys: &[(String, &str)], cursor: &Cursor) -> String {
        let mut alternatives = Vec::new();
        let mut equal: Vec<String> = Vec::new();
        for (((_, is_descending), (key, kind)), value) in
            wanted.sort.iter().zip(keys).zip(&cursor.keys)
        {
            let is_null = *value == Key::Null;
            let value = format!("{}::text::{kind}", self.bind(value.cell()));
            if !is_null {
                let sign = if *is_descending { "<" } else { ">" };
                // Rows without a value come last.
                let behind = format!("({key} {sign} {value} OR {key} IS NULL)");
                let parts: Vec<_> = equal.iter().cloned().chain([behind]).collect();
                alternatives.push(parts.join(" AND "));
            }
            equal.push(format!("{key} IS NOT DISTINCT FROM {value}"));
        }
        let row = self.bind(cursor.row);
        equal.push(format!("_row > {row}"));
        alternatives.push(equal.join(" AND "));
        format!("(({}))", alternatives.join(") OR ("))
    }

    /// A condition that every row meets which meets the given one; `None` if there is no useful one.
    fn superset(&mut self, condition: &Condition) -> Result<Option<String>> {
        match condition {
            Condition::All(parts) => {
                let mut all = Vec::new();
                for part in parts {
                    all.extend(self.superset(part)?);
                }
                Ok((!all.is_empty()).then(|| format!("({})", all.join(" AND "))))
            }
            Condition::OneOf(parts) => {
                let mut any = Vec::new();
                let bound = self.values.len();
                for part in parts {
                    let Some(part) = self.superset(part)? else {
                        // Every value needs its parameter.
                        self.values.truncate(bound);
                        return Ok(None);
                    };
                    any.push(part);
                }
                Ok((!any.is_empty()).then(|| format!("({})", any.join(" OR "))))
            }
            Condition::Not(_) => Ok(None),
            Condition::Field(path, test) => match (place(self.table, path), test) {
                (Some(place), Test::Is(operator, operand)) if place.inside.is_empty() => {
                    self.field(&place, *operator, &operand_in(&place, operand))
                }
                _ => Ok(None),
            },
        }
    }

    fn field(
        &mut self,
        place: &Place,
        operator: Operator,
        operand: &Value,
    ) -> Result<Option<String>> {
        let column = &place.column;
        if place.is_indexed
            && let Some(text) = operand.as_str()
            && let Some(question) = index::superset(self.db, operator, text)?
        {
            let first = index_id(self.table.id, 0);
            let last = index_id(self.table.id + 1, 0) - 1;
            let question = self.bind(question);
            return Ok(Some(format!(
                "_row IN (SELECT id - {first} FROM _text
                 WHERE whole @@ {question}::tsquery AND id BETWEEN {first} AND {last})"
            )));
        }
        // A row says whether a column of it does not have the record's value.
        let odd = |condition: String| Ok(Some(format!("({condition} OR _odd)")));
        let sign = match operator {
            Operator::Eq if operand.is_null() => return odd(format!("{column} IS NULL")),
            Operator::Neq if operand.is_null() => return odd(format!("{column} IS NOT NULL")),
            Operator::In => {
                let values = operand.as_array().map(Vec::as_slice).unwrap_or_default();
                let values: Option<Vec<Cell>> =
                    values.iter().map(|value| same(place.kind, value)).collect();
                let Some(values) = values.filter(|values| !values.is_empty()) else {
                    return Ok(None);
                };
                let marks: Vec<String> = values.into_iter().map(|value| self.bind(value)).collect();
                return odd(format!("{column} IN ({})", marks.join(", ")));
            }
            Operator::Eq => "=",
            Operator::Gt | Operator::Gte => ">=",
            Operator::Lt | Operator::Lte => "<=",
            _ => return Ok(None),
        };
        if operator == Operator::Eq {
            let Some(value) = same(place.kind, operand) else { return Ok(None) };
            let value = self.bind(value);
            return odd(format!("{column} = {value}"));
        }
        match (place.kind, operand) {
            (ColumnKind::Integer, Value::Number(number)) if number.is_i64() => {
                let value = self.bind(encode(place.kind, operand));
                odd(format!("{column} {sign} {value}"))
            }
            (ColumnKind::Real, Value::Number(number)) => {
                let Some(real) = number.as_f64() else { return Ok(None) };
                let value = self.bind(Cell::Real(real));
                odd(format!("{column} {sign} {value}"))
            }
            (ColumnKind::Timestamp, Value::String(text)) if moment::parse(text).is_some() => {
                // Moments in the same form are compared as texts, which differ from the time by less than a day.
                let (sign, slack) = if sign == ">=" { (sign, "-") } else { (sign, "+") };
                let moment = moment::parse(text).map(|moment| moment.timestamp().to_string());
                let value = self.bind(moment);
                odd(format!("{column} {sign} {value}::text::timestamptz {slack} interval '2 days'"))
            }
            _ => Ok(None),
        }
    }
}

/// The value that a column has where it is the same as this one; `None` if more than one value is the same.
fn same(kind: ColumnKind, value: &Value) -> Option<Cell> {
    let cell = encode(kind, value);
    let is_held = match (kind, value) {
        // What is the same as a text is the same moment in this form only.
        (ColumnKind::Text, Value::String(text)) => !text.contains('\0'),
        (ColumnKind::Boolean, Value::Bool(_)) => true,
        (ColumnKind::Integer, Value::Number(_)) => matches!(cell, Cell::Integer(_)),
        (ColumnKind::Real, Value::Number(_)) => matches!(cell, Cell::Real(_)),
        _ => false,
    };
    is_held.then_some(cell)
}

/// The expression by which rows are sorted, and its type.
fn sorted_by(place: &Place) -> (String, &'static str) {
    let column = &place.column;
    if !place.inside.is_empty() {
        let steps: Vec<String> = place.inside.split('.').map(literal).collect();
        let path = format!("ARRAY[{}]::text[]", steps.join(", "));
        let key = match place.kind {
            ColumnKind::Json => format!("NULLIF(_as_json(({column})::text) #> {path}, 'null')"),
            _ => "NULL::jsonb".to_owned(),
        };
        return (key, "jsonb");
    }
    match place.kind {
        ColumnKind::Text => (format!("({column})::text COLLATE \"C\""), "text"),
        ColumnKind::Integer => (column.clone(), "bigint"),
        ColumnKind::Real => (column.clone(), "double precision"),
        ColumnKind::Boolean => (column.clone(), "boolean"),
        ColumnKind::Timestamp => (column.clone(), "timestamptz"),
        ColumnKind::Json => (format!("NULLIF({column}, 'null')"), "jsonb"),
    }
}

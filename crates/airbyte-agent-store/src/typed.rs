//! Values of records as the typed columns of Postgres hold them. A value that a column cannot hold exactly is null there,
//! and the row says that it is odd; the record beside the columns has every value.

use jiff::Timestamp;

use crate::moment;
use crate::record::Row;
use crate::table::Table;
use crate::value::{Cell, ColumnKind};

/// The values of the table's columns, and whether one of them is not exactly the record's.
pub(crate) fn cells(table: &Table, row: &Row) -> (Vec<Cell>, bool) {
    let mut is_odd = false;
    let cells = table.columns.iter().zip(&row.cells).map(|(column, cell)| {
        let (cell, is_exact) = typed(column.kind, cell);
        is_odd |= !is_exact;
        cell
    });
    let cells = cells.collect();
    (cells, is_odd)
}

/// The value in a column of this kind, and whether it is exactly that of the record.
fn typed(kind: ColumnKind, cell: &Cell) -> (Cell, bool) {
    match (kind, cell) {
        (_, Cell::Null) => (Cell::Null, true),
        (ColumnKind::Text, Cell::Text(text)) if text.contains('\0') => {
            (Cell::Text(text.replace('\0', "\u{fffd}")), false)
        }
        (ColumnKind::Json, Cell::Text(text)) if has_zero(text) => (Cell::Null, false),
        (ColumnKind::Text | ColumnKind::Json, Cell::Text(_))
        | (ColumnKind::Integer, Cell::Integer(_))
        | (ColumnKind::Real, Cell::Real(_))
        | (ColumnKind::Boolean, Cell::Integer(0 | 1)) => (cell.clone(), true),
        (ColumnKind::Timestamp, Cell::Text(text)) => match moment::parse(text) {
            Some(moment) => {
                let moment = moment.timestamp();
                let (text, is_exact) = microseconds(moment);
                (Cell::Text(text), is_exact)
            }
            None => (Cell::Null, false),
        },
        _ => (Cell::Null, false),
    }
}

/// Whether there is a value of which a column of this kind has nothing.
pub(crate) fn is_lost(kind: ColumnKind, cell: &Cell) -> bool {
    *cell != Cell::Null && typed(kind, cell).0 == Cell::Null
}

/// The moment with as many digits as Postgres keeps.
fn microseconds(moment: Timestamp) -> (String, bool) {
    let is_exact = moment.subsec_nanosecond() % 1_000 == 0;
    // Postgres writes the years before the first one as `BC`.
    let is_usual = moment.to_string().starts_with(|c: char| c.is_ascii_digit());
    (if is_usual { format!("{moment:.6}") } else { "-infinity".to_owned() }, is_exact && is_usual)
}

/// Whether JSON has the character of value 0 in a text, which `jsonb` refuses.
fn has_zero(json: &str) -> bool {
    json.match_indices("\\u0000").any(|(at, _)| {
        let before = json.get(..at).unwrap_or_default();
        before.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_column_cannot_hold_is_null_and_told() {
        let text = |text: &str| Cell::Text(text.to_owned());
        for (kind, cell, expected, is_exact) in [
            (ColumnKind::Integer, Cell::Integer(5), Cell::Integer(5), true),
            (ColumnKind::Integer, text("n/a"), Cell::Null, false),
            (ColumnKind::Integer, Cell::Real(1.5), Cell::Null, false),
            (ColumnKind::Real, Cell::Digits("9007199254740993".to_owned()), Cell::Null, false),
            (ColumnKind::Boolean, Cell::Integer(2), Cell::Null, false),
            (
                ColumnKind::Timestamp,
                text("2024-01-05T10:00:00Z"),
                text("2024-01-05T10:00:00.000000Z"),
                true,
            ),
            (
                ColumnKind::Timestamp,
                text("2024-01-05T10:00:00.1234567Z"),
                text("2024-01-05T10:00:00.123456Z"),
                false,
            ),
            (ColumnKind::Timestamp, text("soon"), Cell::Null, false),
            (ColumnKind::Text, text("a\0b"), text("a\u{fffd}b"), false),
            (ColumnKind::Json, text(r#"["a\u0000"]"#), Cell::Null, false),
            (ColumnKind::Json, text(r#"["a\\u0000"]"#), text(r#"["a\\u0000"]"#), true),
        ] {
            assert_eq!(typed(kind, &cell), (expected, is_exact), "{kind:?} {cell:?}");
        }
    }
}

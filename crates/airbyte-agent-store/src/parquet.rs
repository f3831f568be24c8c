//! Results of queries in the format Parquet.

use std::sync::Arc;

use jiff::Timestamp;
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::export::ParquetFile;
use crate::sql::Rows;
use crate::value::ColumnKind;

/// Rows that stand together in the file. Whoever reads it needs memory for so many.
const TOGETHER: usize = 100_000;

/// Largest whole number up to which a double holds every whole number.
const EXACT: u64 = 1 << 53;

/// The file with these rows.
pub(crate) fn file(rows: &Rows) -> Result<ParquetFile> {
    let mut notes = Vec::new();
    let names = rows.names();
    let types: Vec<ColumnKind> = names
        .iter()
        .zip(&rows.columns)
        .enumerate()
        .map(|(at, (name, column))| {
            let (kind, note) = kind(name, column.kind, &|| values(&rows.rows, at));
            notes.extend(note);
            kind
        })
        .collect();
    match write(rows, &names, &types) {
        Ok(bytes) => Ok(ParquetFile { bytes, notes }),
        Err(error) => {
            Err(Error::Export(format!("no Parquet file can be made of the rows: {error}")))
        }
    }
}

/// The values of a column.
fn values(rows: &[Vec<Value>], at: usize) -> Box<dyn Iterator<Item = &Value> + '_> {
    Box::new(rows.iter().map(move |row| row.get(at).unwrap_or(&Value::Null)))
}

/// The type of a column, all of whose values have it, and what is to be told about it.
fn kind<'v>(
    name: &str,
    declared: Option<ColumnKind>,
    values: &dyn Fn() -> Box<dyn Iterator<Item = &'v Value> + 'v>,
) -> (ColumnKind, Option<String>) {
    let has = |kind| values().all(|value| fits(kind, value));
    let text = |why: &str| {
        let note = format!("column {name} consists of texts, because {why}");
        (ColumnKind::Text, Some(note))
    };
    match declared {
        // Every value can be a text. JSON is one already.
        Some(ColumnKind::Text | ColumnKind::Json) => (ColumnKind::Text, None),
        Some(kind) if has(kind) => (kind, None),
        Some(kind) => {
            text(&format!("not all of its values are exactly of the type {}", kind.name()))
        }
        None if values().all(Value::is_null) => (ColumnKind::Text, None),
        None => {
            let kinds = [ColumnKind::Integer, ColumnKind::Real, ColumnKind::Text];
            let is_boolean = values().all(|value| value.is_boolean() || value.is_null());
            match kinds.into_iter().find(|kind| has(*kind)) {
                _ if is_boolean => (ColumnKind::Boolean, None),
                Some(kind) => (kind, None),
                None => text("its values have different types"),
            }
        }
    }
}

/// Whether a column of this type holds exactly the value.
fn fits(kind: ColumnKind, value: &Value) -> bool {
    match (kind, value) {
        (_, Value::Null) | (ColumnKind::Text, Value::String(_)) => true,
        (ColumnKind::Integer, value) => value.is_i64(),
        (ColumnKind::Real, Value::Number(_)) => real(value).is_some(),
        (ColumnKind::Boolean, value) => boolean(value).is_some(),
        (ColumnKind::Timestamp, Value::String(text)) => microseconds(text).is_some(),
        _ => false,
    }
}

fn real(value: &Value) -> Option<f64> {
    match value.as_i64() {
        Some(whole) if whole.unsigned_abs() > EXACT => None,
        // Beyond the whole numbers of 64 bits with a sign, a number may have been rounded by nobody but us.
        None if value.is_u64() => None,
        _ => value.as_f64(),
    }
}

/// A truth value, which SQLite has as 0 or 1.
fn boolean(value: &Value) -> Option<bool> {
    match (value.as_bool(), value.as_i64()) {
        (Some(is), _) => Some(is),
        (None, Some(number @ (0 | 1))) => Some(number == 1),
        _ => None,
    }
}

/// Microseconds since 1970 of a text that names a moment exactly: with an offset, and without more digits.
fn microseconds(text: &str) -> Option<i64> {
    let moment: Timestamp = text.parse().ok()?;
    (moment.subsec_nanosecond() % 1_000 == 0).then(|| moment.as_microsecond())
}

fn write(rows: &Rows, names: &[String], types: &[ColumnKind]) -> Result<Vec<u8>, ParquetError> {
    let fields = names.iter().zip(types).map(|(name, kind)| Ok(Arc::new(field(name, *kind)?)));
    let fields = fields.collect::<Result<Vec<_>, ParquetError>>()?;
    let schema = Type::group_type_builder("rows").with_fields(fields).build()?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by(concat!("airbyte-agent ", env!("CARGO_PKG_VERSION")).to_owned())
        .build();
    let mut bytes = Vec::new();
    let mut file = SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::new(properties))?;
    for rows in rows.rows.chunks(TOGETHER) {
        let mut group = file.next_row_group()?;
        for (at, kind) in types.iter().enumerate() {
            write_column(&mut group, *kind, values(rows, at))?;
        }
        group.close()?;
    }
    file.close()?;
    Ok(bytes)
}

fn field(name: &str, kind: ColumnKind) -> Result<Type, ParquetError> {
    let (physical, logical) = match kind {
        ColumnKind::Integer => (Physical::INT64, None),
        ColumnKind::Real => (Physical::DOUBLE, None),
        ColumnKind::Boolean => (Physical::BOOLEAN, None),
        ColumnKind::Timestamp => {
            (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS)))
        }
        ColumnKind::Text | ColumnKind::Json => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
    };
    Type::primitive_type_builder(name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .build()
}

fn write_column<'v>(
    group: &mut SerializedRowGroupWriter<'_, &mut Vec<u8>>,
    kind: ColumnKind,
    values: impl Iterator<Item = &'v Value>,
) -> Result<(), ParquetError> {
    match kind {
        ColumnKind::Integer => batch::<Int64Type>(group, values, Value::as_i64),
        ColumnKind::Real => batch::<DoubleType>(group, values, real),
        ColumnKind::Boolean => batch::<BoolType>(group, values, boolean),
        ColumnKind::Timestamp => {
            batch::<Int64Type>(group, values, |value| value.as_str().and_then(microseconds))
        }
        ColumnKind::Text | ColumnKind::Json => batch::<ByteArrayType>(group, values, |value| {
            Some(ByteArray::from(match value {
                Value::Null => return None,
                Value::String(text) => text.clone().into_bytes(),
                other => other.to_string().into_bytes(),
            }))
        }),
    }
}

/// Writes the next column of the group: which values there are, and these.
fn batch<'v, T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, &mut Vec<u8>>,
    values: impl Iterator<Item = &'v Value>,
    held: impl Fn(&Value) -> Option<T::T>,
) -> Result<(), ParquetError> {
    let all: Vec<Option<T::T>> = values.map(held).collect();
    let levels: Vec<i16> = all.iter().map(|value| i16::from(value.is_some())).collect();
    let present: Vec<T::T> = all.into_iter().flatten().collect();
    let Some(mut column) = group.next_column()? else {
        return Err(ParquetError::General("a column is missing".to_owned()));
    };
    column.typed::<T>().write_batch(&present, Some(&levels), None)?;
    column.close()
}

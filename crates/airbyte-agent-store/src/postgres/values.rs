//! Values as they go to Postgres and come from it.

use std::error::Error as StdError;

use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{Format, FromSql, IsNull, ToSql, Type};

use crate::value::Cell;

type BoxError = Box<dyn StdError + Sync + Send>;

/// A value is sent as text, which every type reads.
impl ToSql for Cell {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, BoxError> {
        match self {
            Self::Null => return Ok(IsNull::Yes),
            Self::Integer(number) => out.extend_from_slice(number.to_string().as_bytes()),
            Self::Real(number) => out.extend_from_slice(number.to_string().as_bytes()),
            Self::Text(text) | Self::Digits(text) => out.extend_from_slice(text.as_bytes()),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    fn to_sql_checked(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, BoxError> {
        self.to_sql(kind, out)
    }
}

/// A value of the store's own statements, which have columns of a few types only.
pub(super) struct Received(pub(super) Cell);

impl<'r> FromSql<'r> for Received {
    fn from_sql(kind: &Type, raw: &'r [u8]) -> Result<Self, BoxError> {
        Ok(Self(match *kind {
            Type::INT8 => Cell::Integer(i64::from_sql(kind, raw)?),
            Type::INT4 => Cell::Integer(i64::from(i32::from_sql(kind, raw)?)),
            Type::BOOL => Cell::Integer(i64::from(bool::from_sql(kind, raw)?)),
            Type::FLOAT8 => Cell::Real(f64::from_sql(kind, raw)?),
            Type::JSON => Cell::Text(std::str::from_utf8(raw)?.to_owned()),
            // A number stands before the text.
            Type::JSONB => {
                Cell::Text(std::str::from_utf8(raw.get(1..).unwrap_or_default())?.to_owned())
            }
            _ => Cell::Text(String::from_sql(kind, raw)?),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, BoxError> {
        Ok(Self(Cell::Null))
    }

    fn accepts(kind: &Type) -> bool {
        matches!(
            *kind,
            Type::INT8 | Type::INT4 | Type::BOOL | Type::FLOAT8 | Type::JSON | Type::JSONB
        ) || <String as FromSql>::accepts(kind)
    }
}

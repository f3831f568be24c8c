//! SQL over the tables of the store, on connections that can only read.

mod authorize;
mod error;
mod limits;
mod message;
mod qualified;
mod reader;
mod rewrite;
mod rows;
mod run;
mod tokens;

pub use self::error::{QueryError, QueryErrorKind};
pub use self::limits::QueryLimits;
pub use self::qualified::{QualifiedName, qualified_names};
pub(crate) use self::rows::RowSink;
pub use self::rows::{Cut, RowColumn, Rows};

pub(crate) use self::reader::Reader;
pub(crate) use self::run::{collect, query_with};
#[cfg(feature = "postgres")]
pub(crate) use self::{
    error::{no_table, place},
    message::near_column,
    run::named_views,
    tokens::{Flavor, Token, TokenKind, tokens_of},
};

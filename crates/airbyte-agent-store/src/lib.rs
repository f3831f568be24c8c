#![doc = include_str!("../README.md")]

mod catalog;
mod changes;
mod error;
mod functions;
mod moment;
mod names;
mod record;
mod reencode;
mod schema;
mod search;
mod spec;
mod sql;
mod store;
mod table;
mod text;
mod value;
mod words;
mod write;

pub use catalog::{Freshness, TableSummary};
pub use changes::{Change, ChangeKind, Changes};
pub use error::{Error, Result};
pub use search::{Find, Found, Hit, SearchPage};
pub use spec::{MOST_COLUMNS, TableSpec};
pub use sql::{Cut, QueryError, QueryErrorKind, QueryLimits, RowColumn, Rows};
pub use store::{OpenOptions, Store};
pub use table::{Column, Table};
pub use value::ColumnKind;
pub use write::{AccountState, Counts, Page, Pass};

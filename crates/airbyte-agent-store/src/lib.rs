#![doc = include_str!("../README.md")]

mod account;
mod analyze;
mod as_parquet;
mod catalog;
mod changes;
mod db;
mod declare;
mod dialect;
mod error;
mod export;
mod file;
mod functions;
mod learnt;
mod misfits;
mod moment;
mod names;
mod options;
mod overlay;
mod page;
#[cfg(feature = "parquet")]
mod parquet;
mod pass;
#[cfg(feature = "postgres")]
mod postgres;
mod record;
mod reencode;
mod rows;
mod schema;
mod search;
mod spec;
mod sql;
mod sqlite;
mod store;
mod stored;
mod table;
mod text;
mod typed;
mod value;
mod view;
mod words;
mod write;

pub use account::AccountState;
pub use catalog::{Freshness, TableSummary};
pub use changes::{Change, ChangeKind, Changes};
pub use error::{Error, Result};
pub use export::ParquetFile;
pub use misfits::Misfit;
pub use names::table_name;
pub use options::OpenOptions;
pub use overlay::Overlay;
pub use page::{Counts, Page, Pass};
pub use search::{Find, Found, Hit, SearchPage};
pub use spec::{Lifted, MOST_COLUMNS, TableSpec};
pub use sql::{
    Cut, QualifiedName, QueryError, QueryErrorKind, QueryLimits, RowColumn, Rows, qualified_names,
};
pub use store::{Store, is_address};
pub use table::{Column, Table};
pub use value::ColumnKind;
pub use view::View;

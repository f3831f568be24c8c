#![doc = include_str!("../README.md")]

mod account;
mod catalog;
mod changes;
mod db;
mod declare;
mod error;
mod file;
mod functions;
mod moment;
mod names;
mod overlay;
mod page;
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
pub use names::table_name;
pub use overlay::Overlay;
pub use page::{Counts, Page, Pass};
pub use search::{Find, Found, Hit, SearchPage};
pub use spec::{MOST_COLUMNS, TableSpec};
pub use sql::{Cut, QueryError, QueryErrorKind, QueryLimits, RowColumn, Rows};
pub use store::{OpenOptions, Store, is_address};
pub use table::{Column, Table};
pub use value::ColumnKind;
pub use view::View;

#![doc = include_str!("../README.md")]

mod arguments;
mod budget;
mod error;
pub mod live;
mod local_store;
mod mark;
mod pace;
mod parents;
mod plan;
mod position;
mod private;
mod record;
mod report;
mod run;

pub use budget::Budget;
pub use error::{Error, Result, engine_error};
pub use local_store::StoredRecords;
pub use mark::Mark;
pub use pace::{Pace, PacedHttp, Turn};
pub use plan::{Plan, Planned, Skipped};
pub use position::is_interrupted;
pub use record::table_spec;
pub use report::{EntityReport, Mode, Report, Trouble};
pub use run::{Event, Options, Runner};

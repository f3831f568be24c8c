//! Searches: by the filters of the context store, and by words.

mod cursor;
mod find;
mod grammar;
mod index;
mod page;
mod rank;
mod scan;
mod snippet;
pub(crate) mod test;
mod translate;
mod wanted;

pub use self::find::{Find, Found, Hit};
pub use self::page::SearchPage;

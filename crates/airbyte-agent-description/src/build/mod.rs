//! Descriptions as generated crates write them: constructors and setters for constants.
//!
//! Everything here is evaluated by the compiler, so that a description is plain static data when
//! the program starts. A constructor takes what every value of its type says, a setter adds what
//! is unusual about this one:
//!
//! ```
//! use airbyte_agent_description::build::*;
//!
//! const GET: Operation = Operation::get("getUser", "users", Action::Get, template!("/users/{id}"))
//!     .summary("Get a user")
//!     .parameters(list![path("id", STRING).required().description("Id of the user.")])
//!     .records(json_path!("$.user"));
//!
//! assert_eq!(GET.path.names().collect::<Vec<_>>(), ["id"]);
//! ```
//!
//! Setters are for constants: what they replace is not dropped.

mod connector;
mod job;
mod operation;
mod paging;
mod schema;
mod sync;
mod syntax;
mod upload;

pub use std::borrow::Cow;

pub use crate::query::Language;
pub use crate::*;
pub use crate::{json_path, list, template, texts, words};

pub use job::job_step;
pub use operation::{
    array, at_least_one, constant, field_selection, filled, given, graphql, header_meta, link_meta,
    meta, object, set, stored,
};
pub use paging::{from_body, from_meta, from_meta_at, page_size};
pub use schema::{
    ANY, ARRAY, BOOLEAN, INTEGER, NUMBER, OBJECT, STRING, argument, body, bounded, file_part,
    formats, grammar, header, optional, path, pattern, query, required,
};
pub use sync::{field_filter, sync, sync_change, sync_parent};
#[doc(hidden)]
pub use syntax::{count_pieces, count_steps, pieces, steps};
pub use upload::{file, upload_address, upload_step};

/// A text that is borrowed from the program.
pub const fn text(text: &'static str) -> Text {
    Cow::Borrowed(text)
}

/// A JSON text, which must be valid.
pub const fn json(text: &'static str) -> Json {
    Json(Cow::Borrowed(text))
}

/// A constant list, which lives as long as the program.
#[macro_export]
macro_rules! list {
    ($($item:expr),* $(,)?) => { const { &[$($item),*] } };
}

/// A constant list of texts.
#[macro_export]
macro_rules! texts {
    ($($text:expr),* $(,)?) => { const { &[$(::std::borrow::Cow::Borrowed($text)),*] } };
}

/// A constant list of texts as JSON; for texts that JSON writes without escapes.
#[macro_export]
macro_rules! words {
    ($($word:literal),* $(,)?) => {
        const { &[$($crate::Json(::std::borrow::Cow::Borrowed(concat!("\"", $word, "\"")))),*] }
    };
}

/// A [`JsonPath`] from its text, parsed by the compiler.
#[macro_export]
macro_rules! json_path {
    ($text:literal) => {
        $crate::JsonPath {
            steps: ::std::borrow::Cow::Borrowed(
                const { &$crate::build::steps::<{ $crate::build::count_steps($text) }>($text) },
            ),
        }
    };
}

/// A [`Template`] from its text, whose placeholders are written `{name}`, parsed by the compiler.
#[macro_export]
macro_rules! template {
    ($text:literal) => {
        $crate::Template {
            pieces: ::std::borrow::Cow::Borrowed(
                const { &$crate::build::pieces::<{ $crate::build::count_pieces($text) }>($text) },
            ),
        }
    };
}

/// Setters: `name(argument: Type) field = value` takes the value by its name, so that a chain of
/// them builds a constant. What was there before is forgotten, because a constant cannot drop.
macro_rules! setters {
    ($($(#[$meta:meta])* $name:ident($($argument:ident: $type:ty),*)
        $($field:ident).+ = $value:expr;)*) => {
        $(
            $(#[$meta])*
            #[must_use]
            pub const fn $name(mut self $(, $argument: $type)*) -> Self {
                let value = $value;
                let former = std::mem::replace(&mut self.$($field).+, value);
                let _ = std::mem::ManuallyDrop::new(former);
                self
            }
        )*
    };
}
pub(crate) use setters;

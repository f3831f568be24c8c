//! Names of fields, and the conditions that can be made of them.

use serde_json::{Value, json};

use super::filter::Filter;

/// A field of an entity in the context store. Generated connectors have an enum of fields for each
/// entity.
///
/// ```
/// use airbyte_agent_engine::context_store::{Path, StoreField};
///
/// let open = Path("status").eq("open").and(Path("amount").gte(100));
/// let mine = Path("owner.name").fuzzy("jon smith").or(!Path("stage").is_in(["lost"]));
/// assert_eq!(
///     open.and(mine).to_json().to_string(),
///     r#"{"and":[{"eq":{"status":"open"}},{"gte":{"amount":100}},{"or":[{"fuzzy":{"owner.name":"jon smith"}},{"not":{"in":{"stage":["lost"]}}}]}]}"#
/// );
/// ```
pub trait StoreField: Copy {
    /// The name in queries; nested names have dots.
    fn path(self) -> &'static str;

    /// The condition that the field is this value.
    fn eq(self, value: impl Into<Value>) -> Filter<Self> {
        Filter::on("eq", self.path(), value.into())
    }

    /// The condition that the field is another value.
    fn neq(self, value: impl Into<Value>) -> Filter<Self> {
        Filter::on("neq", self.path(), value.into())
    }

    /// The condition that the field is greater than this value. Dates are texts and can be
    /// compared, too.
    fn gt(self, value: impl Into<Value>) -> Filter<Self> {
        Filter::on("gt", self.path(), value.into())
    }

    /// The condition that the field is greater than this value or equal to it.
    fn gte(self, value: impl Into<Value>) -> Filter<Self> {
        Filter::on("gte", self.path(), value.into())
    }

    /// The condition that the field is smaller than this value.
    fn lt(self, value: impl Into<Value>) -> Filter<Self> {
        Filter::on("lt", self.path(), value.into())
    }

    /// The condition that the field is smaller than this value or equal to it.
    fn lte(self, value: impl Into<Value>) -> Filter<Self> {
        Filter::on("lte", self.path(), value.into())
    }

    /// The condition that the field is one of these values.
    fn is_in(self, values: impl IntoIterator<Item = impl Into<Value>>) -> Filter<Self> {
        Filter::on("in", self.path(), values.into_iter().map(Into::into).collect())
    }

    /// The condition that the field begins with this text.
    fn starts_with(self, text: impl Into<String>) -> Filter<Self> {
        Filter::on("startswith", self.path(), json!(text.into()))
    }

    /// The condition that the field ends with this text.
    fn ends_with(self, text: impl Into<String>) -> Filter<Self> {
        Filter::on("endswith", self.path(), json!(text.into()))
    }

    /// The condition that the field contains this text, in upper or lower case.
    fn contains(self, text: impl Into<String>) -> Filter<Self> {
        Filter::on("contains", self.path(), json!(text.into()))
    }

    /// The condition that the field is a list that contains exactly this value.
    fn array_contains(self, value: impl Into<Value>) -> Filter<Self> {
        Filter::on("array_contains", self.path(), value.into())
    }

    /// The condition that the field contains these words or similar ones, such as a name that is
    /// not known exactly.
    fn fuzzy(self, text: impl Into<String>) -> Filter<Self> {
        Filter::on("fuzzy", self.path(), json!(text.into()))
    }

    /// The condition that a full-text search finds this word in the field.
    fn keyword(self, text: impl Into<String>) -> Filter<Self> {
        Filter::on("keyword", self.path(), json!(text.into()))
    }

    /// The condition that the field is a list of objects, of which at least one meets `condition`.
    /// Fields of the objects are named by [`Path`], relative to the object.
    fn any(self, condition: Filter<Path>) -> Filter<Self> {
        Filter::on_any(self.path(), condition)
    }
}

/// A field, named by its path, that the spec does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Path(pub &'static str);

impl StoreField for Path {
    fn path(self) -> &'static str {
        self.0
    }
}

/// Declares the fields of an entity in the context store.
///
/// ```
/// use airbyte_agent_engine::context_store::StoreField;
/// use airbyte_agent_engine::store_fields;
///
/// store_fields!(
///     /// Fields of `users`.
///     UsersField {
///         /// When the user was created.
///         CreatedAt = "created_at",
///     }
/// );
///
/// assert_eq!(UsersField::CreatedAt.path(), "created_at");
/// assert_eq!(UsersField::ALL.len(), 1);
/// ```
#[macro_export]
macro_rules! store_fields {
    ($(#[$meta:meta])* $type:ident { $($(#[$field_meta:meta])* $field:ident = $path:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $type {
            $($(#[$field_meta])* $field,)*
        }

        impl $type {
            /// Every field of the entity.
            pub const ALL: &'static [Self] = &[$(Self::$field,)*];
        }

        impl $crate::context_store::StoreField for $type {
            fn path(self) -> &'static str {
                match self {
                    $(Self::$field => $path,)*
                }
            }
        }
    };
}

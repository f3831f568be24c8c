//! Names of fields, and the conditions that can be put on them.

use serde_json::{Value, json};

use super::filter::Filter;

/// A field of an entity in the context store. Generated connectors have an enum per entity.
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
    /// The name in queries, nested names with dots.
    fn path(self) -> &'static str;

    /// The condition that the field is this value.
    fn eq(self, value: impl Into<Value>) -> Filter<Self> {
        Filter::on("eq", self.path(), value.into())
    }

    /// The condition that the field is another value.
    fn neq(self, value: impl Into<Value>) -> Filter<Self> {
        Filter::on("neq", self.path(), value.into())
    }

    /// Is greater; dates as texts compare, too.
    fn gt(self, value: impl Into<Value>) -> Filter<Self> {
        Filter::on("gt", self.path(), value.into())
    }

    /// Is greater or the same.
    fn gte(self, value: impl Into<Value>) -> Filter<Self> {
        Filter::on("gte", self.path(), value.into())
    }

    /// The condition that the field is smaller.
    fn lt(self, value: impl Into<Value>) -> Filter<Self> {
        Filter::on("lt", self.path(), value.into())
    }

    /// Is smaller or the same.
    fn lte(self, value: impl Into<Value>) -> Filter<Self> {
        Filter::on("lte", self.path(), value.into())
    }

    /// Is one of these values.
    fn is_in(self, values: impl IntoIterator<Item = impl Into<Value>>) -> Filter<Self> {
        Filter::on("in", self.path(), values.into_iter().map(Into::into).collect())
    }

    /// Begins with this text.
    fn starts_with(self, text: impl Into<String>) -> Filter<Self> {
        Filter::on("startswith", self.path(), json!(text.into()))
    }

    /// Ends with this text.
    fn ends_with(self, text: impl Into<String>) -> Filter<Self> {
        Filter::on("endswith", self.path(), json!(text.into()))
    }

    /// Holds this text, whatever the case.
    fn contains(self, text: impl Into<String>) -> Filter<Self> {
        Filter::on("contains", self.path(), json!(text.into()))
    }

    /// Is a list that holds exactly this value.
    fn array_contains(self, value: impl Into<Value>) -> Filter<Self> {
        Filter::on("array_contains", self.path(), value.into())
    }

    /// Holds these words or similar ones, such as names half remembered.
    fn fuzzy(self, text: impl Into<String>) -> Filter<Self> {
        Filter::on("fuzzy", self.path(), json!(text.into()))
    }

    /// Holds this word, by full-text search.
    fn keyword(self, text: impl Into<String>) -> Filter<Self> {
        Filter::on("keyword", self.path(), json!(text.into()))
    }

    /// Is a list of objects of which at least one meets the condition; its fields are named by
    /// [`Path`], relative to the object.
    fn any(self, condition: Filter<Path>) -> Filter<Self> {
        Filter::on_any(self.path(), condition)
    }
}

/// A field named by its path, for what the spec does not name.
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
///         /// When the user was made.
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

//! The Rust types of members and arguments.

/// A Rust type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rust {
    /// Anything.
    Value,
    /// `String`
    String,
    /// `i64`
    Integer,
    /// `f64`
    Number,
    /// `bool`
    Boolean,
    /// `Vec<…>`
    List(Box<Rust>),
    /// `BTreeMap<String, …>`
    Table(Box<Rust>),
    /// A named type.
    Named(String),
    /// A named type inside itself.
    Boxed(Box<Rust>),
}

impl Rust {
    /// As it stands in a file where named types are behind `path` (`""` or `types::`).
    pub(crate) fn text(&self, path: &str) -> String {
        match self {
            Self::Value => "Value".to_owned(),
            Self::String => "String".to_owned(),
            Self::Integer => "i64".to_owned(),
            Self::Number => "f64".to_owned(),
            Self::Boolean => "bool".to_owned(),
            Self::List(item) => format!("Vec<{}>", item.text(path)),
            Self::Table(item) => format!("BTreeMap<String, {}>", item.text(path)),
            Self::Named(name) => format!("{path}{name}"),
            Self::Boxed(inner) => format!("Box<{}>", inner.text(path)),
        }
    }

    /// A table of values of this type; one of anything is anything, too.
    pub(crate) fn table(item: Self) -> Self {
        if item == Self::Value { Self::Value } else { Self::Table(Box::new(item)) }
    }

    /// Whether it is a plain value: a text, a number, true or false.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self, Self::String | Self::Integer | Self::Number | Self::Boolean)
    }

    /// Whether `f` holds for this type or one inside it.
    pub(crate) fn any(&self, f: &mut impl FnMut(&Self) -> bool) -> bool {
        if f(self) {
            return true;
        }
        match self {
            Self::List(inner) | Self::Table(inner) | Self::Boxed(inner) => inner.any(f),
            _ => false,
        }
    }
}

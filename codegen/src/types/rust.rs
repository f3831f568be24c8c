//! The Rust types of members and arguments.

/// The Rust type of a member or an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rust {
    /// `serde_json::Value`, for anything.
    Value,
    /// The type `String`.
    String,
    /// The type `i64`.
    Integer,
    /// The type `f64`.
    Number,
    /// The type `bool`.
    Boolean,
    /// A `Vec` of this type.
    List(Box<Rust>),
    /// A `BTreeMap` from strings to this type.
    Table(Box<Rust>),
    /// A type of the connector, by its name.
    Named(String),
    /// A `Box` of a type that contains itself.
    Boxed(Box<Rust>),
}

impl Rust {
    /// The type as code, where names of types need the prefix `path` (`""` or `types::`).
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

    /// A map to values of this type. A map to anything is `Value` itself.
    pub(crate) fn table(item: Self) -> Self {
        if item == Self::Value { Self::Value } else { Self::Table(Box::new(item)) }
    }

    /// Whether it is a string, a number or a boolean.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self, Self::String | Self::Integer | Self::Number | Self::Boolean)
    }

    /// Whether `f` is true for this type or for one inside it.
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

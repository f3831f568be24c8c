//! The databases, as far as statements are written differently for them.

/// The databases, as far as statements are written differently for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "only made with the feature"))]
    Postgres,
}

impl Dialect {
    pub(crate) fn is_postgres(self) -> bool {
        self == Self::Postgres
    }

    /// The condition that the index of words answers the question in the next parameter.
    pub(crate) fn text_matches(self) -> &'static str {
        match self {
            Self::Sqlite => "_text MATCH ?",
            Self::Postgres => "whole @@ ?::tsquery",
        }
    }

    /// What refers to the schema of temporary tables.
    pub(crate) fn temporary(self) -> &'static str {
        match self {
            Self::Sqlite => "temp",
            Self::Postgres => "pg_temp",
        }
    }
}

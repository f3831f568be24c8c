//! The JSON type a value has when only its name is known.

/// What a name suggests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guess {
    Text,
    Integer,
    Number,
    Boolean,
    EmptyList,
}

/// The type that `name` suggests.
pub(crate) fn of(name: &str) -> Guess {
    let plain = super::plain(name);
    let ends = |all: &[&str]| all.iter().any(|end| plain.ends_with(end));
    let second_upper = |prefix: &str| {
        name.strip_prefix(prefix)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_uppercase() || c == '_'))
    };
    let prefixes = ["is", "has", "can", "was", "should", "viewer"];
    let flags = ["success", "ok", "active", "archived", "deleted", "enabled", "closed", "merged"];
    let more_flags = ["private", "public", "locked", "draft", "verified", "completed", "trashed"];
    if prefixes.iter().any(|prefix| second_upper(prefix))
        || flags.contains(&plain.as_str())
        || more_flags.contains(&plain.as_str())
        || ends(&["enabled", "allowed"])
    {
        return Guess::Boolean;
    }
    if ["errors", "warnings", "usererrors"].contains(&plain.as_str()) {
        return Guess::EmptyList;
    }
    if ends(&["count", "number", "total", "databaseid", "size", "position", "priority"])
        || ["additions", "deletions", "changedfiles", "bytes", "quantity", "width", "height"]
            .contains(&plain.as_str())
    {
        return Guess::Integer;
    }
    if ["estimate", "progress", "score", "rating", "percentage", "latitude", "longitude"]
        .contains(&plain.as_str())
    {
        return Guess::Number;
    }
    Guess::Text
}

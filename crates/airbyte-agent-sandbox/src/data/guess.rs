//! The JSON type of a value of which only the name is known.

/// The type of value that a name suggests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GuessedType {
    Text,
    Integer,
    Number,
    Boolean,
    EmptyList,
}

/// The type of value that a name suggests.
pub(super) fn guess_type(name: &str) -> GuessedType {
    let plain = super::plain(name);
    let ends = |all: &[&str]| all.iter().any(|end| plain.ends_with(end));
    let begins_word_after = |prefix: &str| {
        name.strip_prefix(prefix)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_uppercase() || c == '_'))
    };
    let prefixes = ["is", "has", "can", "was", "should", "viewer"];
    let flags = ["success", "ok", "active", "archived", "deleted", "enabled", "closed", "merged"];
    let more_flags = ["private", "public", "locked", "draft", "verified", "completed", "trashed"];
    if prefixes.iter().any(|prefix| begins_word_after(prefix))
        || flags.contains(&plain.as_str())
        || more_flags.contains(&plain.as_str())
        || ends(&["enabled", "allowed"])
    {
        return GuessedType::Boolean;
    }
    if ["errors", "warnings", "usererrors"].contains(&plain.as_str()) {
        return GuessedType::EmptyList;
    }
    if ends(&["count", "number", "total", "databaseid", "size", "position", "priority"])
        || ["additions", "deletions", "changedfiles", "bytes", "quantity", "width", "height"]
            .contains(&plain.as_str())
    {
        return GuessedType::Integer;
    }
    if ["estimate", "progress", "score", "rating", "percentage", "latitude", "longitude"]
        .contains(&plain.as_str())
    {
        return GuessedType::Number;
    }
    GuessedType::Text
}

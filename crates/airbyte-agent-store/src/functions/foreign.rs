//! Functions of other dialects that are not here, and what to write instead.

use airbyte_agent_description::closest;

/// Functions of other dialects, and the way to write the same here.
const INSTEAD: [(&str, &str); 26] = [
    ("strptime", "to_timestamp(x), which reads ISO 8601, or substr"),
    ("try_strptime", "to_timestamp(x), which reads ISO 8601, or substr"),
    ("to_date", "date(x)"),
    ("to_char", "strftime('%Y-%m', x)"),
    ("date_format", "strftime('%Y-%m', x)"),
    ("date_add", "datetime(x, '+7 days')"),
    ("date_sub", "datetime(x, '-7 days')"),
    ("dateadd", "datetime(x, '+7 days')"),
    ("epoch", "unixepoch(x)"),
    ("epoch_ms", "unixepoch(x) * 1000"),
    ("unnest", "json_each(x) after FROM, whose column is value"),
    ("generate_series", "WITH RECURSIVE"),
    ("range", "WITH RECURSIVE"),
    ("struct_extract", "x ->> '$.member'"),
    ("json_extract_string", "x ->> '$.member'"),
    ("json_extract_path_text", "x ->> '$.member'"),
    ("list_contains", "EXISTS (SELECT 1 FROM json_each(x) WHERE value = y)"),
    ("array_contains", "EXISTS (SELECT 1 FROM json_each(x) WHERE value = y)"),
    ("array_length", "json_array_length(x)"),
    ("list_length", "json_array_length(x)"),
    ("regexp_extract", "regexp_replace(x, pattern, '$1')"),
    ("try_cast", "CAST(x AS …)"),
    ("isnull", "x IS NULL"),
    ("nvl", "coalesce(x, y)"),
    ("levenshtein", "a search, which tolerates mistakes"),
    ("similarity", "a search, which tolerates mistakes"),
];

/// Functions of SQLite and of the store that a mistyped name may mean.
const KNOWN: [&str; 58] = [
    "abs", "array_agg", "avg", "ceil", "coalesce", "concat", "contains", "count", "count_if", "date",
    "date_diff", "date_part", "date_trunc", "datetime", "ends_with", "floor", "greatest", "group_concat",
    "ifnull", "iif", "instr", "json_array_length", "json_each", "json_extract", "json_group_array", "least",
    "left", "length", "list", "lower", "ltrim", "max", "median", "min", "now", "nullif", "power", "printf",
    "regexp_matches", "regexp_replace", "replace", "reverse", "right", "round", "row_number", "rtrim",
    "split_part", "sqrt", "starts_with", "strftime", "string_agg", "substr", "sum", "to_timestamp", "total",
    "trim", "unixepoch", "upper",
];

/// What to write instead of a function that does not exist: the end of a message.
pub(crate) fn instead_of(name: &str) -> String {
    if let Some((_, way)) = INSTEAD.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        return format!("; write {way}");
    }
    match closest(name, KNOWN).as_slice() {
        [] => "; the functions are those of SQLite".to_owned(),
        [near, ..] => format!(", did you mean '{near}'?"),
    }
}

//! What is said about a statement before SQLite sees it: that it is one and only reads, and what other dialects
//! write differently.

use airbyte_agent_description::suggestion;

use super::authorize::{is_internal, is_rows_table};
use super::error::{QueryError, QueryErrorKind, no_table, place};
use super::tokens::{Flavor, Token, TokenKind, tokens, tokens_of};

/// A statement as SQLite gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rewritten {
    pub(super) text: String,
    /// For each change: its end in the new text, and in the old one.
    moved: Vec<(usize, usize)>,
}

impl Rewritten {
    /// The place in the user's text that a place in the new text comes from.
    pub(super) fn original(&self, at: usize) -> usize {
        let before = self.moved.iter().rev().find(|(new, _)| *new <= at);
        before.map_or(at, |(new, old)| at - new + old)
    }
}

/// The statement with what SQLite writes differently.
///
/// # Errors
///
/// A statement that is empty, that is several, that does not read, or that has something of another dialect
/// for which there is another way to write it.
pub(super) fn rewrite(sql: &str) -> Result<Rewritten, QueryError> {
    let refused = |token: &Token<'_>, why: String| Err(refusal(sql, token, why));
    if sql.contains('\0') {
        return Err(QueryError::new(
            QueryErrorKind::Syntax,
            "the query contains a character of value 0".into(),
        ));
    }
    let mut tokens = tokens(sql);
    while tokens.last().is_some_and(|token| token.is_sign(";")) {
        tokens.pop();
    }
    let Some(first) = tokens.first() else {
        let why = "the query is empty; write for example SELECT * FROM a_table LIMIT 10".to_owned();
        return Err(QueryError::new(QueryErrorKind::Syntax, why));
    };
    if let Some(end) = tokens.iter().find(|token| token.is_sign(";")) {
        return refused(
            end,
            "only one statement is possible; send the second one on its own".to_owned(),
        );
    }
    if !["select", "with", "values", "explain"].iter().any(|word| first.is(word)) {
        let why = format!(
            "a query begins with SELECT or WITH, not with '{}'; the store can only be read",
            shortened(first.text)
        );
        return refused(first, why);
    }
    for (index, token) in tokens.iter().enumerate() {
        if let Some(why) = foreign(&tokens, index) {
            return refused(token, why);
        }
        if is_internal_table(&tokens, index) {
            return refused(
                token,
                format!("'{}' cannot be read; it is not a table of records", token.text),
            );
        }
    }
    Ok(replaced(sql, &tokens))
}

fn refusal(sql: &str, token: &Token<'_>, why: String) -> QueryError {
    QueryError::new(QueryErrorKind::Refused, why).at(place(sql, token.start))
}

/// Checks that a statement names none but these views. `tables` are all tables of the store, which the statement
/// would read as a whole if it could name them. What comes back is true for the views that it names.
///
/// # Errors
///
/// A statement that names another table or a database, or that asks how SQLite would run it.
pub(super) fn only_views(
    sql: &str,
    flavor: Flavor,
    views: &[&str],
    tables: &[&str],
) -> Result<Vec<bool>, QueryError> {
    let tokens = tokens_of(sql, flavor);
    let is_in = |name: &str, all: &[&str]| all.iter().any(|one| one.eq_ignore_ascii_case(name));
    let mut named = vec![false; views.len()];
    for (index, token) in tokens.iter().enumerate() {
        let is_text = token.kind == TokenKind::Text;
        if is_text && !may_be_table(&tokens, index) {
            continue;
        }
        let Some(name) = name_of_table(token) else { continue };
        if index == 0 && token.is("explain") {
            let why = "EXPLAIN is not possible here; send the query itself".to_owned();
            return Err(refusal(sql, token, why));
        }
        if tokens.get(index + 1).is_some_and(|next| next.is_sign("."))
            && is_in(&name, &["main", "temp"])
        {
            let why = format!("tables are named without '{name}.', and no table is called {name}");
            return Err(refusal(sql, token, why));
        }
        let lower = name.to_ascii_lowercase();
        if is_rows_table(&lower) || INTERNAL.contains(&lower.as_str()) {
            let why = format!("'{}' cannot be read; it is not a table of records", token.text);
            return Err(refusal(sql, token, why));
        }
        match views.iter().position(|view| view.eq_ignore_ascii_case(&name)) {
            Some(view) => named[view] = true,
            None if is_in(&name, tables) => {
                let near = suggestion(&name, views);
                let why = no_table(&name, &near);
                let error = QueryError::new(QueryErrorKind::UnknownTable, why);
                return Err(error.at(place(sql, token.start)));
            }
            None => {}
        }
    }
    Ok(named)
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

/// Whether the token names a table that is not for users. Columns such as `_account` begin alike, and a text in
/// single quotes can be the name of a table, too. What is missed here is refused while the statement is compiled,
/// unless it stands in something that has the name of a table of records.
fn is_internal_table(tokens: &[Token<'_>], index: usize) -> bool {
    let Some(token) = tokens.get(index) else { return false };
    let lower = name_of_table(token).unwrap_or_default().to_ascii_lowercase();
    let is_after_word = is_after_word(tokens, index);
    may_be_table(tokens, index)
        && (is_rows_table(&lower)
            || INTERNAL.contains(&lower.as_str())
            || (is_after_word && token.kind != TokenKind::Text && is_internal(&lower)))
}

/// The name that the token is if it names a table, which a text in single quotes can, too.
fn name_of_table(token: &Token<'_>) -> Option<String> {
    match token.kind {
        TokenKind::Text => {
            let inner = token.text.get(1..token.text.len().saturating_sub(1));
            Some(inner.unwrap_or_default().replace("''", "'"))
        }
        _ => token.name(),
    }
}

/// Whether a table may be named at this place.
fn may_be_table(tokens: &[Token<'_>], index: usize) -> bool {
    let before = index.checked_sub(1).and_then(|before| tokens.get(before));
    let is_after_sign = |before: &Token<'_>| [",", ".", "("].iter().any(|s| before.is_sign(s));
    is_after_word(tokens, index) || before.is_some_and(is_after_sign)
}

fn is_after_word(tokens: &[Token<'_>], index: usize) -> bool {
    let before = index.checked_sub(1).and_then(|before| tokens.get(before));
    before.is_some_and(|before| ["from", "join", "in"].iter().any(|word| before.is(word)))
}

/// The store's own tables.
const INTERNAL: [&str; 10] = [
    "_tables",
    "_columns",
    "_shapes",
    "_accounts",
    "_passes",
    "_seen",
    "_changes",
    "_text",
    "_words",
    "sqlite_schema",
];

/// What other dialects have, and how it is written here.
fn foreign(tokens: &[Token<'_>], index: usize) -> Option<String> {
    let token = tokens.get(index)?;
    let next = tokens.get(index + 1);
    let before = index.checked_sub(1).and_then(|before| tokens.get(before));
    let is_call = next.is_some_and(|next| next.is_sign("("));
    let is_before_text = next.is_some_and(|next| next.kind == TokenKind::Text);
    let is_member = before.is_some_and(|before| before.is_sign(".") || before.is("as"));
    if token.is_sign("::") {
        let kind = next.map_or("INTEGER", |next| next.text).to_uppercase();
        let value = before.map_or("x", |before| before.text);
        let function = match kind.as_str() {
            "TIMESTAMP" | "TIMESTAMPTZ" | "DATETIME" => format!("to_timestamp({value})"),
            "DATE" => format!("date({value})"),
            "DOUBLE" | "FLOAT" | "REAL" | "DECIMAL" | "NUMERIC" => format!("CAST({value} AS REAL)"),
            "INT" | "INTEGER" | "BIGINT" => format!("CAST({value} AS INTEGER)"),
            _ => format!("CAST({value} AS TEXT)"),
        };
        return Some(format!("'::' is not known here; write {function}"));
    }
    if token.kind != TokenKind::Word || is_member {
        return None;
    }
    let hint = match token.text.to_ascii_lowercase().as_str() {
        word @ ("insert" | "update" | "delete") => {
            let word = word.to_uppercase();
            return Some(format!("{word} is not possible: queries can only read"));
        }
        "match" if !is_call => "MATCH is not known here; use LIKE, REGEXP, or a search",
        "interval" if is_before_text || next.is_some_and(|next| next.kind == TokenKind::Number) => {
            "INTERVAL is not known here; write for example datetime(x, '-7 days')"
        }
        "timestamp" if is_before_text => "write to_timestamp('…') instead of TIMESTAMP '…'",
        "date" if is_before_text => "write date('…') instead of DATE '…'",
        "qualify" => {
            "QUALIFY is not known here; put the window function into a subquery and use WHERE"
        }
        "unnest" if is_call => {
            "unnest is not known here; write FROM t, json_each(t.column) and use its column value"
        }
        "pivot" | "unpivot" if before.is_some() && is_call => {
            "PIVOT is not known here; write sum(x) FILTER (WHERE …) for each column"
        }
        "distinct" if next.is_some_and(|next| next.is("on")) => {
            "DISTINCT ON is not known here; use row_number() OVER (PARTITION BY … ORDER BY …) = 1"
        }
        "exclude" if before.is_some_and(|before| before.is_sign("*")) => {
            "* EXCLUDE is not known here; name the columns"
        }
        "all" if before.is_some_and(|before| before.is("by")) => "write the columns instead of ALL",
        "top"
            if before.is_some_and(|before| before.is("select"))
                && next.is_some_and(|next| next.kind == TokenKind::Number) =>
        {
            "TOP is not known here; write LIMIT at the end"
        }
        _ => return None,
    };
    Some(hint.to_owned())
}

/// `ILIKE` becomes the operator that is made for it, and `extract(year from x)` becomes `date_part('year', x)`.
fn replaced(sql: &str, tokens: &[Token<'_>]) -> Rewritten {
    let mut text = String::with_capacity(sql.len() + 16);
    let mut moved = Vec::new();
    let mut taken = 0;
    let mut replace = |start: usize, end: usize, new: &str| {
        text.push_str(sql.get(taken..start).unwrap_or_default());
        text.push_str(new);
        moved.push((text.len(), end));
        taken = end;
    };
    for (index, window) in tokens.iter().enumerate() {
        if window.is("ilike") {
            replace(window.start, window.end(), "MATCH");
        } else if window.is("extract")
            && let [_, open, unit, from, ..] = &tokens[index..]
            && open.is_sign("(")
            && matches!(unit.kind, TokenKind::Word | TokenKind::Text)
            && from.is("from")
        {
            let unit = unit.text.trim_matches('\'');
            replace(window.start, from.end(), &format!("date_part('{unit}',"));
        }
    }
    let end = tokens.last().map_or(0, Token::end);
    text.push_str(sql.get(taken..end).unwrap_or_default());
    Rewritten { text, moved }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_of_other_dialects_are_replaced() {
        for (sql, expected) in [
            ("SELECT a FROM t WHERE a ILIKE 'x%';", "SELECT a FROM t WHERE a MATCH 'x%'"),
            ("SELECT extract(year FROM a) FROM t", "SELECT date_part('year', a) FROM t"),
            ("SELECT 'ILIKE' -- ilike", "SELECT 'ILIKE'"),
        ] {
            assert_eq!(rewrite(sql).map(|new| new.text), Ok(expected.to_owned()));
        }
    }

    #[test]
    fn places_lead_back_to_what_the_user_wrote() {
        let sql = "SELECT extract(year FROM a), b FROM t";
        let new = rewrite(sql).unwrap_or_else(|error| panic!("{error}"));
        let at = new.text.find("b FROM").map(|at| new.original(at));
        assert_eq!(at, sql.find("b FROM"));
    }
}

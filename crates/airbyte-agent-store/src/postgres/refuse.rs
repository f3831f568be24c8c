//! What is refused before a query goes to Postgres. The role and the read-only transaction of a query are what protects
//! the database; what stands here is what any role may call, and clear words.

use crate::sql::{Flavor, QueryError, QueryErrorKind, Token, TokenKind, place, tokens_of};

/// Functions that reach out of the query: to files, other databases, settings, other sessions, or statements in texts.
const FORBIDDEN: [&str; 18] = [
    "set_config",
    "current_setting",
    "ts_stat",
    "ts_rewrite",
    "nextval",
    "setval",
    "query_to_xml",
    "query_to_xmlschema",
    "query_to_xml_and_xmlschema",
    "cursor_to_xml",
    "cursor_to_xmlschema",
    "table_to_xml",
    "table_to_xmlschema",
    "schema_to_xml",
    "database_to_xml",
    "txid_current",
    "information_schema",
    "lastval",
];

/// What the names of such functions, and of tables of the database about itself, begin with.
const FORBIDDEN_STARTS: [&str; 8] = [
    "pg_",
    "dblink",
    "lo_",
    "loread",
    "lowrite",
    "schema_to_xml",
    "database_to_xml",
    "postgres_fdw",
];

/// The statement without what stands behind its end, and whether it explains another.
pub(super) fn check(sql: &str) -> Result<(&str, bool), QueryError> {
    let error = |kind, why: &str| Err(QueryError::new(kind, why.to_owned()));
    if sql.contains('\0') {
        return error(QueryErrorKind::Syntax, "the query contains a character of value 0");
    }
    let mut tokens = tokens_of(sql, Flavor::Postgres);
    while tokens.last().is_some_and(|token| token.is_sign(";")) {
        tokens.pop();
    }
    let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
        let why = "the query is empty; write for example SELECT * FROM a_table LIMIT 10";
        return error(QueryErrorKind::Syntax, why);
    };
    let refused = |token: &Token<'_>, why: String| {
        Err(QueryError::new(QueryErrorKind::Refused, why).at(place(sql, token.start)))
    };
    if let Some(end) = tokens.iter().find(|token| token.is_sign(";")) {
        return refused(
            end,
            "only one statement is possible; send the second one on its own".to_owned(),
        );
    }
    let begins = |token: &Token<'_>| ["select", "with", "values"].iter().any(|word| token.is(word));
    let is_explain = first.is("explain");
    if is_explain && !tokens.get(1).is_some_and(&begins) {
        return refused(first, "EXPLAIN is possible before SELECT, WITH or VALUES only".to_owned());
    }
    if !is_explain && !begins(first) {
        let shortened: String = first.text.chars().take(40).collect();
        return refused(
            first,
            format!(
                "a query begins with SELECT or WITH, not with '{shortened}'; the store can only be read"
            ),
        );
    }
    for (index, token) in tokens.iter().enumerate() {
        if let Some(why) = objection(&tokens, index) {
            return refused(token, why);
        }
    }
    Ok((sql.get(..last.end()).unwrap_or(sql), is_explain))
}

fn objection(tokens: &[Token<'_>], index: usize) -> Option<String> {
    let token = tokens.get(index)?;
    let next = tokens.get(index + 1);
    let is_joined = next.is_some_and(|next| next.start == token.end());
    // Texts and names in these forms could hide what they say.
    if token.kind == TokenKind::Word && token.text.starts_with('$') {
        return Some("texts are written in single quotes, and there are no parameters".to_owned());
    }
    if token.is("e") && is_joined && next.is_some_and(|next| next.kind == TokenKind::Text) {
        return Some("texts are written in single quotes without E before them".to_owned());
    }
    if token.is("u") && is_joined && next.is_some_and(|next| next.is_sign("&")) {
        return Some("texts and names are written without U& before them".to_owned());
    }
    if token.is("into") {
        return Some("INTO is not possible: queries can only read".to_owned());
    }
    let name = token.name()?.to_lowercase();
    let is_harmless = matches!(name.as_str(), "pg_typeof" | "pg_column_size");
    let is_forbidden = FORBIDDEN.contains(&name.as_str())
        || FORBIDDEN_STARTS.iter().any(|start| name.starts_with(start));
    if is_forbidden && !is_harmless {
        return Some(format!(
            "'{name}' can be neither called nor read; queries read tables of records only"
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_something_or_reaches_out_is_refused() {
        for sql in [
            "SELECT pg_sleep(10)",
            "SELECT \"pg_sleep\"(10)",
            "SELECT pg_catalog.pg_sleep(10)",
            "SELECT U&\"pg\\005fsleep\"(10)",
            "SELECT E'\\'', pg_sleep(10), '...'",
            "SELECT $a$ ' $a$, pg_sleep(10), $b$ ' $b$",
            "SELECT ARRAY['a]b', pg_sleep(10)::text]",
            "SELECT 1 -- '\r, pg_sleep(10) -- '",
            "SELECT /* /* */ ' */ pg_sleep(10) /* ' */",
            "SELECT set_config('role', 'none', false)",
            "SELECT query_to_xml('SELECT 1', true, true, '')",
            "SELECT * FROM dblink('dbname=x', 'SELECT 1') AS t (a int)",
            "SELECT lo_import('/etc/passwd')",
            "SELECT * FROM information_schema.tables",
            "SELECT * INTO t FROM github_issues",
            "COPY github_issues TO '/tmp/x'",
            "SET ROLE postgres",
            "EXPLAIN ANALYZE SELECT 1",
            "SELECT 1; SELECT 2",
        ] {
            assert!(check(sql).is_err(), "{sql}");
        }
    }

    #[test]
    fn queries_are_not_refused() {
        for (sql, expected) in [
            ("SELECT 1; ", ("SELECT 1", false)),
            ("SELECT 'pg_sleep', e, u FROM t -- ;\n", ("SELECT 'pg_sleep', e, u FROM t", false)),
            ("EXPLAIN SELECT ARRAY[1]", ("EXPLAIN SELECT ARRAY[1]", true)),
            ("SELECT a['b'] FROM t", ("SELECT a['b'] FROM t", false)),
        ] {
            assert_eq!(check(sql), Ok(expected));
        }
    }
}

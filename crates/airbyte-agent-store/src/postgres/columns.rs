//! Which columns a statement for Postgres names. Postgres does not tell it, so that the words of the statement decide. In
//! doubt a column counts as one that is read.

use crate::misfits::{ReadColumns, ReadTable};
use crate::sql::{Flavor, Token, TokenKind, tokens_of};

/// Words behind the name of a table that are no other name for it.
const NO_ALIAS: [&str; 23] = [
    "where",
    "order",
    "group",
    "having",
    "limit",
    "offset",
    "fetch",
    "for",
    "union",
    "intersect",
    "except",
    "join",
    "inner",
    "left",
    "right",
    "full",
    "cross",
    "natural",
    "on",
    "using",
    "window",
    "tablesample",
    "returning",
];

/// The columns of these tables that a statement may read.
pub(crate) fn read_columns(sql: &str, tables: &[ReadTable<'_>]) -> ReadColumns {
    let tokens = tokens_of(sql, Flavor::Postgres);
    let names: Vec<Option<String>> =
        tokens.iter().map(|token| token.name().map(|name| name.to_lowercase())).collect();
    let has = |name: &str| names.iter().any(|known| known.as_deref() == Some(name));
    let mut read = ReadColumns::new();
    for table in tables {
        let name = table.name.to_lowercase();
        if !has(&name) {
            continue;
        }
        let is_whole = reads_whole(&tokens, &names, &name);
        for column in table.table.shown() {
            let column = column.name.to_lowercase();
            if is_whole || has(&column) {
                read.insert((name.clone(), column));
            }
        }
    }
    read
}

/// Whether a statement may read columns of a table without their names.
fn reads_whole(tokens: &[Token<'_>], names: &[Option<String>], table: &str) -> bool {
    let is_one = |at: usize, words: &[&str]| {
        tokens.get(at).is_some_and(|token| words.iter().any(|word| token.is(word)))
    };
    let has_sign = |at: usize, sign: &str| tokens.get(at).is_some_and(|token| token.is_sign(sign));
    let everything = (0..tokens.len()).any(|at| {
        // `a * b` and `count(*)` are no lists of columns.
        let is_list = at > 0
            && has_sign(at, "*")
            && (is_one(at - 1, &["select", "all", "distinct"])
                || [",", ".", ")"].iter().any(|sign| has_sign(at - 1, sign)));
        // The columns by which a natural join compares have no names in the statement.
        is_list || is_one(at, &["table", "natural"])
    });
    if everything {
        return true;
    }
    let is_named = |at: usize, name: &str| names.get(at).and_then(Option::as_deref) == Some(name);
    let declares =
        |at: usize| at > 0 && (is_one(at - 1, &["from", "join", "only"]) || has_sign(at - 1, "."));
    for at in (0..tokens.len()).filter(|at| is_named(*at, table)) {
        if has_sign(at + 1, ".") {
            continue;
        }
        if !declares(at) {
            // A row as one value, or a list of tables, whose other names are not looked for.
            return true;
        }
        let alias_at = if is_one(at + 1, &["as"]) { at + 2 } else { at + 1 };
        let alias = tokens.get(alias_at).filter(|token| {
            token.kind == TokenKind::Quoted || !NO_ALIAS.iter().any(|word| token.is(word))
        });
        let Some(alias) = alias.and_then(|_| names.get(alias_at).cloned().flatten()) else {
            continue;
        };
        // Behind the other name of a table, its columns can get other names.
        let is_whole = has_sign(alias_at + 1, "(")
            || (0..tokens.len()).any(|other| {
                other != alias_at && is_named(other, &alias) && !has_sign(other + 1, ".")
            });
        if is_whole {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_name_no_column_may_read_all_of_them() {
        for (sql, expected) in [
            ("SELECT amount FROM bills", false),
            ("SELECT b.amount * 2 FROM bills AS b WHERE b.id > 1 ORDER BY b.id", false),
            ("SELECT count(*) FROM bills b JOIN other o ON o.id = b.id", false),
            ("SELECT count(*) FROM team.bills WHERE bills.id = 1", false),
            ("WITH b AS (SELECT paid AS p FROM bills) SELECT p FROM b", false),
            ("SELECT * FROM bills", true),
            ("SELECT b.* FROM bills b", true),
            ("SELECT DISTINCT ON (id) * FROM bills", true),
            ("SELECT id, * FROM bills", true),
            ("TABLE bills", true),
            ("SELECT to_jsonb(b) FROM bills AS b", true),
            ("SELECT to_jsonb(bills) FROM bills", true),
            ("SELECT bills FROM bills", true),
            ("SELECT y FROM bills AS b (x, y)", true),
            ("SELECT id FROM other NATURAL JOIN bills", true),
        ] {
            let tokens = tokens_of(sql, Flavor::Postgres);
            let names: Vec<_> =
                tokens.iter().map(|token| token.name().map(|name| name.to_lowercase())).collect();
            assert_eq!(reads_whole(&tokens, &names, "bills"), expected, "{sql}");
        }
    }
}

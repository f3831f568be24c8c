//! Tables that a statement names with a dot, as databases with schemas have them.

use super::tokens::{Token, TokenKind, tokens};

/// A name of a table with a name before it and a dot between the two, as in `FROM github.issues`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct QualifiedName {
    /// What stands before the dot.
    pub qualifier: String,
    /// What stands behind the dot.
    pub name: String,
    /// Place of the dot in the statement, in bytes.
    pub dot: usize,
}

/// The tables behind FROM and JOIN that are named in this way, without quotes.
pub fn qualified_names(sql: &str) -> Vec<QualifiedName> {
    let tokens = tokens(sql);
    let word = |token: &Token<'_>| token.kind == TokenKind::Word;
    let found = tokens.windows(4).filter_map(|four| {
        let [before, qualifier, dot, name] = four else { return None };
        let is_table = (before.is("from") || before.is("join"))
            && word(qualifier)
            && dot.is_sign(".")
            && word(name)
            && qualifier.end() == dot.start
            && dot.end() == name.start;
        is_table.then(|| QualifiedName {
            qualifier: qualifier.text.to_owned(),
            name: name.text.to_owned(),
            dot: dot.start,
        })
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_tables_are_found() {
        for (sql, expected) in [
            ("SELECT * FROM github.issues", vec!["github.issues"]),
            (
                "select i.id from github.issues i JOIN jira.users u ON u.id = i.id",
                vec!["github.issues", "jira.users"],
            ),
            ("SELECT a.b FROM issues", vec![]),
            ("SELECT 'x FROM a.b' FROM \"a\".b -- FROM c.d", vec![]),
            ("SELECT * FROM a . b", vec![]),
            ("SELECT * FROM a.b", vec!["a.b"]),
        ] {
            let found = qualified_names(sql);
            let names: Vec<String> =
                found.iter().map(|one| format!("{}.{}", one.qualifier, one.name)).collect();
            assert_eq!(names, expected, "{sql}");
            assert!(found.iter().all(|one| sql.as_bytes()[one.dot] == b'.'), "{sql}");
        }
    }
}

//! What a query asks of each table that it names, as far as that is certain. Where the query cannot be read, or has a
//! form that is not known here, a table is wanted whole.

use std::collections::{BTreeMap, HashSet};

use airbyte_agent_store::Table;
use sqlparser::ast::Statement;
use sqlparser::dialect::SQLiteDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

use super::enough::enough;
use super::reference::Reference;
use super::scope::Reading;

/// What a query asks of the tables that it names.
#[derive(Debug, Default)]
pub(super) struct Analysis {
    /// The tables that the query names, by their place among those that are known.
    pub(super) tables: Vec<usize>,
    /// The places of the query that name a table of which not all rows are needed.
    pub(super) references: Vec<Reference>,
    /// Tables of which all rows are needed.
    pub(super) whole: HashSet<usize>,
    /// How many rows of the only reference are enough, whichever they are.
    pub(super) enough: Option<u64>,
}

/// The words of a query that may name tables: in lower case, and whether a dot is before or behind them.
fn words(sql: &str) -> Option<Vec<(String, bool, bool)>> {
    let tokens = Tokenizer::new(&SQLiteDialect {}, sql).tokenize().ok()?;
    let tokens: Vec<&Token> =
        tokens.iter().filter(|token| !matches!(token, Token::Whitespace(_))).collect();
    let is_dot = |token: Option<&&Token>| matches!(token, Some(Token::Period));
    let words = tokens.iter().enumerate().filter_map(|(index, token)| {
        let before = index.checked_sub(1).and_then(|before| tokens.get(before));
        let text = match token {
            Token::Word(word) => &word.value,
            Token::SingleQuotedString(text) => text,
            _ => return None,
        };
        Some((text.to_lowercase(), is_dot(before), is_dot(tokens.get(index + 1))))
    });
    Some(words.collect())
}

/// The words of a query, some of which may be names of tables.
pub(crate) fn mentioned(sql: &str) -> HashSet<String> {
    match words(sql) {
        Some(words) => words.into_iter().map(|(word, ..)| word).collect(),
        None => split(sql).collect(),
    }
}

fn split(sql: &str) -> impl Iterator<Item = String> {
    sql.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_lowercase)
}

/// What the query asks of these tables.
pub(super) fn analyse(sql: &str, tables: &[Table]) -> Analysis {
    let by_name: BTreeMap<String, usize> = tables
        .iter()
        .enumerate()
        .map(|(index, table)| (table.name().to_lowercase(), index))
        .collect();
    let everything = |names: &mut dyn Iterator<Item = String>| {
        let found: HashSet<usize> = names.filter_map(|name| by_name.get(&name).copied()).collect();
        let mut tables: Vec<usize> = found.iter().copied().collect();
        tables.sort_unstable();
        Analysis { tables, whole: found, ..Analysis::default() }
    };
    let Some(words) = words(sql) else { return everything(&mut split(sql)) };
    let whole = everything(&mut words.iter().map(|(word, ..)| word.clone()));
    let Ok(statements) = Parser::parse_sql(&SQLiteDialect {}, sql) else { return whole };
    let [Statement::Query(query)] = statements.as_slice() else { return whole };
    let mut reading = Reading {
        tables,
        by_name: &by_name,
        ctes: HashSet::new(),
        references: Vec::new(),
        is_lost: false,
    };
    reading.query(query);
    if reading.is_lost || reading.ctes.iter().any(|name| by_name.contains_key(name)) {
        return whole;
    }
    let mut analysis = Analysis { tables: whole.tables, ..Analysis::default() };
    for &table in &analysis.tables {
        let name = tables[table].name().to_lowercase();
        // Whoever reads a table of which nothing is known here names it once more.
        let named = words.iter().filter(|(word, _, is_before_dot)| *word == name && !is_before_dot);
        let known = reading.references.iter().filter(|reference| reference.table == table);
        if named.count() != known.count() {
            analysis.whole.insert(table);
        }
    }
    analysis.references = reading.references;
    if analysis.references.len() == 1 && analysis.whole.is_empty() {
        analysis.enough = enough(query);
    }
    analysis
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use airbyte_agent_store::{Store, TableSpec};
    use serde_json::json;

    use super::super::needs::condition_sql;
    use super::*;

    fn tables() -> Vec<Table> {
        let store = Store::open_in_memory().unwrap();
        let schema = json!({"properties": {
            "id": {"type": "string"}, "state": {"type": "string"}, "n": {"type": "integer"},
            "at": {"type": "string", "format": "date-time"}, "owner": {"type": "object"},
        }});
        for entity in ["a", "b"] {
            let spec = TableSpec::new("t", entity).key(["id"]).schema(schema.clone());
            store.declare(&spec).unwrap();
        }
        store.tables().unwrap().into_iter().map(|summary| summary.table).collect()
    }

    /// What is asked of each reference, what is needed whole, and how many rows are enough.
    fn show(sql: &str) -> String {
        let tables = tables();
        let analysis = analyse(sql, &tables);
        let mut parts: Vec<String> = Vec::new();
        for reference in &analysis.references {
            if analysis.whole.contains(&reference.table) {
                continue;
            }
            let mut text = tables[reference.table].name().to_owned();
            for condition in &reference.conditions {
                text += &format!(" [{}]", condition_sql(condition).replace('"', ""));
            }
            for link in &reference.links {
                let other = &analysis.references[link.other];
                let name = tables[other.table].name();
                let fields =
                    (link.field.sql.replace('"', ""), link.other_field.sql.replace('"', ""));
                text += &format!(" <{}={name}.{}>", fields.0, fields.1);
            }
            parts.push(text);
        }
        let mut whole: Vec<&str> =
            analysis.whole.iter().map(|table| tables[*table].name()).collect();
        whole.sort_unstable();
        parts.extend(whole.into_iter().map(|name| format!("all of {name}")));
        parts.extend(analysis.enough.map(|enough| format!("{enough} rows")));
        parts.join("; ")
    }

    #[test]
    fn only_what_is_certain_restricts_a_table() {
        let mut wrong = Vec::new();
        for (sql, expected) in [
            ("SELECT * FROM t_a WHERE state = 'x' AND 5 < n", "t_a [state IN ('x')] [n >= 5]"),
            (
                "SELECT * FROM T_A WHERE (state IN ('x', 'y''z')) AND n BETWEEN 1 AND 2",
                "t_a [state IN ('x', 'y''z')] [n >= 1] [n <= 2]",
            ),
            ("SELECT * FROM t_a WHERE state = 'x' OR n = 1", "t_a"),
            ("SELECT * FROM t_a WHERE NOT (state = 'x')", "t_a"),
            (
                "SELECT * FROM t_a WHERE state <> 'x' AND state NOT IN ('y') AND state IS NOT NULL",
                "t_a",
            ),
            ("SELECT * FROM t_a WHERE state = 'x' COLLATE NOCASE", "t_a"),
            ("SELECT * FROM t_a WHERE state COLLATE NOCASE = 'x'", "t_a"),
            ("SELECT * FROM t_a WHERE lower(state) = 'x' AND +n = 1 AND n = 1 + 1", "t_a"),
            ("SELECT * FROM t_a WHERE n = 5 < 6", "t_a"),
            ("SELECT * FROM t_a WHERE state = NULL AND n IN (1, NULL)", "t_a"),
            (
                "SELECT * FROM t_a WHERE at >= date('now', '-7 days') AND at < datetime('now')",
                "t_a [at >= date('now', '-7 days')] [at <= datetime('now')]",
            ),
            ("SELECT * FROM t_a WHERE at >= random()", "t_a"),
            (
                "SELECT * FROM t_a WHERE owner ->> '$.id' = 'x' AND json_extract(_record, '$.n') = 2",
                "t_a [owner ->> '$.id' IN ('x')] [_record ->> '$.n' IN (2)]",
            ),
            // Joins: conditions on either side, but not on the one that may be missing.
            (
                "SELECT * FROM t_a JOIN t_b ON t_a.id = t_b.state WHERE t_b.n = 1",
                "t_a <id=t_b.state>; t_b [n IN (1)] <state=t_a.id>",
            ),
            (
                "SELECT * FROM t_a x, t_b y WHERE x.id = y.id AND y.n = 1",
                "t_a <id=t_b.id>; t_b [n IN (1)] <id=t_a.id>",
            ),
            (
                "SELECT * FROM t_a LEFT JOIN t_b ON t_a.id = t_b.state AND t_a.n = 1 AND t_b.n = 2 WHERE t_b.at > '2026-01-01'",
                "t_a; t_b [n IN (2)] <state=t_a.id>",
            ),
            (
                "SELECT * FROM t_a RIGHT JOIN t_b ON t_a.id = t_b.id WHERE t_a.n = 1",
                "all of t_a; all of t_b",
            ),
            ("SELECT * FROM t_a JOIN t_b ON t_a.id = t_b.n", "t_a; t_b"),
            // Names that both tables have mean neither.
            ("SELECT * FROM t_a JOIN t_b USING (id) WHERE state = 'x'", "t_a; t_b"),
            // Subqueries on their own.
            (
                "SELECT * FROM t_a WHERE id IN (SELECT state FROM t_b WHERE n = 1)",
                "t_a <id=t_b.state>; t_b [n IN (1)]",
            ),
            (
                "SELECT * FROM t_a WHERE id NOT IN (SELECT state FROM t_b WHERE n = 1)",
                "t_a; t_b [n IN (1)]",
            ),
            ("SELECT * FROM t_a WHERE n = (SELECT max(n) FROM t_b)", "t_a; all of t_b"),
            ("SELECT (SELECT state FROM t_b) FROM t_a WHERE n = 1", "t_a [n IN (1)]; all of t_b"),
            (
                "SELECT * FROM t_a WHERE n = 1 AND EXISTS (SELECT 1 FROM t_a WHERE n = 2)",
                "t_a [n IN (1)]; t_a [n IN (2)]",
            ),
            (
                "WITH c AS (SELECT * FROM t_a WHERE n = 1) SELECT * FROM c WHERE state = 'x'",
                "t_a [n IN (1)]",
            ),
            ("WITH t_a AS (SELECT 1) SELECT * FROM t_a", "all of t_a"),
            (
                "SELECT * FROM t_a WHERE n = 1 UNION SELECT * FROM t_b WHERE n = 2",
                "t_a [n IN (1)]; t_b [n IN (2)]",
            ),
            // What would not be seen through a temporary table, and what cannot be read.
            ("SELECT * FROM main.t_a WHERE n = 1", "all of t_a"),
            ("SELECT * FROM 't_a' WHERE n = 1", "t_a [n IN (1)]"),
            ("SELECT * FROM t_a WHERE n = 1 AND n IN t_b", "all of t_a; all of t_b"),
            ("SELECT * FROM t_a WHERE n = 1 AND )", "all of t_a"),
            // Any rows are enough only if nothing but single rows is asked for.
            ("SELECT id, lower(state) FROM t_a LIMIT 3", "t_a; 3 rows"),
            ("SELECT id FROM t_a WHERE n = 1 OR state LIKE 'x%' LIMIT 3 OFFSET 2", "t_a; 3 rows"),
            ("SELECT id FROM t_a ORDER BY n LIMIT 3", "t_a"),
            ("SELECT count(*) FROM t_a LIMIT 3", "t_a"),
            ("SELECT DISTINCT state FROM t_a LIMIT 3", "t_a"),
            ("SELECT state FROM t_a GROUP BY 1 LIMIT 3", "t_a"),
            ("SELECT row_number() OVER () FROM t_a LIMIT 3", "t_a"),
            ("SELECT id FROM t_a LIMIT -1", "t_a"),
        ] {
            let found = show(sql);
            if found != expected {
                wrong.push(format!("{sql}\n  {found}\n  instead of {expected}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

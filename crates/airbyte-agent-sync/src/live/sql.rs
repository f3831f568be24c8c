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

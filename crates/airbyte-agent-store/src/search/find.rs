//! Searches by words over all tables: names of people and companies, and everything else that is text.

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use serde_json::Value;

use super::index::{MOST_WORDS, alternatives, similar};
use super::snippet::snippet;
use crate::error::{Error, Result};
use crate::sql::QueryLimits;
use crate::store::Store;
use crate::table::{Table, record_expression};
use crate::text::{index_id, table_and_row};
use crate::words::{fold, words};

/// Most rows that are compared with each other; of more, those that were stored last.
const MOST_RANKED: usize = 5_000;

/// How much a word in a name counts, compared with one in another text.
const WEIGHT_OF_NAMES: f64 = 4.0;

/// What a search by words looks at.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Find {
    /// Names of the tables in SQL; all tables if there are none.
    pub tables: Vec<String>,
    /// The accounts; all of them if there are none.
    pub accounts: Vec<String>,
    /// Most hits; 10 if it is 0.
    pub limit: usize,
    /// How long the search may take.
    pub limits: QueryLimits,
}

impl Find {
    /// A search in these tables.
    #[must_use]
    pub fn tables(mut self, tables: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.tables = tables.into_iter().map(Into::into).collect();
        self
    }

    /// A search in the records of these accounts.
    #[must_use]
    pub fn accounts(mut self, accounts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.accounts = accounts.into_iter().map(Into::into).collect();
        self
    }

    /// A search for so many hits.
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }
}

/// What a search by words has found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Found {
    /// The hits, best first.
    pub hits: Vec<Hit>,
    /// Whether there are more.
    pub has_more: bool,
    /// Whether there are so many that only those that were stored last were compared with each other.
    pub is_partly_ranked: bool,
}

/// A record that a search by words has found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Hit {
    /// Name of the table in SQL.
    pub table: String,
    /// Slug of the connector.
    pub connector: String,
    /// Name of the entity.
    pub entity: String,
    /// Name of the account.
    pub account: String,
    /// What identifies the record within its table and account.
    pub key: String,
    /// How well it fits; greater is better.
    pub score: f64,
    /// The field that the snippet is from.
    pub field: Option<String>,
    /// The part of the field with the words, which stand between `**`.
    pub snippet: Option<String>,
    /// The whole record.
    pub record: Value,
}

impl Store {
    /// The records in which all of these words are, whatever their case, accents and order. A word may be the
    /// beginning of a longer one. If there are too few, words with small mistakes are found, too; if there are
    /// none, records in which only some of the words are.
    ///
    /// # Errors
    ///
    /// [`Error::Search`] if there is no word in the text or no such table; [`Error::Query`] if the search takes
    /// too long.
    pub fn find(&self, text: &str, find: &Find) -> Result<Found> {
        let folded = fold(text);
        let searched: Vec<&str> = words(&folded).take(MOST_WORDS).collect();
        if searched.is_empty() {
            return Err(Error::Search("a search needs at least one word".to_owned()));
        }
        let limit = if find.limit == 0 { 10 } else { find.limit };
        self.read(|reader| {
            reader.internally_within(&find.limits, |connection| {
                let tables = wanted_tables(connection, &find.tables)?;
                let mut ranked = Ranked::default();
                for step in 0..3 {
                    // Only some of the words are better than nothing only.
                    if ranked.rows.len() > limit || (step == 2 && !ranked.rows.is_empty()) {
                        break;
                    }
                    if let Some(question) = question(connection, &searched, step)? {
                        ranked.add(connection, &question, &tables, find.tables.is_empty(), step)?;
                    }
                }
                hits(connection, ranked, &tables, find, limit, &searched)
            })
        })
    }
}

fn wanted_tables(connection: &Connection, names: &[String]) -> Result<Vec<Table>> {
    let tables = Table::load(connection, "TRUE", [])?;
    for name in names {
        if !tables.iter().any(|table| table.name == *name) {
            let known: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
            let near = airbyte_agent_description::suggestion(name, &known);
            return Err(Error::Search(format!("there is no table '{name}'{near}")));
        }
    }
    Ok(tables.into_iter().filter(|table| names.is_empty() || names.contains(&table.name)).collect())
}

/// The question to the index for a step: all words, similar words, any of the words.
fn question(connection: &Connection, searched: &[&str], step: usize) -> Result<Option<String>> {
    let mut parts = Vec::new();
    let mut has_similar = false;
    for word in searched {
        let similar = if step == 0 { None } else { similar(connection, word)? };
        let similar = similar.unwrap_or_default();
        has_similar |= !similar.is_empty();
        parts.push(alternatives(&forms(word), &similar));
    }
    let is_useful = match step {
        0 => true,
        1 => has_similar,
        _ => searched.len() > 1,
    };
    let word = if step == 2 { " OR " } else { " AND " };
    Ok(is_useful.then(|| parts.join(word)))
}

/// The word, and what is left without an ending that English adds to it.
fn forms(word: &str) -> Vec<String> {
    let mut forms = vec![word.to_owned()];
    if let Some(stem) = word.strip_suffix('y').filter(|stem| stem.len() >= 3) {
        forms.push(format!("{stem}ie"));
    }
    for (ending, most_left) in [("ies", 3), ("ing", 4), ("ed", 4), ("es", 4), ("s", 3)] {
        if let Some(stem) = word.strip_suffix(ending)
            && stem.is_ascii()
            && stem.len() >= most_left
        {
            forms.push(stem.to_owned());
            break;
        }
    }
    forms
}

/// Rows of the index with their scores, best first within each step.
#[derive(Default)]
struct Ranked {
    rows: Vec<(i64, f64)>,
    known: std::collections::HashSet<i64>,
    is_partly: bool,
}

impl Ranked {
    fn add(
        &mut self,
        connection: &Connection,
        question: &str,
        tables: &[Table],
        is_everywhere: bool,
        step: usize,
    ) -> Result<()> {
        let ranges: Vec<(i64, i64)> = if is_everywhere {
            vec![(0, i64::MAX)]
        } else {
            tables.iter().map(|table| (index_id(table.id, 0), index_id(table.id + 1, 0) - 1)).collect()
        };
        let mut found = Vec::new();
        let mut find = connection.prepare_cached(&format!(
            "SELECT rowid, bm25(_text, {WEIGHT_OF_NAMES}, 1.0) FROM _text
             WHERE _text MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT {}",
            MOST_RANKED + 1
        ))?;
        for (first, last) in ranges {
            let before = found.len();
            let rows = find.query_map(rusqlite::params![question, first, last], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, f64>(1)?))
            })?;
            for row in rows {
                found.push(row?);
            }
            self.is_partly |= found.len() - before > MOST_RANKED;
        }
        // SQLite's scores are the better the smaller they are. Later steps come behind earlier ones.
        #[expect(clippy::cast_precision_loss, reason = "there are three steps")]
        let scale = 1.0 / (1.0 + step as f64 * 10.0);
        found.sort_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
        for (row, score) in found {
            if self.known.insert(row) {
                self.rows.push((row, -score * scale));
            }
        }
        Ok(())
    }
}

fn hits(
    connection: &Connection,
    ranked: Ranked,
    tables: &[Table],
    find: &Find,
    limit: usize,
    searched: &[&str],
) -> Result<Found> {
    let mut found =
        Found { hits: Vec::new(), has_more: false, is_partly_ranked: ranked.is_partly };
    for (id, score) in ranked.rows {
        let (table, row) = table_and_row(id);
        let Some(table) = tables.iter().find(|known| known.id == table) else { continue };
        let mut read = connection.prepare_cached(&format!(
            "SELECT _account, _key, {} FROM {} WHERE _row = ?",
            record_expression(table),
            table.rows()
        ))?;
        let read = read.query_row([row], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
        });
        let Some((account, key, record)) = read.optional()? else { continue };
        if !find.accounts.is_empty() && !find.accounts.contains(&account) {
            continue;
        }
        if found.hits.len() >= limit {
            found.has_more = true;
            break;
        }
        let record: Value = serde_json::from_str(&record).unwrap_or_default();
        let (field, snippet) = snippet(&record, searched).unzip();
        found.hits.push(Hit {
            table: table.name.clone(),
            connector: table.connector.clone(),
            entity: table.entity.clone(),
            account,
            key,
            score,
            field,
            snippet,
            record,
        });
    }
    Ok(found)
}

//! Searches by words over all tables: names of people and companies, and everything else that is text.

use serde::Serialize;
use serde_json::Value;

use super::index::{MOST_WORDS, alternatives, and, forms, or, similar};
use super::rank::Ranking;
use super::snippet::snippet;
use crate::db::{Db, Dialect, cells};
use crate::error::{Error, Result};
use crate::sql::QueryLimits;
use crate::store::Store;
use crate::table::{Table, record_expression};
use crate::text::{NAME_MARK, Texts, index_id, table_and_row};
use crate::view::View;
use crate::words::{fold, is_meant, words};

/// Most rows that are compared with each other. Of more, those with the words in names, and then those that were
/// stored last.
const MOST_RANKED: usize = 200;

/// What a search by words looks at.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Find {
    /// Names of the tables in SQL; all tables if there are none.
    pub tables: Vec<String>,
    /// The only views that are searched, whatever `tables` says; what they do not show finds nothing.
    pub views: Option<Vec<View>>,
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

    /// A search in these views only.
    #[must_use]
    pub fn views(mut self, views: Vec<View>) -> Self {
        self.views = Some(views);
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
    /// Whether there are so many that not all were compared with each other: only 200, first those with the words
    /// in names and then those that were stored last.
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
    /// The whole record, as the store keeps it.
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
        self.read_within(&find.limits, |db| {
            let tables = wanted_tables(db, find)?;
            let mut candidates = Candidates::default();
            for step in Step::ALL {
                // Only some of the words are better than nothing only.
                let is_enough = candidates.rows.len() > limit
                    || (step == Step::Some && !candidates.rows.is_empty());
                if is_enough {
                    break;
                }
                if let Some(questions) = questions(db, &searched, step)? {
                    let how = (step, searched.as_slice());
                    candidates.add(db, &questions, &tables, find, how)?;
                }
            }
            hits(db, candidates, limit, &searched)
        })
    }
}

/// A table that is searched.
struct Wanted {
    table: Table,
    /// The name in SQL.
    name: String,
    /// The accounts whose records are searched, `None` for all.
    accounts: Option<Vec<String>>,
}

fn wanted_tables(db: &dyn Db, find: &Find) -> Result<Vec<Wanted>> {
    if let Some(views) = &find.views {
        let mut found = Vec::new();
        for view in views {
            let Some(table) = view.table(db)? else { continue };
            let name = if view.name.is_empty() { table.name.clone() } else { view.name.clone() };
            found.push(Wanted { table, name, accounts: Some(view.accounts.clone()) });
        }
        return Ok(found);
    }
    let names = &find.tables;
    let tables = Table::load(db, "TRUE", Vec::new())?;
    for name in names {
        if !tables.iter().any(|table| table.name == *name) {
            let known: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
            let near = airbyte_agent_description::suggestion(name, &known);
            return Err(Error::Search(format!("there is no table '{name}'{near}")));
        }
    }
    let wanted = tables.into_iter().filter(|t| names.is_empty() || names.contains(&t.name));
    let whole = |table: Table| Wanted { name: table.name.clone(), table, accounts: None };
    Ok(wanted.map(whole).collect())
}

/// What is tried one after the other, as long as too little is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// All words as they are.
    Exact,
    /// All words, which may go on.
    Beginnings,
    /// All words, which may have small mistakes.
    Similar,
    /// Some of the words.
    Some,
}

impl Step {
    const ALL: [Self; 4] = [Self::Exact, Self::Beginnings, Self::Similar, Self::Some];
}

/// The questions to the index for a step: for rows with the words in names, and for all rows. `None` if they find
/// nothing more than those of the step before.
fn questions(db: &dyn Db, searched: &[&str], step: Step) -> Result<Option<[String; 2]>> {
    let dialect = db.dialect();
    // Postgres has an index of names alone.
    let mark = Some(NAME_MARK).filter(|_| !dialect.is_postgres());
    let mut parts = [Vec::new(), Vec::new()];
    let mut has_similar = false;
    for word in searched {
        let forms = forms(word);
        let (beginnings, exact) = match step {
            Step::Exact => (Vec::new(), forms),
            Step::Beginnings => (forms, Vec::new()),
            Step::Similar | Step::Some => {
                let similar = similar(db, word)?.unwrap_or_default();
                has_similar |= !similar.is_empty();
                (forms, similar)
            }
        };
        for (parts, mark) in parts.iter_mut().zip([mark, None]) {
            parts.push(alternatives(dialect, mark, &beginnings, &exact));
        }
    }
    let is_useful = match step {
        Step::Exact | Step::Beginnings => true,
        Step::Similar => has_similar,
        Step::Some => searched.len() > 1,
    };
    let word = if step == Step::Some { or(dialect) } else { and(dialect) };
    Ok(is_useful.then(|| parts.map(|parts| parts.join(word))))
}

/// A row that a search may read, with the step that found it.
struct Candidate<'t> {
    step: Step,
    wanted: &'t Wanted,
    account: String,
    key: String,
    record: Value,
    texts: Texts,
}

/// What was found so far.
#[derive(Default)]
struct Candidates<'t> {
    rows: Vec<Candidate<'t>>,
    known: std::collections::HashSet<i64>,
    are_more: bool,
}

impl<'t> Candidates<'t> {
    /// Adds the rows that the index finds. What may not be read does not count in any way.
    fn add(
        &mut self,
        db: &dyn Db,
        questions: &[String; 2],
        tables: &'t [Wanted],
        find: &Find,
        (step, searched): (Step, &[&str]),
    ) -> Result<()> {
        let ranges: Vec<(i64, i64)> = if find.tables.is_empty() && find.views.is_none() {
            vec![(0, i64::MAX)]
        } else {
            let ids = tables.iter().map(|wanted| wanted.table.id);
            ids.map(|id| (index_id(id, 0), index_id(id + 1, 0) - 1)).collect()
        };
        // Rows with the words in names come first, so that they are not lost among many others.
        let statements = match db.dialect() {
            Dialect::Sqlite => {
                ["SELECT rowid FROM _text WHERE _text MATCH ? AND rowid BETWEEN ? AND ?
                  ORDER BY rowid DESC"; 2]
            }
            Dialect::Postgres => [
                "SELECT id FROM _text WHERE name @@ ?::tsquery
                 AND id BETWEEN ? AND ? ORDER BY id DESC",
                "SELECT id FROM _text WHERE whole @@ ?::tsquery
                 AND id BETWEEN ? AND ? ORDER BY id DESC",
            ],
        };
        for (sql, question) in statements.into_iter().zip(questions) {
            for (first, last) in &ranges {
                db.each(sql, &[question.into(), (*first).into(), (*last).into()], &mut |found| {
                    let id = found.integer(0);
                    if self.known.contains(&id) {
                        return Ok(true);
                    }
                    let (table, row) = table_and_row(id);
                    let wanted = tables.iter().find(|known| known.table.id == table);
                    let Some(wanted) = wanted else { return Ok(true) };
                    let read = wanted.read(db, row, find, (step, searched))?;
                    let Some(candidate) = read else { return Ok(true) };
                    if self.rows.len() >= MOST_RANKED {
                        self.are_more = true;
                        return Ok(false);
                    }
                    self.known.insert(id);
                    self.rows.push(candidate);
                    Ok(true)
                })?;
            }
        }
        Ok(())
    }
}

impl Wanted {
    /// A row, if the search may read it and finds it by what it may read.
    fn read(
        &self,
        db: &dyn Db,
        row: i64,
        find: &Find,
        (step, searched): (Step, &[&str]),
    ) -> Result<Option<Candidate<'_>>> {
        let table = &self.table;
        let sql = format!(
            "SELECT _account, _key, {} FROM {} WHERE _row = ?",
            record_expression(table),
            table.rows()
        );
        let Some(read) = db.row(&sql, cells![row])? else { return Ok(None) };
        let (account, key, record) = (read.text(0), read.text(1), read.text(2));
        let is_of_view = self.accounts.as_ref().is_none_or(|all| all.contains(&account));
        if !is_of_view || !(find.accounts.is_empty() || find.accounts.contains(&account)) {
            return Ok(None);
        }
        let Ok(Value::Object(record)) = serde_json::from_str(&record) else { return Ok(None) };
        let own = crate::record::row(table, &record, key);
        let texts = crate::text::texts(table, &record, &own);
        // The index has the words of fields that are withheld, too.
        if table.is_partial() && !has_words(&texts, searched, step) {
            return Ok(None);
        }
        let key = if table.has_own("_key") { own.key } else { String::new() };
        let record = Value::Object(record);
        Ok(Some(Candidate { step, wanted: self, account, key, record, texts }))
    }
}

/// The candidates with their scores, best first; those of earlier steps before those of later ones.
fn hits(db: &dyn Db, candidates: Candidates<'_>, limit: usize, searched: &[&str]) -> Result<Found> {
    let mut ranking = Ranking::new(db, searched)?;
    for candidate in &candidates.rows {
        ranking.add(&candidate.texts);
    }
    let mut found: Vec<_> = candidates.rows.into_iter().zip(ranking.scores()).collect();
    found
        .sort_by(|(a, a_score), (b, b_score)| a.step.cmp(&b.step).then(b_score.total_cmp(a_score)));
    let has_more = candidates.are_more || found.len() > limit;
    let hits = found.into_iter().take(limit).map(|(candidate, score)| {
        let Candidate { wanted, account, key, record, .. } = candidate;
        let (field, snippet) = snippet(&record, searched).unzip();
        Hit {
            table: wanted.name.clone(),
            connector: wanted.table.connector.clone(),
            entity: wanted.table.entity.clone(),
            account,
            key,
            score,
            field,
            snippet,
            record,
        }
    });
    Ok(Found { hits: hits.collect(), has_more, is_partly_ranked: candidates.are_more })
}

/// Whether a record is found by these texts of it alone.
fn has_words(texts: &Texts, searched: &[&str], step: Step) -> bool {
    let is_found = |wanted: &&str| {
        let forms = forms(wanted);
        let fits = |word: &str| {
            forms.iter().any(|form| word.starts_with(form.as_str())) || is_meant(word, wanted)
        };
        words(&texts.name).chain(words(&texts.body)).any(fits)
    };
    match step {
        Step::Some => searched.iter().any(is_found),
        _ => searched.iter().all(is_found),
    }
}

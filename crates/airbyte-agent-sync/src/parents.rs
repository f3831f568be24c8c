//! The combinations of parents' records whose values a list is read with, in an order that does not change
//! between runs. They are read from the store a few at a time.

use std::collections::VecDeque;

use airbyte_agent_core::description::{Operation, ParentValue, SyncParent, SyncRule};
use airbyte_agent_store::{QueryLimits, Store};
use serde_json::Value;

use crate::arguments::{Arguments, fitted};
use crate::error::{Error, Result};
use crate::record;

/// Number of parents' records that are read at once.
const AT_ONCE: usize = 200;

/// The combinations of parents' records, one after the other.
pub(crate) struct Combinations<'s> {
    store: &'s Store,
    account: String,
    levels: Vec<Level>,
    /// Arguments that the caller gives: combinations with other values are passed over.
    given: Arguments,
    has_begun: bool,
}

/// One parent.
struct Level {
    parent: SyncParent,
    /// Name of the parent's table in SQL.
    table: String,
    waiting: VecDeque<(String, Value)>,
    is_exhausted: bool,
    current: Option<(String, Value)>,
}

impl<'s> Combinations<'s> {
    /// Without parents there is one combination, of nothing. `tables` are those of the parents. With `from`, the
    /// first combination is the one with these keys, or the one behind it if there is none any more.
    pub(crate) fn new(
        store: &'s Store,
        account: &str,
        parents: &[SyncParent],
        tables: Vec<String>,
        given: Arguments,
    ) -> Self {
        let levels = parents.iter().zip(tables).map(|(parent, table)| Level {
            parent: parent.clone(),
            table,
            waiting: VecDeque::new(),
            is_exhausted: false,
            current: None,
        });
        let levels = levels.collect();
        Self { store, account: account.to_owned(), levels, given, has_begun: false }
    }

    /// Goes to the combination with these keys, or to the first one behind it.
    pub(crate) fn seek(&mut self, keys: &[String]) -> Result<()> {
        if keys.len() != self.levels.len() {
            return Ok(());
        }
        for (depth, key) in keys.iter().enumerate() {
            self.restart(depth, Some(key))?;
            if !self.advance(depth)? {
                break;
            }
            if self.levels[depth].current.as_ref().is_some_and(|(found, _)| found != key) {
                break;
            }
        }
        Ok(())
    }

    /// The next combination. What is wrong with one is told with its keys; the next call goes on behind it.
    pub(crate) fn next(
        &mut self,
        operation: &Operation,
    ) -> Result<Option<(Vec<String>, Result<Arguments>)>> {
        loop {
            if !self.step()? {
                return Ok(None);
            }
            let keys: Vec<String> = self
                .levels
                .iter()
                .filter_map(|level| level.current.as_ref().map(|(key, _)| key.clone()))
                .collect();
            let arguments = self.arguments(operation);
            let is_meant = arguments.as_ref().map_or(true, |all| {
                all.iter().all(|(name, value)| self.given.get(name).is_none_or(|g| g == value))
            });
            if is_meant {
                return Ok(Some((keys, arguments)));
            }
        }
    }

    /// Goes one combination further.
    fn step(&mut self) -> Result<bool> {
        if self.levels.is_empty() {
            return Ok(!std::mem::replace(&mut self.has_begun, true));
        }
        // Levels behind the last one that stands somewhere begin anew.
        let standing = self.levels.iter().take_while(|level| level.current.is_some()).count();
        let is_complete = standing == self.levels.len();
        if is_complete && !self.has_begun {
            // `seek` has found a combination.
            self.has_begun = true;
            return Ok(true);
        }
        self.has_begun = true;
        let mut depth = if is_complete { standing - 1 } else { standing };
        loop {
            if self.advance(depth)? {
                depth += 1;
                if depth == self.levels.len() {
                    return Ok(true);
                }
                self.restart(depth, None)?;
            } else if depth == 0 {
                return Ok(false);
            } else {
                depth -= 1;
            }
        }
    }

    /// Goes to the next record of one parent.
    fn advance(&mut self, depth: usize) -> Result<bool> {
        if self.levels[depth].waiting.is_empty() && !self.levels[depth].is_exhausted {
            let after = self.levels[depth].current.as_ref().map(|(key, _)| key.clone());
            self.load(depth, after.as_deref(), ">")?;
        }
        let level = &mut self.levels[depth];
        level.current = level.waiting.pop_front();
        Ok(level.current.is_some())
    }

    /// Begins with the first record of a parent, or with the one of this key.
    fn restart(&mut self, depth: usize, key: Option<&str>) -> Result<()> {
        for level in &mut self.levels[depth..] {
            level.waiting.clear();
            level.is_exhausted = false;
            level.current = None;
        }
        self.load(depth, key, ">=")
    }

    fn load(&mut self, depth: usize, key: Option<&str>, compare: &str) -> Result<()> {
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
        let level = &mut self.levels[depth];
        let place = key.map(|key| format!(" AND _key {compare} {}", quoted(key)));
        let sql = format!(
            "SELECT _key, _record FROM \"{}\" WHERE _account = {}{} ORDER BY _key LIMIT {AT_ONCE}",
            level.table.replace('"', "\"\""),
            quoted(&self.account),
            place.unwrap_or_default(),
        );
        let rows = self.store.query(&sql, &QueryLimits::default().rows(AT_ONCE).bytes(64 << 20))?;
        let is_cut = rows.cut.is_some();
        level.is_exhausted = rows.rows.len() < AT_ONCE && !is_cut;
        for row in rows.rows {
            let [Value::String(key), Value::String(record)] = row.as_slice() else { continue };
            let record = serde_json::from_str(record).map_err(|error| {
                Error::Records(format!("a record of {} cannot be read: {error}", level.table))
            })?;
            level.waiting.push_back((key.clone(), record));
        }
        if is_cut && level.waiting.is_empty() {
            let table = &level.table;
            return Err(Error::Records(format!("a record of {table} is too large to be read")));
        }
        Ok(())
    }

    fn arguments(&self, operation: &Operation) -> Result<Arguments> {
        let mut all = Arguments::new();
        for level in &self.levels {
            let Some((_, record)) = &level.current else { continue };
            if let Some(SyncRule::Source(source)) = &operation.sync {
                // What is below a record is in the same part of the account.
                for name in source.scope.iter() {
                    let found = record::listed_with(record, name);
                    all.extend(found.map(|value| (name.to_string(), value)));
                }
            }
            for (name, value) in level.parent.arguments.iter() {
                let found = match value {
                    ParentValue::Argument(own) => match record::listed_with(record, own) {
                        Some(found) => found,
                        // The parent's list has it from a setting, and so does this one.
                        None => continue,
                    },
                    ParentValue::Member(place) => {
                        let found = place.first(record).filter(|found| !found.is_null());
                        found.cloned().ok_or_else(|| {
                            let entity = &level.parent.entity;
                            Error::Records(format!(
                                "a record of `{entity}` has no `{place}`, which the argument `{name}` needs"
                            ))
                        })?
                    }
                };
                all.insert(name.to_string(), fitted(operation.parameter(name), found));
            }
        }
        Ok(all)
    }
}

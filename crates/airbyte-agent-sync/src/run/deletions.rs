//! Deletions that the records of another entity name.

use airbyte_agent_core::description::JsonPath;
use airbyte_agent_store::{ChangeKind, Changes, QueryLimits, Table};
use serde_json::Value;

use super::entity::EntityRun;
use crate::error::{Error, Result};
use crate::record::key_in_feed;

/// Number of changes, or of records, that are read at once.
const AT_ONCE: usize = 500;

impl EntityRun<'_> {
    /// Removes the records that the feed has named since the last run. The log of the store says which these are,
    /// so that a record that was restored since is not removed again.
    pub(super) async fn apply_feed(&mut self, entity: &str, key: &[JsonPath]) -> Result<()> {
        let connector = self.runner.client.description().name.to_string();
        let tables = self.runner.in_store(airbyte_agent_store::Store::tables).await?;
        let feed = tables.into_iter().map(|summary| summary.table);
        let feed = feed.into_iter().find(|t| t.connector() == connector && t.entity() == entity);
        let Some(feed) = feed else {
            return Err(Error::Records(format!("there is no table of `{entity}`")));
        };
        let mut after = self.position.feed.unwrap_or_default();
        let mut is_whole = self.position.feed.is_none();
        let mut keys = Vec::new();
        loop {
            let Changes { changes, are_missing, .. } =
                self.runner.in_store(move |store| store.changes(after, AT_ONCE)).await?;
            is_whole |= are_missing;
            let Some(last) = changes.last() else { break };
            after = last.sequence;
            for change in changes {
                let is_new = change.kind != ChangeKind::Deleted;
                if is_whole || !is_new || change.table != feed.name() {
                    continue;
                }
                if change.account != self.runner.account {
                    continue;
                }
                let (feed, account) = (feed.clone(), change.account);
                let record =
                    self.runner.in_store(move |store| store.record(&feed, &account, &change.key));
                keys.extend(record.await?.and_then(|r| key_in_feed(self.rule(), key, &r)));
            }
        }
        if is_whole {
            keys = self.all_of(&feed, key).await?;
        }
        let (table, account) = (self.table.clone(), self.runner.account.clone());
        let deleted =
            self.runner.in_store(move |store| store.delete(&table, &account, &keys, None));
        self.report.counts += deleted.await?;
        self.position.feed = Some(after);
        Ok(())
    }

    async fn all_of(&self, feed: &Table, key: &[JsonPath]) -> Result<Vec<Value>> {
        let quoted = |text: &str| text.replace('\'', "''");
        let mut keys = Vec::new();
        let mut after = String::new();
        loop {
            let sql = format!(
                "SELECT _key, _record FROM \"{}\" WHERE _account = '{}' AND _key > '{}' ORDER BY _key \
                 LIMIT {AT_ONCE}",
                feed.name().replace('"', "\"\""),
                quoted(&self.runner.account),
                quoted(&after),
            );
            let limits = QueryLimits::default().rows(AT_ONCE).bytes(64 << 20);
            let rows = self.runner.in_store(move |store| store.query(&sql, &limits)).await?.rows;
            for row in &rows {
                let [Value::String(name), Value::String(record)] = row.as_slice() else { continue };
                name.clone_into(&mut after);
                let record: Value = serde_json::from_str(record).unwrap_or_default();
                keys.extend(key_in_feed(self.rule(), key, &record));
            }
            if rows.is_empty() {
                return Ok(keys);
            }
        }
    }
}

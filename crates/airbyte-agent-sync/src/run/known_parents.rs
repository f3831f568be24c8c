//! Which records of parents have rows below them already.

use std::collections::HashSet;

use airbyte_agent_store::QueryLimits;
use serde_json::Value;

use super::entity::EntityRun;
use crate::arguments::Arguments;
use crate::error::{Error, Result};
use crate::record::{PARENT, parent_value};

impl EntityRun<'_> {
    /// Whether there are rows of a list with these arguments. What a new record of a parent has below it is older
    /// than its own place in the store, so that its list is read whole.
    pub(super) async fn is_known(&mut self, of_parents: &Arguments) -> Result<bool> {
        if self.known_parents.is_none() {
            let known = self.parents_in_rows().await?;
            self.known_parents = Some(known);
        }
        let mut all = self.given.clone();
        all.extend(of_parents.clone());
        self.runner.client.complete_scope(self.operation, &mut all)?;
        let parent = canonical(&Value::Object(parent_value(self.rule(), &all)));
        Ok(self.known_parents.as_ref().is_some_and(|known| known.contains(&parent)))
    }

    async fn parents_in_rows(&self) -> Result<HashSet<String>> {
        let quoted = |text: &str, mark: char| text.replace(mark, &format!("{mark}{mark}"));
        let sql = format!(
            "SELECT DISTINCT \"{}\" FROM \"{}\" WHERE _account = '{}'",
            PARENT,
            quoted(self.table.name(), '"'),
            quoted(&self.runner.account, '\''),
        );
        let rows = self
            .runner
            .in_store(move |store| {
                let limits = QueryLimits::default()
                    .rows(usize::MAX)
                    .bytes(1 << 30)
                    .time(std::time::Duration::from_secs(600));
                store.query(&sql, &limits)
            })
            .await?;
        if rows.cut.is_some() {
            return Err(Error::Records("there are too many records of parents".to_owned()));
        }
        let texts = rows.rows.iter().filter_map(|row| row.first()?.as_str());
        let values = texts.filter_map(|text| serde_json::from_str::<Value>(text).ok());
        Ok(values.map(|value| canonical(&value)).collect())
    }
}

/// The value with its members in order, as text.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let sorted: std::collections::BTreeMap<&String, &Value> = members.iter().collect();
            serde_json::to_string(&sorted).unwrap_or_default()
        }
        other => other.to_string(),
    }
}

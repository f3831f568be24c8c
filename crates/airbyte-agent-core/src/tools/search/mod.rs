//! Finds operations by what a person asks for.

use crate::description::{Action, Connector};

/// An operation that was found.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Hit {
    /// Connector it belongs to.
    pub connector: String,
    /// Entity it belongs to.
    pub entity: String,
    /// What it does.
    pub action: Action,
    /// How well it fits; larger is better.
    pub score: f32,
}

/// The operations of some connectors, ready to be searched.
#[derive(Debug, Clone, Default)]
pub struct Index {
    entries: Vec<(String, String, Action, String)>,
}

impl Index {
    /// The operations of these connectors.
    pub fn new<'c>(connectors: impl IntoIterator<Item = &'c Connector>) -> Self {
        let mut entries = Vec::new();
        for connector in connectors {
            for op in connector.operations() {
                let text = format!(
                    "{} {} {} {} {}",
                    connector.name, op.entity, op.action, op.summary, op.description
                );
                entries.push((
                    connector.name.to_string(),
                    op.entity.to_string(),
                    op.action,
                    text.to_lowercase(),
                ));
            }
        }
        Self { entries }
    }

    /// The operations that fit the query best, at most `limit` of them, best first.
    pub fn search(&self, query: &str, limit: usize) -> Vec<Hit> {
        let query = query.to_lowercase();
        let words: Vec<&str> = query.split_whitespace().collect();
        let mut hits: Vec<Hit> = Vec::new();
        for (connector, entity, action, text) in &self.entries {
            let found = words.iter().filter(|word| text.contains(**word)).count();
            if found > 0 {
                #[allow(clippy::cast_precision_loss, reason = "few words")]
                let score = found as f32 / words.len() as f32;
                let (connector, entity) = (connector.clone(), entity.clone());
                hits.push(Hit { connector, entity, action: *action, score });
            }
        }
        hits.sort_by(|a, b| b.score.total_cmp(&a.score));
        hits.truncate(limit);
        hits
    }
}

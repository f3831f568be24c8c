//! The progress of `sync` on standard error, if that is a terminal.

use std::sync::{Arc, Mutex, PoisonError};

use airbyte_agent_sync::Event;

use super::report;
use crate::progress::RecordProgress;
use crate::{notes, terminal};

/// Counts the records and pages of all entities, and prints a line for each that has ended. Clones are the same.
#[derive(Clone)]
pub(super) struct SyncProgress {
    connector: String,
    bar: Arc<Mutex<Option<RecordProgress>>>,
}

impl SyncProgress {
    pub(super) fn new(connector: &str) -> Self {
        let bar = Some(RecordProgress::new(None));
        Self { connector: connector.to_owned(), bar: Arc::new(Mutex::new(bar)) }
    }

    pub(super) fn tell(&self, event: &Event<'_>) {
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        match (event, bar.as_mut()) {
            (Event::Page { records, .. }, Some(bar)) => bar.add_page(*records),
            (Event::Waiting { entity, process }, Some(bar)) => {
                let line = super::waiting(&format!("{}.{entity}", self.connector), *process);
                if terminal::stderr_is_terminal() {
                    bar.print_above(&line);
                } else {
                    notes::print_notes([line]);
                }
            }
            (Event::Finished(entity), Some(bar)) if terminal::stderr_is_terminal() => {
                let line =
                    format!("{}.{}: {}", self.connector, entity.entity, report::words(entity));
                bar.print_above(&line);
            }
            _ => {}
        }
    }

    /// Removes the bar, and prints the counts of all.
    pub(super) fn finish(&self) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish();
        }
    }
}

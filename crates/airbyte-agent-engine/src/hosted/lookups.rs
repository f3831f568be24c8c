//! Identifiers of connectors that have been looked up.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::single_flight::SingleFlight;

/// Identifiers of connectors that have been looked up, by workspace and definition.
#[derive(Default)]
pub(super) struct Lookups(Mutex<HashMap<(String, String), SingleFlight<Lookup>>>);

/// An identifier that has been looked up.
#[derive(Clone)]
pub(super) struct Lookup {
    pub(super) id: String,
    pub(super) at: Instant,
}

impl Lookups {
    /// The identifier for a kind of connector in a workspace, which may still have to be looked up.
    pub(super) fn of(&self, workspace: &str, definition_id: &str) -> SingleFlight<Lookup> {
        // The map is never left half-changed, so it is intact even if a thread panicked while it
        // held the lock.
        let mut lookups = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lookups.entry((workspace.to_owned(), definition_id.to_owned())).or_default().clone()
    }
}

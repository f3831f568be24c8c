//! Identifiers of connectors that have been looked up.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::single_flight::SingleFlight;

/// Identifiers of connectors by workspace and definition, once they are looked up.
#[derive(Default)]
pub(super) struct Lookups(Mutex<HashMap<(String, String), SingleFlight<Lookup>>>);

/// A looked-up identifier.
#[derive(Clone)]
pub(super) struct Lookup {
    pub(super) id: String,
    pub(super) at: Instant,
}

impl Lookups {
    /// That of a kind of connector in a workspace.
    pub(super) fn of(&self, workspace: &str, definition_id: &str) -> SingleFlight<Lookup> {
        // Never left half-changed, so a map that a panic poisoned is still good.
        let mut lookups = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lookups.entry((workspace.to_owned(), definition_id.to_owned())).or_default().clone()
    }
}

//! What is remembered of lists between their pages, so that all pages show the same fields and nothing is
//! explained twice.
//!
//! Nothing depends on it: a list whose first page was forgotten is read on in the same way, with fields
//! that are chosen again and explained again.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::decision::PermittedCall;
use super::result::notes::Notes;
use super::result::shown_fields::ShownFields;

/// The most lists that are remembered; the oldest are forgotten.
const MOST: usize = 256;

/// What is remembered of a list.
#[derive(Debug, Clone)]
pub(super) struct KnownList {
    /// The fields that its pages show.
    pub(super) fields: Arc<ShownFields>,
    /// What was said about them.
    pub(super) said: Notes,
}

/// A list, whichever page of it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ListId(u64);

impl ListId {
    /// The list that a call reads. It has to be asked before the cursor changes the arguments.
    pub(super) fn of(call: &PermittedCall<'_>) -> Self {
        let mut hasher = DefaultHasher::new();
        let controls = &call.controls;
        call.permitted.account().name.hash(&mut hasher);
        call.permitted.operation().place().hash(&mut hasher);
        Value::Object(call.arguments.clone()).to_string().hash(&mut hasher);
        (&controls.fields, &controls.exclude).hash(&mut hasher);
        Self(hasher.finish())
    }
}

/// The lists that were read last.
#[derive(Debug, Default)]
pub(super) struct ListMemory(Mutex<VecDeque<(ListId, KnownList)>>);

impl ListMemory {
    /// What is known of the list.
    pub(super) fn get(&self, id: ListId) -> Option<KnownList> {
        let lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lists.iter().find(|(known, _)| *known == id).map(|(_, list)| list.clone())
    }

    /// Remembers a list, in place of what was known of it.
    pub(super) fn set(&self, id: ListId, list: KnownList) {
        let mut lists = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lists.retain(|(known, _)| *known != id);
        lists.truncate(MOST - 1);
        lists.push_front((id, list));
    }
}

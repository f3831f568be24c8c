//! Transports of operations that this machine executes, stored from call to call: their tokens,
//! connections and retry budgets belong to the account and not to a single call.

use std::sync::{Mutex, PoisonError};

use ring::digest::{SHA256, digest};
use serde_json::{Map, Value};

use crate::description::Connector;
use crate::error::Result;
use crate::local::LocalTransport;

/// The largest number of transports that are stored.
const MOST: usize = 64;

/// The transports. The one that was used last is at the end.
#[derive(Default)]
pub(super) struct LocalTransports(Mutex<Vec<Stored>>);

struct Stored {
    /// A digest of the credentials and settings.
    made_of: Vec<u8>,
    transport: LocalTransport,
}

impl LocalTransports {
    /// The transport of this connector with these credentials and settings, or else the one that
    /// `make` returns.
    pub(super) fn get(
        &self,
        connector: &Connector,
        credentials: &Map<String, Value>,
        settings: &Map<String, Value>,
        make: impl FnOnce() -> Result<LocalTransport>,
    ) -> Result<LocalTransport> {
        let text = serde_json::to_vec(&(credentials, settings)).unwrap_or_default();
        let made_of = digest(&SHA256, &text).as_ref().to_vec();
        // The list is never left half-changed, so it is intact even if a thread panicked while it
        // held the lock.
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A name proves nothing: the whole description must be identical.
        let same = |stored: &Stored| {
            stored.made_of == made_of && *stored.transport.connector() == *connector
        };
        let stored = match all.iter().position(same) {
            Some(index) => all.remove(index),
            None => Stored { made_of, transport: make()? },
        };
        let transport = stored.transport.clone();
        if all.len() >= MOST {
            all.remove(0);
        }
        all.push(stored);
        Ok(transport)
    }
}

//! Clients of operations that run on this machine, kept from call to call: their tokens,
//! connections and what is left for retries are those of the account and not of a call.

use std::sync::{Mutex, PoisonError};

use ring::digest::{SHA256, digest};
use serde_json::{Map, Value};

use crate::client::Client;
use crate::description::Connector;
use crate::error::Result;

/// Most clients that are kept.
const MOST: usize = 64;

/// The clients, the one that was used last at the end.
#[derive(Default)]
pub(super) struct Engines(Mutex<Vec<Kept>>);

struct Kept {
    made_of: Vec<u8>,
    client: Client,
}

impl Engines {
    /// The client of this connector with these credentials and settings, or one that `make` gives.
    pub(super) fn get(
        &self,
        connector: &Connector,
        credentials: &Map<String, Value>,
        settings: &Map<String, Value>,
        make: impl FnOnce() -> Result<Client>,
    ) -> Result<Client> {
        let text = serde_json::to_vec(&(credentials, settings)).unwrap_or_default();
        let made_of = digest(&SHA256, &text).as_ref().to_vec();
        // Never left half-changed, so a list that a panic poisoned is still good.
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A name is no proof: the whole description must be the same.
        let same =
            |kept: &Kept| kept.made_of == made_of && *kept.client.description() == *connector;
        let kept = match all.iter().position(same) {
            Some(index) => all.remove(index),
            None => Kept { made_of, client: make()? },
        };
        let client = kept.client.clone();
        if all.len() >= MOST {
            all.remove(0);
        }
        all.push(kept);
        Ok(client)
    }
}

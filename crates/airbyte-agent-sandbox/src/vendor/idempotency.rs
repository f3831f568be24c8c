//! Idempotency keys: a request that repeats a key gets the response of the first one.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::response::Response;

/// The responses to requests that had an idempotency key.
#[derive(Debug, Default)]
pub(super) struct IdempotencyKeys(Mutex<Known>);

/// Number of keys that are remembered; older ones are forgotten.
const CAPACITY: usize = 1_000;

#[derive(Debug, Default)]
struct Known {
    requests: HashMap<String, KnownRequest>,
    /// The keys in the order in which they came.
    order: VecDeque<String>,
}

#[derive(Debug, Clone)]
struct KnownRequest {
    request: String,
    response: Response,
}

impl IdempotencyKeys {
    /// Executes a request unless its key is known. `request` tells requests apart. `None` means that
    /// the key was used for another request.
    pub(super) fn execute_once(
        &self,
        key: &str,
        request: String,
        execute: impl FnOnce() -> Response,
    ) -> Option<Response> {
        let known = self.lock().requests.get(key).cloned();
        match known {
            Some(known) if known.request == request => {
                Some(known.response.header("idempotent-replayed", "true"))
            }
            Some(_) => None,
            None => {
                let response = execute();
                let known = KnownRequest { request, response: response.clone() };
                self.lock().add(key, known);
                Some(response)
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn add(&mut self, key: &str, request: KnownRequest) {
        if self.requests.insert(key.to_owned(), request).is_none() {
            self.order.push_back(key.to_owned());
        }
        if self.order.len() > CAPACITY
            && let Some(oldest) = self.order.pop_front()
        {
            self.requests.remove(&oldest);
        }
    }
}

//! Idempotency keys: a request that repeats a key gets the response of the first one.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::response::Response;

/// The responses to requests that had an idempotency key.
#[derive(Debug, Default)]
pub(super) struct IdempotencyKeys(Mutex<HashMap<String, KnownRequest>>);

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
        let known = self.lock().get(key).cloned();
        match known {
            Some(known) if known.request == request => {
                Some(known.response.header("idempotent-replayed", "true"))
            }
            Some(_) => None,
            None => {
                let response = execute();
                let known = KnownRequest { request, response: response.clone() };
                self.lock().insert(key.to_owned(), known);
                Some(response)
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, KnownRequest>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

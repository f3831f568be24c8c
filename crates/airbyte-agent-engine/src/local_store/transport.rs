//! A transport that only reads the store and sends no request.

use std::sync::Arc;

use super::LocalStore;
use super::answer::{Source, answer};
use crate::context_store::is_store_action;
use crate::error::{Error, Result};
use crate::http::BoxFuture;
use crate::transport::{CheckedCall, Reply, Transport};

/// Answers the operations of the context store from a store on this machine, and refuses all others. It needs no
/// credentials.
#[derive(Debug, Clone)]
pub struct StoreOnly(Source);

impl StoreOnly {
    /// A transport that answers from the records of this account. `account` is the name under which
    /// `sync` has copied them.
    pub fn new(store: Arc<dyn LocalStore>, account: impl Into<String>) -> Self {
        Self(Source { store, account: account.into() })
    }
}

impl Transport for StoreOnly {
    fn send<'a>(&'a self, call: CheckedCall<'a>) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(async move {
            if is_store_action(call.action) {
                return answer(&self.0, &call).await;
            }
            let message = format!("{}: this client reads the store only", call.name);
            Err(Error::usage(message))
        })
    }

    fn identity(&self) -> Vec<u8> {
        self.0.account.clone().into_bytes()
    }

    fn has_context_store(&self) -> bool {
        true
    }

    fn stores_everything(&self) -> bool {
        true
    }
}

//! Idempotency keys for calls that models repeat because they do not know what became of the first one.
//!
//! Each call that changes data gets a key of its own, where the vendor takes one. A call whose outcome is not
//! known, because it was ended or no response came, leaves its key behind. The same call of the same
//! session gets that key, and the vendor does the thing once. A call whose outcome was told leaves nothing: to
//! make it again is meant to do the thing again.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ring::rand::{SecureRandom as _, SystemRandom};

use super::call_digest::CallDigest;
use super::decision::PermittedCall;
use super::error::{ToolError, ToolErrorKind};
use airbyte_agent_engine::ErrorKind;

/// How long a key is good after the call that first had it.
pub(super) const WINDOW: Duration = Duration::from_secs(30 * 60);

/// The most keys that are remembered; the oldest are forgotten.
const MOST: usize = 256;

/// The keys of calls whose outcome is not known.
#[derive(Debug, Default)]
pub(super) struct RetryMemory(Mutex<VecDeque<Unknown>>);

/// A call whose outcome is not known.
#[derive(Debug)]
struct Unknown {
    session: u64,
    call: CallDigest,
    key: String,
    first: Instant,
}

/// A call that is being made with a key. Unless [`end`](Self::end) is told that its outcome is known, its key
/// is remembered.
#[derive(Debug)]
pub(super) struct Attempt<'m> {
    memory: &'m RetryMemory,
    call: Option<Unknown>,
    /// How long ago the call was made for the first time, `None` when this is that time.
    earlier: Option<Duration>,
}

impl RetryMemory {
    /// Begins a call; `None` where it needs no key or the vendor takes none.
    pub(super) fn begin(&self, session: u64, call: &PermittedCall<'_>) -> Option<Attempt<'_>> {
        let client = &call.permitted.account().client;
        if !client.takes_idempotency_key(call.permitted.operation()) {
            return None;
        }
        self.begin_with(session, CallDigest::of(call), Instant::now())
    }

    fn begin_with(&self, session: u64, call: CallDigest, now: Instant) -> Option<Attempt<'_>> {
        let mut unknown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        unknown.retain(|known| now.saturating_duration_since(known.first) < WINDOW);
        let same = |known: &Unknown| known.session == session && known.call == call;
        // It is taken out, so that the same call at the same time is one of its own.
        let found = unknown.iter().position(same).and_then(|position| unknown.remove(position));
        drop(unknown);
        let earlier = found.as_ref().map(|known| now.saturating_duration_since(known.first));
        let call = match found {
            Some(known) => known,
            None => Unknown { session, call, key: new_key()?, first: now },
        };
        Some(Attempt { memory: self, call: Some(call), earlier })
    }
}

impl Attempt<'_> {
    /// The key of the call.
    pub(super) fn key(&self) -> &str {
        self.call.as_ref().map_or("", |call| call.key.as_str())
    }

    /// What a model is told of a repetition; `None` for a call that is made for the first time.
    pub(super) fn note(&self) -> Option<String> {
        let seconds = self.earlier?.as_secs();
        Some(format!(
            "This is the call of {seconds} s ago, whose outcome was not known, with the same idempotency \
             key: the vendor does it once."
        ))
    }

    /// Ends the call. Its key is forgotten if the outcome is known, and else the error says that the call may
    /// be repeated.
    pub(super) fn end<T>(mut self, outcome: Result<T, ToolError>) -> Result<T, ToolError> {
        match outcome {
            Err(error) if !is_known(&error) => {
                let minutes = WINDOW.as_secs() / 60;
                Err(error.with_advice(format!(
                    "It may have taken effect. The same call with the same arguments, within {minutes} \
                     minutes, has the same idempotency key, so that the vendor does it once."
                )))
            }
            outcome => {
                self.call = None;
                outcome
            }
        }
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let Some(call) = self.call.take() else { return };
        let mut unknown = self.memory.0.lock().unwrap_or_else(PoisonError::into_inner);
        unknown.truncate(MOST - 1);
        unknown.push_front(call);
    }
}

/// Whether an error leaves no doubt that the call had no effect.
fn is_known(error: &ToolError) -> bool {
    let ToolErrorKind::Call(kind) = error.kind() else { return true };
    let is_of_server = error.status().is_none_or(|status| status >= 500);
    match kind {
        ErrorKind::Network | ErrorKind::Decode => false,
        ErrorKind::Vendor | ErrorKind::Internal => !is_of_server,
        _ => true,
    }
}

fn new_key() -> Option<String> {
    let mut bytes = [0_u8; 16];
    SystemRandom::new().fill(&mut bytes).ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

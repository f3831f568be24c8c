//! What makes two calls the same call.

use std::fmt;

use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::decision::PermittedCall;

/// Account, operation and arguments of a call in 32 bytes. Calls with the same digest ask a vendor for the
/// same thing, whatever the order of their arguments and however their result is shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct CallDigest([u8; 32]);

impl CallDigest {
    /// The digest of a call.
    pub(super) fn of(call: &PermittedCall<'_>) -> Self {
        let account = call.permitted.account();
        let mut whole = json!([
            account.name,
            account.connector().name,
            call.permitted.operation().place(),
            Value::Object(call.arguments.clone()),
        ]);
        whole.sort_all_objects();
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, whole.to_string().as_bytes()).as_ref());
        Self(bytes)
    }
}

impl fmt::Debug for CallDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0.iter().take(4) {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

//! Who makes the calls of a program: whoever logs, counts or limits them.

use crate::batch::{BatchCall, BatchResult};
use airbyte_agent_engine::BoxFuture;

/// Makes the calls of programs, one by one.
pub trait ProgramHost: Send + Sync {
    /// Makes a call. A call whose plan needs an approval has none yet.
    fn make<'a>(&'a self, call: BatchCall<'a>) -> BoxFuture<'a, BatchResult<'a>>;
}

//! What is different about `exec … context_store_search` and `context_store_sql_query`, which query the
//! copy of the records that the platform keeps.

use airbyte_agent_core::Error;

use crate::args::exec::ExecArgs;
use crate::failure::usage_error;

/// Refuses options that queries of the context store do not support.
pub(super) fn check_options(args: &ExecArgs, action: &str) -> Result<(), Error> {
    let problem = if !args.connection.hosted {
        "is a query to the platform: add --hosted"
    } else if args.dry_run {
        "has no --dry-run"
    } else if args.out.is_some() {
        "returns records and no file (see --output)"
    } else {
        return Ok(());
    };
    Err(usage_error(format!("{action} {problem}")))
}

//! What is different about `exec … context_store_search` and `context_store_sql_query`, which query the
//! copy of the records that the platform keeps.

use airbyte_agent_core::Error;

use crate::args::ExecArgs;
use crate::failure::usage;

/// Refuses options that make no sense for these operations.
pub(super) fn check_options(args: &ExecArgs, action: &str) -> Result<(), Error> {
    let wrong = if !args.connection.hosted {
        "asks the platform: say --hosted"
    } else if args.dry_run {
        "has no --dry-run"
    } else if args.out.is_some() {
        "gives records, no file (see --output)"
    } else {
        return Ok(());
    };
    Err(usage(format!("{action} {wrong}")))
}

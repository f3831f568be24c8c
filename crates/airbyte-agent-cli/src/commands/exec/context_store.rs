//! `exec … context_store_search` and `context_store_sql_query`: queries of the copy of the records
//! that the platform keeps. No spec describes them.

use airbyte_agent_core::context_store::{SEARCH, SQL_QUERY};
use airbyte_agent_core::{Cursor, Description, Error};
use serde_json::{Value, json};

use super::{call_options, print_next_hint};
use crate::args::exec::ExecArgs;
use crate::arguments::untyped_arguments;
use crate::connect::connect;
use crate::failure::{Stop, usage_error};
use crate::output::{self, ResultDocument};

/// Whether the action is a query of the context store.
pub(super) fn is_context_store_action(action: &str) -> bool {
    action == SEARCH || action == SQL_QUERY
}

/// Runs the query and prints its records; with `--all`, those of all pages.
pub(super) async fn query(
    args: &ExecArgs,
    description: Description,
    entity: &str,
    action: &str,
) -> Result<(), Stop> {
    check_options(args, action)?;
    let arguments = untyped_arguments(args.params.as_deref(), &args.param, &["sql"])?;
    let connection = connect(&args.connection, description).await?;
    if args.cursor || args.resume.is_some() {
        connection.warn_about_cursors();
    }
    let mut cursor: Option<Cursor> = args.resume.as_deref().map(str::parse).transpose()?;
    let most = args.max.map_or(usize::MAX, |max| usize::try_from(max).unwrap_or(usize::MAX));
    let mut records = Vec::new();
    let (mut meta, next) = loop {
        let arguments = Value::Object(arguments.clone());
        let mut call = connection.client.execute(entity, action, arguments);
        call = call.options(|options| call_options(args, options));
        if let Some(cursor) = cursor.take() {
            call = call.resume(cursor);
        }
        let page = call.await?;
        if let Value::Array(page) = page.data {
            records.extend(page);
        }
        // If records of the page are cut off, the cursor after it would skip them.
        let next = page.next.filter(|_| records.len() <= most);
        if !args.all || next.is_none() || records.len() >= most {
            break (page.meta, next.map(|next| next.to_string()));
        }
        cursor = next;
    };
    records.truncate(most);
    let mut data = Value::Array(records);
    connection.redactor.redact(&mut data);
    connection.redactor.redact(&mut meta);
    let document = ResultDocument { data, meta, next: args.cursor.then(|| json!(next)) };
    output::print_result(args.output, &document)?;
    print_next_hint(next.as_deref());
    Ok(())
}

/// Refuses options that queries of the context store do not support.
fn check_options(args: &ExecArgs, action: &str) -> Result<(), Error> {
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

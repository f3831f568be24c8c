//! `exec … context_store_search` and `context_store_sql_query`: questions to the copy of the records
//! that the platform keeps.

use airbyte_agent_core::context_store::{SEARCH, SQL_QUERY};
use airbyte_agent_core::{Cursor, Description, Error};
use serde_json::{Value, json};

use super::{hint_at_next, options};
use crate::args::ExecArgs;
use crate::arguments;
use crate::connect::connect;
use crate::failure::{Stop, usage};
use crate::output::{self, Printed};

/// Whether the action is one of the context store's.
pub(super) fn has(action: &str) -> bool {
    action == SEARCH || action == SQL_QUERY
}

/// Asks, page after page where that is wanted, and prints the records.
pub(super) async fn ask(
    args: &ExecArgs,
    description: Description,
    entity: &str,
    action: &str,
) -> Result<(), Stop> {
    check_options(args, action)?;
    let arguments = arguments::undescribed(args.params.as_deref(), &args.param, &["sql"])?;
    let connection = connect(&args.connection, description).await?;
    if args.cursor || args.resume.is_some() {
        connection.warn_of_fleeting_cursors();
    }
    let mut cursor: Option<Cursor> = args.resume.as_deref().map(str::parse).transpose()?;
    let most = args.max.map_or(usize::MAX, |max| usize::try_from(max).unwrap_or(usize::MAX));
    let mut records = Vec::new();
    let (mut meta, next) = loop {
        let question = Value::Object(arguments.clone());
        let mut asked = connection.client.execute(entity, action, question);
        asked = asked.options(|given| options(args, given));
        if let Some(cursor) = cursor.take() {
            asked = asked.resume(cursor);
        }
        let page = asked.await?;
        if let Value::Array(page) = page.data {
            records.extend(page);
        }
        // A cursor behind records that are cut off would skip them.
        let next = page.next.filter(|_| records.len() <= most);
        if !args.all || next.is_none() || records.len() >= most {
            break (page.meta, next.map(|next| next.to_string()));
        }
        cursor = next;
    };
    records.truncate(most);
    let mut data = Value::Array(records);
    connection.mask.clean(&mut data);
    connection.mask.clean(&mut meta);
    let told = args.cursor.then(|| json!(next));
    output::print(output::format(args.output), &Printed { data, meta, next: told })?;
    hint_at_next(next.as_deref());
    Ok(())
}

/// Options that make no sense here.
fn check_options(args: &ExecArgs, action: &str) -> Result<(), Error> {
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

//! `exec`: runs one operation.

mod download;
mod pages;
mod reading;
mod store;

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::Write as _;

use airbyte_agent_core::context_store::{self, is_store_action};
use airbyte_agent_core::description::Operation;
use airbyte_agent_core::{Call, CallOptions, Description, DryRun, Error, find_operation};
use serde_json::{Map, Value, json};

use self::reading::Reading;
use crate::args::ExecArgs;
use crate::connect::{Connection, connect};
use crate::failure::{Stop, usage};
use crate::output::{self, Printed};
use crate::{advice, arguments, registry, terminal};

/// Runs the operation and prints what it gives; a failure comes with advice.
pub(crate) async fn exec(args: ExecArgs) -> Result<(), Stop> {
    run(&args).await.map_err(|stop| {
        let spec = args.connection.spec.as_deref();
        stop.with_hint(|error| advice::on_exec(error, spec, &args.names))
    })
}

async fn run(args: &ExecArgs) -> Result<(), Stop> {
    let (description, entity, action) = target(args)?;
    let operation = if is_store_action(&action) {
        store::check_options(args, &action)?;
        Cow::Owned(context_store::operation(&description, &entity, &action)?)
    } else {
        Cow::Borrowed(find_operation(&description, &entity, &action)?)
    };
    let operation = operation.as_ref();
    let arguments = arguments::arguments(operation, args.params.as_deref(), &args.param)?;
    check_options(args, operation)?;
    let connection = connect(&args.connection, description.clone()).await?;
    if args.cursor || args.resume.is_some() {
        connection.warn_of_fleeting_cursors();
    }
    let is_file = download::gives_bytes(operation, &arguments);
    let is_whole = !arguments.contains_key("range_header");
    let place = operation.place();
    let mark = is_whole.then(|| download::fingerprint(&description.name, &place, &arguments));
    let call = call(args, &connection, (&entity, &action), arguments)?;
    if args.dry_run {
        return Ok(print_dry_run(&call.dry_run()?)?);
    }
    if is_file {
        return download::download(args, call, mark).await;
    }
    let reading = Reading::new(operation, &args.select, &connection.mask);
    if args.all {
        return pages::all(args, call, &reading).await;
    }
    let outcome = call.outcome().await?;
    let (mut data, mut meta) = (outcome.data, outcome.meta);
    connection.mask.clean(&mut data);
    connection.mask.clean(&mut meta);
    let next = outcome.next.map(|cursor| cursor.to_string());
    let told = args.cursor.then(|| json!(next));
    let mut seen = HashSet::new();
    reading.note_fields(&data, &mut seen);
    let count = data.as_array().map_or(1, Vec::len);
    let printed = Printed { data, meta, next: told };
    output::print_known(output::format(args.output), &printed, &reading.known())?;
    reading.warn_of_missing(count, &seen);
    hint_at_next(next.as_deref());
    Ok(())
}

fn target(args: &ExecArgs) -> Result<(Description, String, String), Error> {
    let spec = args.connection.spec.as_deref();
    let (description, names) = registry::choose(spec, &args.names)?;
    let [entity, action] = names else {
        return Err(usage(match spec {
            Some(_) => "with --spec, exec takes ENTITY ACTION",
            None => {
                "exec takes CONNECTOR ENTITY ACTION; 'airbyte-agent describe CONNECTOR' lists them"
            }
        }));
    };
    Ok((description, entity.clone(), action.clone()))
}

/// Options that make no sense for this operation.
fn check_options(args: &ExecArgs, operation: &Operation) -> Result<(), Error> {
    let place = format!("{}.{}", operation.entity, operation.action);
    if args.all && !operation.action.is_array() {
        return Err(usage(format!("--all follows the pages of a list; {place} is none")));
    }
    if args.out.is_some() && operation.download.is_none() {
        return Err(usage(format!("--out takes a file; {place} gives records (see --output)")));
    }
    Ok(())
}

fn call(
    args: &ExecArgs,
    connection: &Connection,
    (entity, action): (&str, &str),
    arguments: Map<String, Value>,
) -> Result<Call, Error> {
    let mut call = connection.client.execute(entity, action, arguments.into()).into_call()?;
    *call.options() = options(args, std::mem::take(call.options()));
    if let Some(cursor) = &args.resume {
        call.resume(cursor.parse()?);
    }
    Ok(call)
}

/// The options of a call that the command line says.
fn options(args: &ExecArgs, mut options: CallOptions) -> CallOptions {
    if let Some(limit) = args.connection.timeout {
        options = options.timeout(limit);
    }
    if let Some(key) = &args.idempotency_key {
        options = options.idempotency_key(key);
    }
    if let Some(intent) = &args.intent {
        options = options.intent(intent);
    }
    options.select(fields(&args.select)).exclude(fields(&args.exclude))
}

fn fields(names: &[String]) -> impl Iterator<Item = &str> {
    names.iter().map(|name| name.trim()).filter(|name| !name.is_empty())
}

fn print_dry_run(request: &DryRun) -> Result<(), std::io::Error> {
    let headers: Map<String, Value> =
        request.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let shown = json!({
        "method": request.method,
        "url": request.url,
        "headers": headers,
        "body": request.body,
    });
    writeln!(std::io::stdout(), "{}", output::json_text(&shown))
}

/// Tells a person how to go on; scripts ask for `--cursor`.
fn hint_at_next(cursor: Option<&str>) {
    if let Some(cursor) = cursor.filter(|_| terminal::shows_errors() && terminal::shows_output()) {
        let _ = writeln!(std::io::stderr(), "There is more: --all, or --resume {cursor}");
    }
}

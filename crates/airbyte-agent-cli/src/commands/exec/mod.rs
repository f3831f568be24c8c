//! The command `exec`: runs one operation.

mod context_store;
mod download;
mod job;
mod pages;
mod record_context;

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::Write as _;

use airbyte_agent_core::context_store::is_store_action;
use airbyte_agent_core::description::Operation;
use airbyte_agent_core::{Call, CallOptions, Cursor, Description, DryRun, Error, find_operation};
use serde_json::{Map, Value, json};

use self::record_context::RecordContext;
use crate::args::exec::ExecArgs;
use crate::arguments::typed_arguments;
use crate::connect::{Connection, connect};
use crate::failure::{Stop, usage_error};
use crate::output::{self, ResultDocument};
use crate::{advice, notes, registry, terminal};

/// Runs the operation and prints its result. A failure comes with a hint.
pub(crate) async fn run_exec(args: ExecArgs) -> Result<(), Stop> {
    execute(&args).await.map_err(|stop| {
        let spec = args.connection.spec.as_deref();
        stop.with_hint(|error| advice::hint_for_exec(error, spec, &args.names, &given(&args)))
    })
}

/// What a hint repeats of the command line.
fn given(args: &ExecArgs) -> advice::Given<'_> {
    let options = [
        (args.connection.sandbox, "--sandbox"),
        (args.connection.hosted, "--hosted"),
        (args.dry_run, "--dry-run"),
        (args.all, "--all"),
    ];
    let options = options.into_iter().filter_map(|(is_given, name)| is_given.then_some(name));
    advice::Given { options: options.collect(), arguments: &args.param }
}

async fn execute(args: &ExecArgs) -> Result<(), Stop> {
    let (description, entity, action) = find_target(args)?;
    let operation = if is_store_action(&action) {
        Cow::Owned(context_store::operation(args, &description, &entity, &action)?)
    } else {
        Cow::Borrowed(find_operation(&description, &entity, &action)?)
    };
    let operation = operation.as_ref();
    let arguments = typed_arguments(operation, args.params.as_deref(), &args.param)?;
    let is_for_job = job::is_wanted(args);
    let result =
        if is_for_job { job::result_operation(&description, operation)? } else { operation };
    check_options(args, result)?;
    job::check_resume(args)?;
    let connection = if is_store_action(&action) && !args.connection.hosted {
        context_store::connect(args, description.clone(), &entity)?
    } else {
        connect(&args.connection, description.clone()).await?
    };
    if args.cursor || args.resume.is_some() {
        connection.warn_about_cursors();
    }
    // Only what is downloaded is told from other calls. Arguments that are uploaded may be large.
    let mut identity = if result.download.is_some() { arguments.clone() } else { Map::new() };
    let mut call = create_call(args, &connection, (&entity, &action), arguments)?;
    notes::print_warnings(call.doubts());
    if args.dry_run {
        return Ok(print_dry_run(&call.dry_run()?)?);
    }
    if is_for_job {
        let mut job = job::start_job(args, call).await?;
        if !args.wait {
            return job::print_state(args, job).await;
        }
        call = job::wait(&mut job).await?;
        resume(args, &mut call)?;
        identity = Map::from_iter([("job".to_owned(), job.id().into())]);
    }
    print_result(args, &connection, result, &identity, call).await
}

/// Makes the call and prints its result: a file, all pages of a list, or one response. `identity` tells
/// the call from others of its operation.
async fn print_result(
    args: &ExecArgs,
    connection: &Connection,
    operation: &Operation,
    identity: &Map<String, Value>,
    call: Call,
) -> Result<(), Stop> {
    if download::returns_bytes(operation, identity) {
        let is_whole_file = !identity.contains_key("range_header");
        let fingerprint = is_whole_file
            .then(|| download::fingerprint(args, &connection.client, operation, identity))
            .flatten();
        return download::run_download(args, call, fingerprint).await;
    }
    let context = RecordContext::new(operation, &args.select, &connection.redactor);
    if args.all {
        return pages::follow_pages(args, call, &context).await;
    }
    print_outcome(args, call, operation, &context).await
}

/// Makes a single call and prints its outcome.
async fn print_outcome(
    args: &ExecArgs,
    call: Call,
    operation: &Operation,
    context: &RecordContext<'_>,
) -> Result<(), Stop> {
    let outcome = call.outcome().await?;
    let (mut data, mut meta) = (outcome.data, outcome.meta);
    context.redactor.clean_value(&mut data);
    context.redactor.clean_value(&mut meta);
    let dead_end = outcome.next.as_ref().and_then(Cursor::dead_end);
    let cursor = outcome.next.map(|cursor| cursor.to_string());
    let next = args.cursor.then(|| json!(cursor));
    let mut seen = HashSet::new();
    context.collect_selected_fields(&data, &mut seen);
    let count = data.as_array().map_or(1, Vec::len);
    let errors = context.cleaned(&outcome.errors);
    let document = ResultDocument { data, meta, next, total: outcome.total, errors };
    let format = output::format_or_default(args.output);
    output::print_records(format, &document, &context.hints())?;
    context_store::print_freshness(format, &document.meta);
    RecordContext::note_total(format, outcome.total, count);
    context.warn_about_missing_fields(count, &seen);
    job::print_hint(operation, &document.data);
    RecordContext::warn_about_errors(&document.errors);
    match dead_end {
        Some(reason) => notes::print_warnings([reason]),
        None => print_next_hint(cursor.as_deref()),
    }
    Ok(())
}

/// The connector, the entity and the action that the command line names.
fn find_target(args: &ExecArgs) -> Result<(Description, String, String), Error> {
    let spec = args.connection.spec.as_deref();
    let (description, names) = registry::choose_connector(spec, &args.names)?;
    let [entity, action] = names else {
        return Err(usage_error(match spec {
            Some(_) => "with --spec, exec takes ENTITY ACTION",
            None => {
                "exec takes CONNECTOR ENTITY ACTION; 'airbyte-agent describe CONNECTOR' lists them"
            }
        }));
    };
    Ok((description, entity.clone(), action.clone()))
}

/// Refuses options that this operation does not support.
fn check_options(args: &ExecArgs, operation: &Operation) -> Result<(), Error> {
    let name = format!("{}.{}", operation.entity, operation.action);
    if args.all && !operation.action.is_array() {
        return Err(usage_error(format!(
            "--all follows the pages of a list; {name} does not return one"
        )));
    }
    if args.out.is_some() && operation.download.is_none() {
        return Err(usage_error(format!(
            "--out takes a file; {name} returns records (see --output)"
        )));
    }
    Ok(())
}

fn create_call(
    args: &ExecArgs,
    connection: &Connection,
    (entity, action): (&str, &str),
    arguments: Map<String, Value>,
) -> Result<Call, Error> {
    let mut call = connection.client.execute(entity, action, arguments.into()).into_call()?;
    *call.options() = call_options(args, std::mem::take(call.options()));
    if !job::is_wanted(args) {
        resume(args, &mut call)?;
    }
    Ok(call)
}

/// Starts where the cursor of `--resume` points.
fn resume(args: &ExecArgs, call: &mut Call) -> Result<(), Error> {
    if let Some(cursor) = &args.resume {
        call.resume(cursor.parse()?);
    }
    Ok(())
}

/// The options of the call, with those that the command line sets.
fn call_options(args: &ExecArgs, mut options: CallOptions) -> CallOptions {
    if let Some(limit) = args.connection.timeout {
        options = options.timeout(limit);
    }
    if let Some(key) = &args.idempotency_key {
        options = options.idempotency_key(key);
    }
    if let Some(intent) = &args.intent {
        options = options.intent(intent);
    }
    options.select(field_names(&args.select)).exclude(field_names(&args.exclude))
}

fn field_names(names: &[String]) -> impl Iterator<Item = &str> {
    names.iter().map(|name| name.trim()).filter(|name| !name.is_empty())
}

fn print_dry_run(request: &DryRun) -> Result<(), std::io::Error> {
    let headers: Map<String, Value> =
        request.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let mut shown = json!({
        "method": request.method,
        "url": request.url,
        "headers": headers,
        "body": request.body,
    });
    if !request.then.is_empty() {
        shown["then"] = json!(request.then);
    }
    writeln!(terminal::stdout(), "{}", output::json_for_output(&shown))
}

/// Tells a person how to continue a list. Scripts use `--cursor`.
fn print_next_hint(cursor: Option<&str>) {
    let is_terminal = terminal::stderr_is_terminal() && terminal::stdout_is_terminal();
    if let Some(cursor) = cursor.filter(|_| is_terminal) {
        let _ = writeln!(terminal::stderr(), "There is more: --all, or --resume {cursor}");
    }
}

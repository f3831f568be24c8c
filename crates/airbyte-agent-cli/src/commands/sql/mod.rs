//! The command `sql`: queries records, and reads what is not in the store before.

mod clients;
mod file;

use std::sync::Arc;

use airbyte_agent_store::{QueryLimits, Rows, Store, table_name};
use airbyte_agent_sync::live::{self, Answer, LiveReport, Options};
use serde_json::{Map, Value, json};

use self::clients::Accounts;
use crate::args::format::{Format, RowFormat};
use crate::args::sql::SqlArgs;
use crate::failure::Stop;
use crate::output::{self, RecordHints, ResultDocument};
use crate::{notes, records};

/// Runs the query and prints its rows, or the calls that it needs.
pub(crate) async fn run_sql(args: SqlArgs) -> Result<(), Stop> {
    file::check(&args)?;
    let store = Arc::new(open(&args)?);
    let mut options = Options::default();
    options.max_calls = args.max_calls;
    options.max_age = args.max_age;
    options.offline = args.offline;
    options.explain = args.explain;
    options.partial = args.partial;
    options.account = args.account.clone();
    options.limits = QueryLimits::default().rows(args.max_rows).bytes(1 << 30).time(args.timeout);
    let accounts = Accounts::new(&args);
    let answer = live::run(store.clone(), &accounts, &args.query, &options)
        .await
        .map_err(|error| records::sync_error(&error))?;
    let Answer { rows, report, .. } = answer;
    notes::print_warnings(&report.warnings);
    match rows {
        Some(rows) if args.output == Some(RowFormat::Parquet) => {
            file::write(&args, &rows)?;
            notes_about(&args, rows.cut.is_some(), &report);
            Ok(())
        }
        Some(rows) => print_rows(&args, &store, rows, &report),
        None => print_calls(&args, &report),
    }
}

/// Opens the store. It is made only if the query names a table of a connector.
fn open(args: &SqlArgs) -> Result<Store, airbyte_agent_core::Error> {
    // Tables may be named with a dot between connector and entity.
    let query = args.query.to_lowercase().replace('.', "_");
    let is_live = !args.offline
        && airbyte_agent::registry()
            .iter()
            .any(|connector| query.contains(&table_name(&connector.name, "")));
    if is_live {
        return records::open(&records::path(&args.store)?, None);
    }
    records::open_existing(&args.store)
}

fn print_rows(args: &SqlArgs, store: &Store, rows: Rows, report: &LiveReport) -> Result<(), Stop> {
    let freshness = freshness(store, &args.query).map_err(records::error)?;
    let names = rows.names();
    let is_cut = rows.cut.is_some();
    let meta = json!({
        "columns": names,
        "rows": rows.rows.len(),
        "truncated": is_cut,
        "freshness": freshness,
        "calls": report.calls_made,
        "live": {
            "calls": report.calls,
            "tables": report.tables,
            "warnings": report.warnings,
            "partial": report.is_partial,
        },
    });
    let objects =
        rows.rows.into_iter().map(|row| Value::Object(names.iter().cloned().zip(row).collect()));
    let document = ResultDocument {
        data: objects.collect(),
        meta,
        next: None,
        total: None,
        errors: Vec::new(),
    };
    let format = printed(args);
    // The columns in the order of the query, also where no row has a value.
    let hints = RecordHints { schema: None, selected: &names };
    output::print_records(format, &document, &hints)?;
    let is_document = matches!(format, Format::Json | Format::Yaml);
    if !is_document {
        notes_about(args, is_cut, report);
    }
    Ok(())
}

/// The format of text in which rows, or the calls for them, are printed.
fn printed(args: &SqlArgs) -> Format {
    output::format_or_default(match args.output {
        Some(RowFormat::Printed(format)) => Some(format),
        Some(RowFormat::Parquet) | None => None,
    })
}

/// Tells what the format of the rows has no place for.
fn notes_about(args: &SqlArgs, is_cut: bool, report: &LiveReport) {
    if is_cut {
        let rows = args.max_rows;
        notes::print_warnings([format!("there are more than these {rows} rows; see --max-rows")]);
    }
    if report.calls_made > 0 {
        notes::print_notes([made(report)]);
    }
}

/// What was called, as one line.
fn made(report: &LiveReport) -> String {
    let calls = report.calls.iter().map(|call| {
        let pages = call.pages.unwrap_or_default();
        let unit = if pages == 1 { "call" } else { "calls" };
        format!("{pages} {unit} of {}.{} gave {} records", call.table, call.action, call.records)
    });
    let calls: Vec<String> = calls.take(10).collect();
    format!("{} calls were made: {}", report.calls_made, calls.join("; "))
}

fn print_calls(args: &SqlArgs, report: &LiveReport) -> Result<(), Stop> {
    let data: Vec<Value> = report
        .calls
        .iter()
        .enumerate()
        .map(|(index, call)| {
            json!({
                "step": index + 1,
                "table": call.table,
                "account": call.account,
                "call": format!("{}.{}", call.entity, call.action),
                "arguments": call.arguments,
                "for_each": call.for_each,
                "pages": call.pages,
                "pushed": call.pushed,
                "why": call.why,
            })
        })
        .collect();
    let is_free = data.is_empty();
    let meta = json!({
        "tables": report.tables,
        "max_calls": args.max_calls,
        "note": "The database applies every condition of the query again.",
    });
    let document =
        ResultDocument { data: data.into(), meta, next: None, total: None, errors: Vec::new() };
    let hints = RecordHints { schema: None, selected: &[] };
    output::print_records(printed(args), &document, &hints)?;
    if is_free {
        notes::print_notes(["no call is needed: the records are in the store"]);
    }
    Ok(())
}

/// How fresh the tables are that the query names, by table and account.
fn freshness(store: &Store, query: &str) -> Result<Value, airbyte_agent_store::Error> {
    let words: Vec<String> =
        query.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_lowercase).collect();
    let mut found = Map::new();
    for summary in store.tables()? {
        let name = summary.table.name().to_owned();
        if words.contains(&name.to_lowercase()) {
            found.insert(name, json!(summary.accounts));
        }
    }
    Ok(Value::Object(found))
}

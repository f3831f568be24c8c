//! The command `watch`: prints what has changed, each change once, also across restarts.
//!
//! What was printed is noted after each line, in a file beside the store, or in the folder of the settings if the store is
//! in a database. A process that is killed between the two
//! prints this one line again; its number is in it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use airbyte_agent_core::Error;
use airbyte_agent_store::{Change, ChangeKind, Store, Table};
use airbyte_agent_sync::{Event, Options, Plan, Runner};
use serde_json::json;

use crate::args::watch::WatchArgs;
use crate::failure::{Stop, unwritable, usage_error};
use crate::output::compact_json;
use crate::{notes, records, registry, terminal};

/// Number of changes that are read at once.
const AT_ONCE: usize = 500;

/// Copies the entity again and again, and prints what has changed.
pub(crate) async fn run_watch(args: WatchArgs) -> Result<(), Stop> {
    let spec = args.connection.spec.as_deref();
    let (description, names) = registry::choose_connector(spec, &args.names)?;
    let [entity] = names else {
        return Err(usage_error("watch takes CONNECTOR ENTITY, or ENTITY with --spec").into());
    };
    let path = records::path(&args.store)?;
    let store = Arc::new(records::open(&path, None)?);
    let arguments = super::sync::arguments(&description, &args.param)?;
    let connection = super::sync::connect_to_copy(&args.connection, description.clone()).await?;
    let plan = Plan::new(&description, &[entity], &arguments, connection.client.config())
        .map_err(|error| records::sync_error(&error))?;
    let other = if args.connection.sandbox { "sandbox" } else { "default" };
    let account = args.connection.account.as_deref().unwrap_or(other);
    let mut options = Options::default();
    options.arguments = arguments;
    options.pace = Some(connection.pace.clone());
    let runner = Runner::new(connection.client.clone(), store.clone(), account)
        .options(options)
        .listener(|event| {
            if let Event::Waiting { entity, process } = event {
                notes::print_notes([super::sync::waiting(entity, process)]);
            }
        });
    let place = records::place(&store)?;
    let printed = LastPrinted::of(&place, &description.name, entity, account, &args.reader);
    let mut after = printed.read()?;
    loop {
        let report = runner.run(&plan).await;
        let error = report.error().map(records::sync_error);
        let table = table(&store, &description.name, entity)?;
        let from = match after {
            Some(after) => Some(after),
            None if args.from_start => Some(0),
            // What is there the first time is not news, and what is still missing of it will not be either.
            None if error.is_some() => None,
            None => Some(store.last_change().map_err(records::error)?),
        };
        if let Some(mut last) = from {
            if let Some(table) = &table {
                last = print(&store, table, account, last, &printed)?;
            }
            printed.write(last)?;
            after = Some(last);
        }
        match error {
            Some(error) if args.once => return Err(error.into()),
            Some(error) => notes::print_warnings([error.to_string()]),
            None => {}
        }
        if args.once {
            return Ok(());
        }
        tokio::time::sleep(args.interval).await;
    }
}

fn table(store: &Store, connector: &str, entity: &str) -> Result<Option<Table>, Error> {
    let tables = store.tables().map_err(records::error)?.into_iter().map(|summary| summary.table);
    let mut own = tables.filter(|t| t.connector() == connector && t.entity() == entity);
    Ok(own.next())
}

/// Prints the changes after a number, and gives the number of the last one.
fn print(
    store: &Store,
    table: &Table,
    account: &str,
    mut after: u64,
    printed: &LastPrinted,
) -> Result<u64, Stop> {
    loop {
        let found = store.changes(after, AT_ONCE).map_err(records::error)?;
        if found.are_missing {
            notes::print_warnings([
                "changes were removed from the log before they were printed; see --keep-changes of sync",
            ]);
        }
        let Some(last) = found.changes.last().map(|change| change.sequence) else {
            return Ok(after);
        };
        for change in found.changes {
            if change.table != table.name() || change.account != account {
                continue;
            }
            let line = line(store, table, &change)?;
            let mut out = terminal::stdout();
            writeln!(out, "{line}")?;
            out.flush()?;
            printed.write(change.sequence)?;
        }
        after = last;
    }
}

fn line(store: &Store, table: &Table, change: &Change) -> Result<String, Stop> {
    let record = match change.kind {
        ChangeKind::Deleted => None,
        _ => store.record(table, &change.account, &change.key).map_err(records::error)?,
    };
    let line = json!({
        "sequence": change.sequence,
        "kind": change.kind,
        "connector": change.connector,
        "entity": change.entity,
        "account": change.account,
        "key": change.key,
        "at": change.at,
        "record": record,
    });
    Ok(compact_json(&line))
}

/// The file that holds the number of the last change that was printed.
struct LastPrinted(PathBuf);

impl LastPrinted {
    fn of(store: &Path, connector: &str, entity: &str, account: &str, reader: &str) -> Self {
        let parts = [connector, entity, account, reader].map(records::safe_name).join(".");
        let mut name = store.file_name().unwrap_or_default().to_owned();
        name.push(format!(".watch.{parts}"));
        Self(store.with_file_name(name))
    }

    fn read(&self) -> Result<Option<u64>, Error> {
        match std::fs::read_to_string(&self.0) {
            Ok(text) => match text.trim().parse() {
                Ok(number) => Ok(Some(number)),
                Err(_) => Err(usage_error(format!(
                    "{} does not hold the number of a change; remove it to begin anew",
                    self.0.display()
                ))),
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(usage_error(format!("{}: {error}", self.0.display()))),
        }
    }

    fn write(&self, sequence: u64) -> Result<(), Error> {
        let mut new = self.0.clone().into_os_string();
        new.push(".new");
        std::fs::write(&new, sequence.to_string())
            .and_then(|()| std::fs::rename(&new, &self.0))
            .map_err(|error| unwritable(&self.0, &error))
    }
}

//! The command `sync`: copies records into the store.

mod progress;
mod report;
mod rounds;

use std::sync::Arc;
use std::time::SystemTime;

use airbyte_agent_core::description::Operation;
use airbyte_agent_core::{Description, Error};
use airbyte_agent_store::Store;
use airbyte_agent_sync::{Mark, Options, Plan, Runner};
use serde_json::{Map, Value};

use self::progress::SyncProgress;
use self::report::Summary;
use crate::args::connection::ConnectionArgs;
use crate::args::sync::SyncArgs;
use crate::arguments::typed_arguments;
use crate::connect::{Connection, Pacing, connect_paced};
use crate::failure::{Stop, usage_error};
use crate::{accounts, notes, records, registry};

/// Copies what the command line names, and prints what was done. If something failed, the command fails with the
/// first error after everything else was copied.
pub(crate) async fn run_sync(args: SyncArgs) -> Result<(), Stop> {
    let path = records::path(&args.store)?;
    let store = Arc::new(records::open(&path, args.max_bytes)?);
    let targets = targets(&args)?;
    let mut sources = Vec::new();
    for target in targets {
        sources.push(Source::new(target, &args).await?);
    }
    if args.watch {
        return rounds::run(&args, &store, &sources).await;
    }
    let mut summary = Summary::new(store.path());
    for source in &sources {
        let plan = source.plan(&source.target.entities)?;
        source.copy(&args, &store, &plan, &mut summary).await;
    }
    trim(&args, &store)?;
    summary.print(args.output)?;
    match summary.error() {
        Some(error) => Err(error.into()),
        None => Ok(()),
    }
}

/// A connector with an account, and the entities that are wanted.
struct Target {
    description: Description,
    entities: Vec<String>,
    /// The stored account, if several are copied.
    account: Option<String>,
}

/// A target that can be called.
struct Source {
    target: Target,
    connection: Connection,
    account: String,
    arguments: Map<String, Value>,
}

/// What the command line means: the connector that it names, or all that have stored accounts.
fn targets(args: &SyncArgs) -> Result<Vec<Target>, Error> {
    if !args.names.is_empty() || args.connection.spec.is_some() {
        let spec = args.connection.spec.as_deref();
        let (description, entities) = registry::choose_connector(spec, &args.names)?;
        return Ok(vec![Target { description, entities: entities.to_vec(), account: None }]);
    }
    let entries = accounts::open_store(None)?.list()?;
    let mut targets = Vec::new();
    for entry in entries {
        match airbyte_agent::connector(&entry.connector) {
            Ok(description) => targets.push(Target {
                description,
                entities: Vec::new(),
                account: Some(entry.account),
            }),
            Err(error) => notes::print_warnings([error.to_string()]),
        }
    }
    if targets.is_empty() {
        return Err(usage_error(
            "name a connector, or store an account with 'airbyte-agent login CONNECTOR'",
        ));
    }
    Ok(targets)
}

impl Source {
    async fn new(target: Target, args: &SyncArgs) -> Result<Self, Error> {
        let connection = match &target.account {
            None => connect_to_copy(&args.connection, target.description.clone()).await?,
            Some(account) => {
                let own = ConnectionArgs { account: Some(account.clone()), ..plain(args) };
                connect_to_copy(&own, target.description.clone()).await?
            }
        };
        let arguments = arguments(&target.description, &args.param)?;
        let given = target.account.clone().or_else(|| args.connection.account.clone());
        let other = if args.connection.sandbox {
            records::SANDBOX_ACCOUNT
        } else {
            records::DEFAULT_ACCOUNT
        };
        Ok(Self {
            account: given.unwrap_or_else(|| other.to_owned()),
            connection,
            arguments,
            target,
        })
    }

    fn plan(&self, entities: &[String]) -> Result<Plan, Error> {
        Plan::new(
            &self.target.description,
            entities,
            &self.arguments,
            self.connection.client.config(),
        )
        .map_err(|error| records::sync_error(&error))
    }

    async fn copy(&self, args: &SyncArgs, store: &Arc<Store>, plan: &Plan, summary: &mut Summary) {
        let mut options = Options::default();
        options.full = args.full;
        options.since = args.since.map(Mark::at);
        options.arguments = self.arguments.clone();
        options.at_once = usize::from(args.at_once);
        options.pace = Some(self.connection.pace.clone());
        options.left_out = args.exclude.clone();
        let progress = SyncProgress::new(&self.target.description.name);
        let telling = progress.clone();
        let runner = Runner::new(self.connection.client.clone(), store.clone(), &self.account)
            .options(options)
            .listener(move |event| telling.tell(&event));
        let report = runner.run(plan).await;
        progress.finish();
        summary.add(&self.target.description.name, &self.account, report);
    }
}

/// Says that another run copies the same records, which is waited for.
pub(crate) fn waiting(entity: &str, process: Option<u32>) -> String {
    let holder = match process {
        Some(process) => format!("the process {process}"),
        None => "another process".to_owned(),
    };
    format!("{entity} is being copied by {holder}; waiting until it has ended")
}

/// A connection for somebody who copies records, and has the time to wait for the limits of the vendor.
pub(crate) async fn connect_to_copy(
    args: &ConnectionArgs,
    description: Description,
) -> Result<Connection, Error> {
    let connection = connect_paced(args, description, Pacing::Caller).await?;
    notes::print_warnings(connection.pace.problem().map(|error| {
        format!(
            "other programs that use this account do not know of the requests of this one: {error}"
        )
    }));
    Ok(connection)
}

/// The options of the connection that hold for every account.
fn plain(args: &SyncArgs) -> ConnectionArgs {
    let connection = &args.connection;
    ConnectionArgs {
        config: connection.config.clone(),
        via: connection.via.clone(),
        sandbox: connection.sandbox,
        timeout: connection.timeout,
        ..ConnectionArgs::default()
    }
}

/// The arguments of the command line, each typed by the first list that takes it.
pub(crate) fn arguments(
    description: &Description,
    pairs: &[String],
) -> Result<Map<String, Value>, Error> {
    let lists: Vec<&Operation> =
        description.operations().filter(|operation| operation.sync.is_some()).collect();
    let mut all = Map::new();
    for pair in pairs {
        let name = pair.split(['=', ':', '.']).next().unwrap_or_default();
        let Some(list) = lists.iter().find(|list| list.parameter(name).is_some()) else {
            return Err(usage_error(format!(
                "-p {name}: no list of {} takes this argument",
                description.name
            )));
        };
        all.extend(typed_arguments(list, None, std::slice::from_ref(pair))?);
    }
    Ok(all)
}

/// Removes changes from the log that are older than they are kept.
fn trim(args: &SyncArgs, store: &Store) -> Result<(), Error> {
    let age = std::time::Duration::from_secs(u64::from(args.keep_changes) * 86_400);
    if let Some(before) = SystemTime::now().checked_sub(age) {
        store.trim_changes(before).map_err(records::error)?;
    }
    Ok(())
}

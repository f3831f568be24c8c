//! From the options of a connection to a client.

use airbyte_agent_accounts::{Account, Overrides, Store};
use airbyte_agent_core::description::Connector;
use airbyte_agent_core::provenance::{Provenance, Receiver, Sourced};
use airbyte_agent_core::{Client, Credentials, Description, Error, ErrorKind, Local};
use airbyte_agent_sandbox::Sandbox;
use serde_json::{Map, Value};

use crate::accounts;
use crate::args::ConnectionArgs;
use crate::cursor_key;
use crate::engine::LocalEngine;
use crate::failure::usage;
use crate::hosted::{Choice, Way, way};
use crate::mask::Mask;
use crate::variables::{Variables, used_text};
use crate::{json_option, note, reach, sample};

/// A client, and what has to live as long as it is used.
pub(crate) struct Connection {
    pub(crate) client: Client,
    pub(crate) mask: Mask,
    /// Why cursors end with this run, where they do.
    fleeting: Option<String>,
    /// Stops when it is dropped.
    _sandbox: Option<Sandbox>,
}

impl Connection {
    /// Says that cursors end with this run, where they do: to whoever asks for one or brings one.
    pub(crate) fn warn_of_fleeting_cursors(&self) {
        note::warn(self.fleeting.iter().map(|why| {
            format!(
                "a cursor of this run is of no use to another one, nor the other way round: {why}"
            )
        }));
    }
}

/// Makes a client. Sends nothing; starts the sandbox where one is asked for.
pub(crate) async fn connect(
    args: &ConnectionArgs,
    description: Description,
) -> Result<Connection, Error> {
    let sandbox = if args.sandbox { Some(start_sandbox(args, &description).await?) } else { None };
    let origin = sandbox.as_ref().map(Sandbox::url);
    let origin = origin.as_deref();
    let variables = Variables::here();
    let (client, mask) = if args.hosted {
        let choice = Choice {
            workspace: &args.workspace,
            organization: &args.organization,
            via: &args.via,
            timeout: args.timeout,
        };
        let Way { mut hosted, mask, .. } = way(&choice, &variables, origin)?;
        if let Some(id) = &args.connector_id {
            hosted = hosted.connector_id(id);
        }
        reach::check_hosted(&description, &hosted)?;
        (Client::hosted(description, hosted)?, mask)
    } else {
        let source = source(args, &description, &variables, origin.is_some())?;
        let mask = match &source {
            Source::Given(given) => Mask::new(&description, Some(given), &variables),
            Source::Stored(account, _) => Mask::stored(account, &description),
            _ => Mask::new(&description, None, &variables),
        };
        let is_missing = matches!(source, Source::Nowhere);
        let local = local(args, &description, source, origin)?;
        let client = Client::local(description.clone(), local).map_err(|error| {
            let hint = is_missing && error.kind() == ErrorKind::Authentication;
            if hint { accounts::missing(&description, &error) } else { error }
        })?;
        (client, mask)
    };
    let (client, fleeting) = cursor_key::lasting(client);
    Ok(Connection { client, mask, fleeting, _sandbox: sandbox })
}

async fn start_sandbox(args: &ConnectionArgs, description: &Description) -> Result<Sandbox, Error> {
    let connector: &Connector = description;
    let mut builder = Sandbox::builder().connector(connector.clone());
    if args.hosted {
        builder = builder.executor(LocalEngine::new([description.clone()]));
    }
    builder.start().await.map_err(|error| usage(format!("the sandbox cannot start: {error}")))
}

/// Where the credentials of a local call come from.
enum Source {
    /// `--credentials`
    Given(Map<String, Value>),
    /// The environment or `.env`.
    Variables(Credentials),
    /// An account that `login` kept.
    Stored(Box<Account>, Store),
    /// Made up for the sandbox.
    Sample,
    /// There are none.
    Nowhere,
}

/// What is said on the command line counts before the environment, that before what is stored, and
/// that before what the folder brings.
fn source(
    args: &ConnectionArgs,
    connector: &Connector,
    variables: &Variables,
    in_sandbox: bool,
) -> Result<Source, Error> {
    if let Some(given) = given_credentials(args)? {
        return Ok(Source::Given(given));
    }
    if let Some(name) = args.account.as_deref() {
        return Ok(stored(connector, Some(name))?.unwrap_or(Source::Nowhere));
    }
    let found = |from: Provenance| match variables.credentials(from, connector) {
        // Made-up credentials are anybody's.
        Err(_) if in_sandbox => Ok(None),
        found => found,
    };
    let folder = found(Provenance::Folder)?;
    let from = |found: Sourced<Credentials>| {
        // Where they go is said by the description and the command line.
        found.release(&Receiver::of_user()).map(Source::Variables)
    };
    let unused = |stronger: &str| {
        let names = folder.as_ref().map(Sourced::names).unwrap_or_default();
        note::note(variables.unused(names, stronger));
    };
    if let Some(found) = found(Provenance::Environment)? {
        unused("those of the environment go first");
        return from(found);
    }
    if !in_sandbox && let Some(found) = stored(connector, None)? {
        unused("the stored account goes first");
        return Ok(found);
    }
    match folder {
        Some(found) => {
            note::note([used_text(found.names())]);
            from(found)
        }
        None if in_sandbox => Ok(Source::Sample),
        None => Ok(Source::Nowhere),
    }
}

/// A stored account.
fn stored(connector: &Connector, name: Option<&str>) -> Result<Option<Source>, Error> {
    let stored = reach::stored(connector, name)?;
    Ok(stored.map(|(account, store)| Source::Stored(Box::new(account), store)))
}

fn local(
    args: &ConnectionArgs,
    connector: &Connector,
    source: Source,
    sandbox: Option<&str>,
) -> Result<Local, Error> {
    let named = |credentials: Credentials| match &args.auth_scheme {
        Some(scheme) => credentials.scheme(scheme),
        None => credentials,
    };
    let mut local = Local::new(Credentials::new());
    if sandbox.is_some() {
        for (name, value) in sample::settings(connector) {
            local = local.config(name, value);
        }
    }
    let config = match &args.config {
        Some(text) => json_option::object("--config", text, r#"{"subdomain": "acme"}"#)?,
        None => Map::new(),
    };
    local = match source {
        Source::Given(given) => {
            local.credentials(named(Credentials::from_json(&Value::Object(given))?))
        }
        Source::Variables(credentials) => local.credentials(named(credentials)),
        Source::Stored(account, store) => {
            let mut overrides = Overrides::new().settings(config.clone());
            overrides.scheme.clone_from(&args.auth_scheme);
            reach::with_stored(&account, local, connector, &store, &overrides)?
        }
        Source::Sample => local.credentials(named(sample::credentials(connector))),
        Source::Nowhere => local.credentials(named(Credentials::new())),
    };
    for (name, value) in config {
        local = local.config(name, value);
    }
    if let Some(origin) = sandbox.or(args.via.as_deref()) {
        local = local.via(origin);
    }
    if let Some(limit) = args.timeout {
        local = local.timeout(limit);
    }
    Ok(local)
}

fn given_credentials(args: &ConnectionArgs) -> Result<Option<Map<String, Value>>, Error> {
    let Some(text) = &args.credentials else { return Ok(None) };
    json_option::object("--credentials", text, r#"{"api_key": "…"}"#).map(Some)
}

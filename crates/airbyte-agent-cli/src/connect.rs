//! Turns the options of a connection into a client. Sends nothing.

use airbyte_agent_accounts::{Account, Overrides, Store};
use airbyte_agent_core::description::Connector;
use airbyte_agent_core::provenance::{Provenance, Receiver, Sourced};
use airbyte_agent_core::{
    Client, Credentials, Description, Error, ErrorKind, Http, Local, Redactor,
};
use airbyte_agent_sandbox::Sandbox;
use airbyte_agent_sync::{Pace, PacedHttp};
use serde_json::{Map, Value};

use crate::args::connection::ConnectionArgs;
use crate::engine::LocalEngine;
use crate::failure::usage_error;
use crate::json_option::parse_json_object;
use crate::platform_access::{PlatformAccess, PlatformChoice, resolve_platform_access};
use crate::variables::{Variables, used_note};
use crate::{accounts, cursor_key, notes, ownership, pace, redact, sample};

/// A client, with everything that must live as long as the client is used.
pub(crate) struct Connection {
    pub(crate) client: Client,
    /// Knows every secret of the call, also those that are obtained later.
    pub(crate) redactor: Redactor,
    /// How fast requests are sent by whoever keeps to it; without a limit if the client does so itself.
    pub(crate) pace: Pace,
    /// Why cursors are valid in this run only, if they are.
    cursor_problem: Option<String>,
    /// Stops when it is dropped.
    _sandbox: Option<Sandbox>,
}

impl Connection {
    /// A connection of a client that asks the store of this machine only.
    pub(crate) fn of_store(client: Client) -> Self {
        let (client, cursor_problem) = cursor_key::with_stored_key(client);
        let redactor = client.redactor();
        Self { client, redactor, pace: Pace::default(), cursor_problem, _sandbox: None }
    }

    /// Warns if cursors are valid in this run only. To be called when the user requests a cursor or
    /// gives one.
    pub(crate) fn warn_about_cursors(&self) {
        notes::print_warnings(self.cursor_problem.iter().map(|why| {
            format!("cursors are valid within one run of the program only, because {why}")
        }));
    }
}

/// Who keeps to the limits that the vendor publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pacing {
    /// The client, with each request. A call fails rather than wait for more than a minute.
    Requests,
    /// The caller, who has time.
    Caller,
}

/// Creates a client, and starts the sandbox if one is requested. The client keeps to the vendor's limits.
pub(crate) async fn connect(
    args: &ConnectionArgs,
    description: Description,
) -> Result<Connection, Error> {
    connect_paced(args, description, Pacing::Requests).await
}

/// The same with the choice of who keeps to the limits.
pub(crate) async fn connect_paced(
    args: &ConnectionArgs,
    description: Description,
    pacing: Pacing,
) -> Result<Connection, Error> {
    let sandbox = if args.sandbox { Some(start_sandbox(args, &description).await?) } else { None };
    let sandbox_origin = sandbox.as_ref().map(Sandbox::url);
    let sandbox_origin = sandbox_origin.as_deref();
    let variables = Variables::load_with_warnings();
    let is_limited = !args.hosted && !args.sandbox && !pace::is_here(args.via.as_deref());
    let http = (is_limited && pacing == Pacing::Requests).then(|| PacedHttp::new(Http::default()));
    let client = if args.hosted {
        hosted_client(args, description, &variables, sandbox_origin)?
    } else {
        local_client(args, &description, &variables, sandbox_origin, http.as_ref())?
    };
    let (client, cursor_problem) = cursor_key::with_stored_key(client);
    let redactor = client.redactor();
    let mut own = Pace::default();
    if is_limited {
        let found = pace::of(&client, cursor_problem.is_none());
        match &http {
            Some(http) => http.set_pace(found),
            None => own = found,
        }
    }
    Ok(Connection { client, redactor, pace: own, cursor_problem, _sandbox: sandbox })
}

async fn start_sandbox(args: &ConnectionArgs, description: &Description) -> Result<Sandbox, Error> {
    let connector: &Connector = description;
    let mut builder = Sandbox::builder().connector(connector.clone());
    if args.hosted {
        builder = builder.executor(LocalEngine::new([description.clone()]));
    }
    let started = builder.start().await;
    started.map_err(|error| usage_error(format!("the sandbox cannot start: {error}")))
}

fn hosted_client(
    args: &ConnectionArgs,
    description: Description,
    variables: &Variables,
    sandbox_origin: Option<&str>,
) -> Result<Client, Error> {
    let choice = PlatformChoice {
        workspace: &args.workspace,
        organization: &args.organization,
        via: &args.via,
        timeout: args.timeout,
    };
    let PlatformAccess { mut hosted, .. } =
        resolve_platform_access(&choice, variables, sandbox_origin)?;
    if let Some(id) = &args.connector_id {
        hosted = hosted.connector_id(id);
    }
    ownership::check_hosted(&description, &hosted)?;
    Client::hosted(description, hosted)
}

fn local_client(
    args: &ConnectionArgs,
    description: &Description,
    variables: &Variables,
    sandbox_origin: Option<&str>,
    http: Option<&PacedHttp>,
) -> Result<Client, Error> {
    let source = find_credentials(args, description, variables, sandbox_origin.is_some())?;
    let redactor = Redactor::new();
    match &source {
        CredentialSource::Given(given) => {
            redact::add_credentials(&redactor, description, Some(given), variables);
        }
        CredentialSource::Stored(account, _) => {
            redact::add_account(&redactor, account, description);
        }
        _ => redact::add_credentials(&redactor, description, None, variables),
    }
    let is_missing = matches!(source, CredentialSource::Missing);
    let mut local =
        local_options(args, description, source, variables, sandbox_origin)?.redactor(&redactor);
    if let Some(http) = http {
        local = local.http_client(http.clone());
    }
    Client::local(description.clone(), local).map_err(|error| {
        if is_missing && error.kind() == ErrorKind::Authentication {
            accounts::missing_credentials(description, &error)
        } else {
            error
        }
    })
}

/// Where the credentials of a local call come from.
enum CredentialSource {
    /// `--credentials`
    Given(Map<String, Value>),
    /// The environment or `.env`.
    Variables(Credentials, Provenance),
    /// An account that `login` has stored.
    Stored(Box<Account>, Store),
    /// Sample values that the sandbox accepts.
    Sample,
    /// There are no credentials.
    Missing,
}

/// Finds the credentials of a local call. The command line goes before the environment, the
/// environment before a stored account, and a stored account before `.env`.
fn find_credentials(
    args: &ConnectionArgs,
    connector: &Connector,
    variables: &Variables,
    in_sandbox: bool,
) -> Result<CredentialSource, Error> {
    if let Some(text) = &args.credentials {
        let given = parse_json_object("--credentials", text, r#"{"api_key": "…"}"#)?;
        return Ok(CredentialSource::Given(given));
    }
    if let Some(name) = args.account.as_deref() {
        let account = stored_account(connector, Some(name))?;
        return Ok(account.unwrap_or(CredentialSource::Missing));
    }
    let from_variables = |from: Provenance| match variables.credentials(from, connector) {
        // A sandbox needs no credentials, so there is nothing to refuse.
        Err(_) if in_sandbox => Ok(None),
        credentials => credentials,
    };
    let folder = from_variables(Provenance::Folder)?;
    let release = |credentials: Sourced<Credentials>, from: Provenance| {
        // The user decides by description and command line to which server they go.
        let released = credentials.release(&Receiver::of_user());
        released.map(|credentials| CredentialSource::Variables(credentials, from))
    };
    let note_unused = |reason: &str| {
        let names = folder.as_ref().map(Sourced::names).unwrap_or_default();
        notes::print_notes(variables.unused_note(names, reason));
    };
    if let Some(credentials) = from_variables(Provenance::Environment)? {
        note_unused("those of the environment go first");
        if !in_sandbox {
            notes::print_notes(ownership::destination_note(connector, credentials.names()));
        }
        return release(credentials, Provenance::Environment);
    }
    if !in_sandbox && let Some(account) = stored_account(connector, None)? {
        note_unused("the stored account goes first");
        return Ok(account);
    }
    match folder {
        Some(credentials) => {
            notes::print_notes([used_note(credentials.names())]);
            release(credentials, Provenance::Folder)
        }
        None if in_sandbox => Ok(CredentialSource::Sample),
        None => Ok(CredentialSource::Missing),
    }
}

fn stored_account(
    connector: &Connector,
    name: Option<&str>,
) -> Result<Option<CredentialSource>, Error> {
    let account = accounts::find_account(connector, name)?;
    Ok(account.map(|(account, store)| CredentialSource::Stored(Box::new(account), store)))
}

/// The settings that variables give. Next to credentials of the folder they are the folder's, otherwise the
/// user's: a folder does not decide where a secret of the user goes. An account that is named for the call has
/// settings of its own.
fn settings_from_variables(
    args: &ConnectionArgs,
    connector: &Connector,
    source: &CredentialSource,
    variables: &Variables,
) -> Result<Map<String, Value>, Error> {
    let from = match source {
        CredentialSource::Variables(_, from) => *from,
        CredentialSource::Stored(..) if args.account.is_some() => return Ok(Map::new()),
        _ => Provenance::Environment,
    };
    variables.settings(from, connector)
}

fn local_options(
    args: &ConnectionArgs,
    connector: &Connector,
    source: CredentialSource,
    variables: &Variables,
    sandbox_origin: Option<&str>,
) -> Result<Local, Error> {
    let with_scheme = |credentials: Credentials| match &args.auth_scheme {
        Some(scheme) => credentials.scheme(scheme),
        None => credentials,
    };
    let mut local = Local::new(Credentials::new());
    if sandbox_origin.is_some() {
        if !matches!(source, CredentialSource::Stored(..)) {
            // The sandbox ends with the call, so its tokens need not be kept.
            local = local.on_token_refresh(|_| async { Ok(()) });
        }
        for (name, value) in sample::sample_settings(connector) {
            local = local.config(name, value);
        }
    }
    let mut config = match sandbox_origin {
        None => settings_from_variables(args, connector, &source, variables)?,
        // It has sample values, and a setting of the vendor's would mean nothing there.
        Some(_) => Map::new(),
    };
    if let Some(text) = &args.config {
        config.extend(parse_json_object("--config", text, r#"{"subdomain": "acme"}"#)?);
    }
    local = match source {
        CredentialSource::Given(given) => {
            local.credentials(with_scheme(Credentials::from_json(&Value::Object(given))?))
        }
        CredentialSource::Variables(credentials, _) => local.credentials(with_scheme(credentials)),
        CredentialSource::Stored(account, store) => {
            let mut overrides = Overrides::new().settings(config.clone());
            overrides.scheme.clone_from(&args.auth_scheme);
            accounts::apply_account(&account, local, connector, &store, &overrides)?
        }
        CredentialSource::Sample => {
            local.credentials(with_scheme(sample::sample_credentials(connector)))
        }
        CredentialSource::Missing => local.credentials(with_scheme(Credentials::new())),
    };
    for (name, value) in config {
        local = local.config(name, value);
    }
    if let Some(origin) = sandbox_origin.or(args.via.as_deref()) {
        local = local.via(origin);
    }
    if let Some(limit) = args.timeout {
        local = local.timeout(limit);
    }
    Ok(local)
}

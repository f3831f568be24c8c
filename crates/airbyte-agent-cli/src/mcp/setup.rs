//! From options, environment and file to a server.

use airbyte_agent_core::description::Connector;
use airbyte_agent_core::tools::Exposure;
use airbyte_agent_core::{Client, Description, Error, Hosted, Local};
use airbyte_agent_mcp::config::{Account, Direct, Origin, Reach};
use airbyte_agent_mcp::{Config, HttpOptions, Quota, Server, Token, listen};
use airbyte_agent_sandbox::{CLIENT_ID, CLIENT_SECRET, Sandbox};

use super::args::{Expose, ServeArgs};
use super::stored::Accounts;
use crate::engine::LocalEngine;
use crate::failure::usage;
use crate::{cursor_key, reach, registry, sample};

/// The variable that holds the bearer token: options can be read by other users of a machine.
const TOKEN: &str = "AIRBYTE_AGENT_MCP_TOKEN";

/// A server that is ready to serve, and what has to live as long as it does.
pub(super) struct Setup {
    pub(super) server: Server,
    /// Set when it serves over HTTP.
    pub(super) http: Option<HttpOptions>,
    /// Stops when it is dropped.
    pub(super) _sandbox: Option<Sandbox>,
}

impl Setup {
    /// Puts the server together; starts the sandbox where one is asked for, sends nothing.
    pub(super) async fn new(args: &ServeArgs) -> Result<Self, Error> {
        let config = configure(args)?;
        let http = args.http.is_some() || config.http.listen.is_some();
        let http = http.then(|| config.http.clone());
        if !args.sandbox {
            let stored = Accounts::of_user()?;
            let server = config.server_with(find, |account, description| {
                if let Reach::Hosted(hosted) = &account.reach {
                    reach::check_hosted(&description, hosted)?;
                }
                account.client(description, &stored).map(cursor_key::lasting_for_server)
            })?;
            return Ok(Self { server, http, _sandbox: None });
        }
        let sandbox = start_sandbox(args, &config).await?;
        let origin = sandbox.url();
        let hosted = args.hosted;
        let server = config.server_with(find, |account, description| {
            let is_hosted = hosted || matches!(account.reach, Reach::Hosted(_));
            let client = if is_hosted {
                hosted_client(&origin, description)
            } else {
                client(&origin, description)
            };
            client.map(cursor_key::lasting_for_server)
        })?;
        Ok(Self { server, http, _sandbox: Some(sandbox) })
    }
}

/// The file, narrowed by the options.
fn configure(args: &ServeArgs) -> Result<Config, Error> {
    let mut config = match &args.config {
        Some(path) => Config::read(path)?,
        None => Config::default(),
    };
    add_accounts(args, &mut config)?;
    config.policy.read_only |= args.read_only;
    if !args.allow.is_empty() && !config.policy.allow.is_empty() {
        // Together they would permit more than the file.
        return Err(usage("the file has 'allow' already; --allow cannot be used with it"));
    }
    config.policy.allow.extend(args.allow.iter().cloned());
    config.policy.deny.extend(args.deny.iter().cloned());
    if let Some(expose) = args.expose {
        config.expose = Some(match expose {
            Expose::Operations => Exposure::PerOperation,
            Expose::Connectors => Exposure::PerConnector,
            Expose::Search => Exposure::SearchExecute,
        });
    }
    if let Some(longest) = args.timeout {
        config.limits = config.limits.timeout(longest);
    }
    if let Some(most) = args.concurrency {
        config.limits = config.limits.concurrency(usize::from(most));
    }
    if let Some(most) = args.max_result_tokens {
        config.results = config.results.tokens(most as usize);
    }
    for limit in &args.rate_limit {
        let (pattern, rate) = limit.rsplit_once('=').unwrap_or((limit, ""));
        config.quotas.push(Quota::parse(pattern, rate)?);
    }
    if let Some(path) = &args.audit {
        config.audit = Some(path.clone());
    }
    if let Some(address) = &args.http {
        config.http.listen = Some(listen(address)?);
    }
    config.http.origins.extend(args.allow_origin.iter().cloned());
    config.http.hosts.extend(args.allow_host.iter().cloned());
    if let Ok(token) = std::env::var(TOKEN) {
        let token = Token::new(token).map_err(|error| usage(format!("{TOKEN}: {error}")))?;
        config.http.token = Some(token);
    }
    Ok(config)
}

/// The accounts of the options; all connectors where neither they nor the file name any.
fn add_accounts(args: &ServeArgs, config: &mut Config) -> Result<(), Error> {
    let mut added = Vec::new();
    for text in &args.connector {
        let (connector, name) = text.split_once(':').unwrap_or((text, text));
        added.push(Account::named(name, connector));
    }
    for path in &args.spec {
        let name = registry::load(path)?.name.to_string();
        added.push(Account::named(name, "").origin(Origin::Spec(path.clone())));
    }
    if added.is_empty() && config.accounts.is_empty() {
        let all = airbyte_agent::registry().iter();
        added = all.map(|connector| Account::named(&*connector.name, &*connector.name)).collect();
    }
    for account in added {
        let reach = if args.hosted && !args.sandbox {
            let mut hosted = Hosted::resolve()?;
            if let Some(workspace) = &args.workspace {
                hosted = hosted.workspace(workspace);
            }
            if let Some(origin) = &args.via {
                hosted = hosted.via(origin);
            }
            Reach::Hosted(Box::new(hosted))
        } else {
            let mut direct = Direct::default();
            direct.via.clone_from(&args.via);
            Reach::Direct(direct)
        };
        config.accounts.push(account.reach(reach));
    }
    Ok(())
}

fn find(origin: &Origin) -> Result<Description, Error> {
    match origin {
        Origin::Name(name) => airbyte_agent::connector(name),
        Origin::Spec(path) => registry::load(path),
        _ => Err(usage("this account's connector comes from nowhere")),
    }
}

/// A sandbox of the connectors of all accounts.
async fn start_sandbox(args: &ServeArgs, config: &Config) -> Result<Sandbox, Error> {
    let mut descriptions: Vec<Description> = Vec::new();
    for account in &config.accounts {
        let description = find(&account.origin)?;
        if !descriptions.iter().any(|known| known.name == description.name) {
            descriptions.push(description);
        }
    }
    let mut builder = Sandbox::builder();
    for description in &descriptions {
        let connector: &Connector = description;
        builder = builder.connector(connector.clone());
    }
    let is_hosted = |account: &Account| matches!(account.reach, Reach::Hosted(_));
    if args.hosted || config.accounts.iter().any(is_hosted) {
        builder = builder.executor(LocalEngine::new(descriptions));
    }
    builder.start().await.map_err(|error| usage(format!("the sandbox cannot start: {error}")))
}

fn client(origin: &str, description: Description) -> Result<Client, Error> {
    let mut local = Local::new(sample::credentials(&description)).via(origin);
    for (name, value) in sample::settings(&description) {
        local = local.config(name, value);
    }
    Client::local(description, local)
}

fn hosted_client(origin: &str, description: Description) -> Result<Client, Error> {
    Client::hosted(description, Hosted::new(CLIENT_ID, CLIENT_SECRET).base_url(origin))
}

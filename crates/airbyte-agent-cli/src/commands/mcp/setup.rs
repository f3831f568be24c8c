//! Builds the MCP server from options, environment and configuration file.

use std::sync::Arc;

use airbyte_agent_core::description::Connector;
use airbyte_agent_core::tools::Exposure;
use airbyte_agent_core::{Client, Description, Error, Hosted, Local};
use airbyte_agent_mcp::config::{Account, Direct, Origin, Reach, SignInChoice, StoreChoice};
use airbyte_agent_mcp::{Config, HttpOptions, Quota, ResultForm, Server, SignIns, Token, listen};
use airbyte_agent_program::ProgramProcess;
use airbyte_agent_sandbox::{CLIENT_ID, CLIENT_SECRET, Sandbox};
use airbyte_agent_sync::StoredRecords;

use super::sign_in::Pages;
use super::stored::{UserSources, paced_client};
use crate::args::serve::{Expose, Results, ServeArgs};
use crate::args::sync::StoreArgs;
use crate::engine::LocalEngine;
use crate::failure::usage_error;
use crate::records::SANDBOX_ACCOUNT;
use crate::{PROGRAM_WORD, cursor_key, notes, ownership, records, registry, sample};

/// The variable that holds the bearer token. It is no option, because other users of the machine can
/// read the options of a process.
const TOKEN_VARIABLE: &str = "AIRBYTE_AGENT_MCP_TOKEN";

/// A server that is ready to serve, with everything that must live as long as it does.
pub(super) struct Setup {
    pub(super) server: Server,
    /// Set if it serves over HTTP.
    pub(super) http: Option<HttpOptions>,
    /// Stops when it is dropped.
    pub(super) _sandbox: Option<Sandbox>,
}

impl Setup {
    /// Builds the server, and starts the sandbox if one is requested. Sends nothing.
    pub(super) async fn new(args: &ServeArgs) -> Result<Self, Error> {
        let mut config = load_config(args)?;
        open_store(args, &mut config)?;
        if config.programs {
            let process = ProgramProcess::of_this_program(PROGRAM_WORD).map_err(|error| {
                usage_error(format!("this system does not say where the program is: {error}"))
            })?;
            config.runner = Some(Arc::new(process));
        }
        let http = args.http.is_some() || config.http.listen.is_some();
        let http = http.then(|| config.http.clone());
        if !args.sandbox {
            let sources = UserSources::load()?;
            let pages = match config.sign_in {
                SignInChoice::Never => None,
                SignInChoice::Port(port) => Some(Arc::new(Pages::new(port))),
                _ => Some(Arc::new(Pages::new(0))),
            };
            config.sign_ins = pages.clone().map(|pages| pages as Arc<dyn SignIns>);
            let server = config.server_with(find_connector, |account, description| {
                if let Reach::Hosted(hosted) = &account.reach {
                    ownership::check_hosted(&description, hosted)?;
                }
                let client = paced_client(account, description.clone(), &sources)?;
                match &pages {
                    Some(pages) => pages.add(account, &description, client, &sources),
                    None => Ok(client),
                }
            })?;
            return Ok(Self { server, http, _sandbox: None });
        }
        let sandbox = start_sandbox(args, &config).await?;
        let origin = sandbox.url();
        let hosted = args.hosted;
        let server = config.server_with(find_connector, |account, description| {
            let is_hosted = hosted || matches!(account.reach, Reach::Hosted(_));
            let client = if is_hosted {
                sandbox_hosted_client(&origin, description)
            } else {
                sandbox_local_client(&origin, description)
            };
            client.map(|client| cursor_key::with_stored_key_or_log(client).0)
        })?;
        Ok(Self { server, http, _sandbox: Some(sandbox) })
    }
}

/// The configuration of the file, narrowed by the options.
fn load_config(args: &ServeArgs) -> Result<Config, Error> {
    let mut config = match &args.config {
        Some(path) => Config::read(path)?,
        None => Config::default(),
    };
    add_accounts(args, &mut config)?;
    config.policy.read_only |= args.read_only;
    config.batch |= args.batch;
    config.programs |= args.programs;
    if !args.allow.is_empty() && !config.policy.allow.is_empty() {
        // Both together would permit more than the file does.
        return Err(usage_error("the file has 'allow' already; --allow cannot be used with it"));
    }
    config.policy.allow.extend(args.allow.iter().cloned());
    config.policy.deny.extend(args.deny.iter().cloned());
    config.policy.ask.extend(args.ask.iter().cloned());
    config.policy.hide.extend(args.hide.iter().cloned());
    if let Some(expose) = args.expose {
        config.expose = Some(match expose {
            Expose::Operations => Exposure::PerOperation,
            Expose::Connectors => Exposure::PerConnector,
            Expose::Search => Exposure::SearchExecute,
        });
    }
    if let Some(prefix) = &args.prefix {
        config.prefix = Some(prefix.clone());
    }
    config.http.sessions &= !args.stateless;
    if args.no_sign_in {
        config.sign_in = SignInChoice::Never;
    } else if let Some(port) = args.sign_in_port
        && config.sign_in != SignInChoice::Never
    {
        config.sign_in = SignInChoice::Port(port);
    }
    if let Some(timeout) = args.timeout {
        config.limits = config.limits.timeout(timeout);
    }
    if let Some(longest) = args.approval_timeout {
        config.limits = config.limits.approval(longest);
    }
    if let Some(most) = args.max_destructive {
        // The file's number cannot be raised.
        let most = config.limits.destructive.map_or(most, |known| known.min(most));
        config.limits = config.limits.destructive(most);
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
    if let Some(results) = args.results {
        config.form = match results {
            Results::Text => ResultForm::Text,
            Results::Structure => ResultForm::Structure,
        };
    }
    if let Some(folder) = &args.files {
        config.files = Some(folder.clone());
    }
    if let Some(path) = &args.audit {
        config.audit = Some(path.clone());
    }
    if let Some(address) = &args.http {
        config.http.listen = Some(listen(address)?);
    }
    config.http.origins.extend(args.allow_origin.iter().cloned());
    config.http.hosts.extend(args.allow_host.iter().cloned());
    if let Ok(token) = std::env::var(TOKEN_VARIABLE) {
        let token =
            Token::new(token).map_err(|error| usage_error(format!("{TOKEN_VARIABLE}: {error}")))?;
        config.http.token = Some(token);
    }
    Ok(config)
}

/// Opens the store that the options or the file choose. A store that nobody named need not exist.
fn open_store(args: &ServeArgs, config: &mut Config) -> Result<(), Error> {
    if args.no_store {
        config.store = StoreChoice::None;
    } else if let Some(path) = &args.store {
        config.store = StoreChoice::File(path.clone());
    }
    let store = match &config.store {
        StoreChoice::File(path) => records::open_existing_file(path)?,
        // What a sandbox invents has nothing to do with the user's own records.
        StoreChoice::Usual if !args.sandbox => {
            let Ok(path) = records::path(&StoreArgs { store: None }) else { return Ok(()) };
            if !path.exists() {
                return Ok(());
            }
            match records::open_existing_file(&path) {
                Ok(store) => store,
                Err(error) => {
                    notes::print_warnings([format!("no tools over the store: {error}")]);
                    return Ok(());
                }
            }
        }
        _ => return Ok(()),
    };
    config.local_store = Some(Arc::new(StoredRecords::new(Arc::new(store))));
    if args.sandbox {
        for account in &mut config.accounts {
            account.records.get_or_insert_with(|| vec![SANDBOX_ACCOUNT.to_owned()]);
        }
    }
    Ok(())
}

/// Adds the accounts of the options. If neither these nor the file name any, adds all connectors.
fn add_accounts(args: &ServeArgs, config: &mut Config) -> Result<(), Error> {
    let mut added = Vec::new();
    for text in &args.connector {
        let (connector, name) = text.split_once(':').unwrap_or((text, text));
        added.push(Account::named(name, connector));
    }
    for path in &args.spec {
        let name = registry::load_spec_with_notes(path)?.name.to_string();
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

fn find_connector(origin: &Origin) -> Result<Description, Error> {
    match origin {
        Origin::Name(name) => airbyte_agent::connector(name),
        Origin::Spec(path) => registry::load_spec(path),
        _ => Err(usage_error("an account has neither a connector nor a spec")),
    }
}

/// Starts a sandbox with the connectors of all accounts.
async fn start_sandbox(args: &ServeArgs, config: &Config) -> Result<Sandbox, Error> {
    let mut descriptions: Vec<Description> = Vec::new();
    for account in &config.accounts {
        let description = find_connector(&account.origin)?;
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
    builder.start().await.map_err(|error| usage_error(format!("the sandbox cannot start: {error}")))
}

fn sandbox_local_client(origin: &str, description: Description) -> Result<Client, Error> {
    let mut local = Local::new(sample::sample_credentials(&description)).via(origin);
    // The sandbox forgets its tokens with the process, so nothing is lost with them.
    local = local.on_token_refresh(|_| async { Ok(()) });
    for (name, value) in sample::sample_settings(&description) {
        local = local.config(name, value);
    }
    Client::local(description, local)
}

fn sandbox_hosted_client(origin: &str, description: Description) -> Result<Client, Error> {
    Client::hosted(description, Hosted::new(CLIENT_ID, CLIENT_SECRET).base_url(origin))
}

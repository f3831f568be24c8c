//! The command `sandbox`: serves the emulated vendors and the emulated platform until it is told to
//! stop, and says how a program of one's own can use them.

use std::io::Write as _;

use airbyte_agent_core::Description;
use airbyte_agent_core::description::Connector;
use airbyte_agent_sandbox::{CLIENT_ID, CLIENT_SECRET, Sandbox};
use serde_json::{Map, Value, json};

use crate::args::sandbox::SandboxArgs;
use crate::engine::LocalEngine;
use crate::failure::{Stop, usage_error};
use crate::variables::credential_variable;
use crate::{notes, registry, sample, signals, terminal};

/// The connector of which the workspace `crowded` contains two.
const CROWDED: &str = "stripe";

/// The variable with the address of the platform.
const PLATFORM_ADDRESS: &str = "SDK_DEV_ADP_API_HOST";

/// Starts the server, prints its address, and waits for a signal. How to use it goes to standard
/// error, so that standard output stays the one line or the one object that scripts read.
pub(crate) async fn run_sandbox(args: SandboxArgs) -> Result<(), Stop> {
    let mut descriptions: Vec<Description> =
        airbyte_agent::registry().iter().map(|connector| Description::from(*connector)).collect();
    let mut builder = Sandbox::builder().listen(args.listen).crowded(CROWDED);
    for path in &args.spec {
        let (description, yaml) = registry::load_spec_with_text(path)?;
        // A spec replaces the built-in connector of the same name.
        descriptions.retain(|known| known.name != description.name);
        builder = builder.spec(description.name.clone(), yaml);
        descriptions.push(description);
    }
    for description in &descriptions {
        let connector: &Connector = description;
        builder = builder.connector(connector.clone());
    }
    let started = builder.executor(LocalEngine::new(descriptions.clone())).start().await;
    let sandbox = started
        .map_err(|error| usage_error(format!("cannot listen on {}: {error}", args.listen)))?;
    if sandbox.is_reachable_from_outside() {
        notes::print_warnings([format!(
            "the sandbox can be reached by other machines at {}: it asks nobody for a password, and \
             shows what it was sent",
            args.listen
        )]);
    }
    let mut stdout = terminal::stdout();
    if args.json {
        writeln!(stdout, "{}", access_json(&sandbox.url(), &descriptions))?;
    } else {
        writeln!(stdout, "sandbox listening on {}", sandbox.url())?;
    }
    stdout.flush()?;
    if !args.json {
        let _ = write!(terminal::stderr(), "{}", access_text(&sandbox.url()));
    }
    signals::wait_for_stop_signal().await?;
    sandbox.shutdown().await;
    Ok(())
}

/// What a program needs to use the sandbox, as a script for a shell. Credentials of vendors are not
/// exported, because a later call without `--via` would send them to the real vendor.
fn access_text(url: &str) -> String {
    format!(
        "# To use the sandbox as the platform:\n\
         export {PLATFORM_ADDRESS}={url}\n\
         export AIRBYTE_CLIENT_ID={CLIENT_ID}\n\
         export AIRBYTE_CLIENT_SECRET={CLIENT_SECRET}\n\
         # To use it as the vendors: --via {url} on the command line, .via(\"{url}\") in Rust,\n\
         # with any credentials, such as {{\"token\": \"sandbox-token\"}}. Those that contain 'invalid' \
         are refused.\n\
         # 'airbyte-agent sandbox --json' prints credentials of every connector.\n"
    )
}

/// What a program needs to use the sandbox, as JSON.
fn access_json(url: &str, descriptions: &[Description]) -> Value {
    let connectors: Map<String, Value> = descriptions
        .iter()
        .map(|description| {
            let connector: &Connector = description;
            let credentials: Map<String, Value> = sample_members(sample::sample_fields(connector));
            let settings: Map<String, Value> = sample_members(sample::sample_settings(connector));
            let name = &connector.name;
            let access = json!({
                "vendor_url": format!("{url}/vendors/{name}/"),
                "credentials": credentials,
                "settings": settings,
                "environment": sample_members(sample_variables(connector)),
            });
            (name.to_string(), access)
        })
        .collect();
    json!({
        "url": url,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "workspaces": ["default", "crowded"],
        "environment": {
            PLATFORM_ADDRESS: url,
            "AIRBYTE_CLIENT_ID": CLIENT_ID,
            "AIRBYTE_CLIENT_SECRET": CLIENT_SECRET,
        },
        "connectors": connectors,
    })
}

/// The environment variables with sample credentials of a connector.
fn sample_variables(connector: &Connector) -> impl Iterator<Item = (String, String)> {
    let fields = sample::sample_fields(connector).into_iter();
    fields.map(|(field, value)| (credential_variable(connector, &field), value))
}

fn sample_members(pairs: impl IntoIterator<Item = (String, String)>) -> Map<String, Value> {
    pairs.into_iter().map(|(name, value)| (name, Value::String(value))).collect()
}

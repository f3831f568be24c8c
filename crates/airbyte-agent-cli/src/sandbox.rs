//! `sandbox`: vendors and platform, emulated until it is told to stop.

use std::io::Write as _;

use airbyte_agent_core::Description;
use airbyte_agent_core::description::Connector;
use airbyte_agent_sandbox::Sandbox;

use crate::args::SandboxArgs;
use crate::engine::LocalEngine;
use crate::failure::{Stop, usage};
use crate::registry;

/// The connector of which the workspace `crowded` holds two.
const CROWDED: &str = "stripe";

/// Starts the server, says where it listens, and waits for a signal.
pub(crate) async fn serve(args: SandboxArgs) -> Result<(), Stop> {
    let mut all: Vec<Description> =
        airbyte_agent::registry().iter().map(|connector| Description::from(*connector)).collect();
    let mut builder = Sandbox::builder().listen(args.listen).crowded(CROWDED);
    for path in &args.spec {
        let own = registry::load(path)?;
        // A spec takes the place of the built-in connector of its name.
        all.retain(|known| known.name != own.name);
        if let Ok(yaml) = std::fs::read_to_string(path) {
            builder = builder.spec(own.name.clone(), yaml);
        }
        all.push(own);
    }
    for description in &all {
        let connector: &Connector = description;
        builder = builder.connector(connector.clone());
    }
    let started = builder.executor(LocalEngine::new(all)).start().await;
    let sandbox =
        started.map_err(|error| usage(format!("cannot listen on {}: {error}", args.listen)))?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "sandbox listening on {}", sandbox.url())?;
    stdout.flush()?;
    stopped().await?;
    sandbox.shutdown().await;
    Ok(())
}

/// Comes back when the process is told to stop.
#[cfg(unix)]
pub(crate) async fn stopped() -> Result<(), Stop> {
    use std::task::Poll;

    use tokio::signal::unix::{SignalKind, signal};

    let deaf = |error: std::io::Error| usage(format!("cannot listen for signals: {error}"));
    let mut interrupt = signal(SignalKind::interrupt()).map_err(deaf)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(deaf)?;
    std::future::poll_fn(|context| {
        if interrupt.poll_recv(context).is_ready() || terminate.poll_recv(context).is_ready() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    Ok(())
}

/// Comes back when the process is told to stop.
#[cfg(not(unix))]
pub(crate) async fn stopped() -> Result<(), Stop> {
    tokio::signal::ctrl_c()
        .await
        .map_err(|error| usage(format!("cannot listen for signals: {error}")).into())
}

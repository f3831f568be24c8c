//! `mcp`: operations as tools for agents, over standard input and output or over HTTP.

pub(crate) mod args;
mod install;
mod setup;
mod stored;

use std::io::Write as _;

use airbyte_agent_mcp::Server;

use self::args::{McpArgs, McpCommand, ServeArgs};
use self::setup::Setup;
use crate::failure::Stop;
use crate::sandbox;

/// Serves, or does what the sub-command says.
pub(crate) async fn mcp(args: McpArgs) -> Result<(), Stop> {
    match args.command {
        None => Box::pin(serve(args.serve)).await,
        Some(McpCommand::Install(args)) => install::install(&args),
    }
}

async fn serve(args: ServeArgs) -> Result<(), Stop> {
    let Setup { server, http, _sandbox } = Setup::new(&args).await?;
    match http {
        None => Ok(Box::pin(server.serve_stdio(stopped())).await?),
        Some(options) => listen(server, options).await,
    }
}

async fn listen(server: Server, options: airbyte_agent_mcp::HttpOptions) -> Result<(), Stop> {
    let listening = server.listen(options).await?;
    // Standard output is left to the protocol, also where none is spoken on it.
    writeln!(std::io::stderr(), "mcp listening on {}", listening.url())?;
    Ok(listening.serve(stopped()).await?)
}

/// Comes back when the process is told to stop; where signals cannot be heard, never.
async fn stopped() {
    if sandbox::stopped().await.is_err() {
        std::future::pending::<()>().await;
    }
}

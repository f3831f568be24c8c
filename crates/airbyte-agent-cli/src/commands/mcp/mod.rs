//! The command `mcp`: offers operations to agents as tools, over standard input and output or over
//! HTTP.

pub(crate) mod install;
mod setup;
mod sign_in;
mod stored;

use std::io::Write as _;

use airbyte_agent_mcp::{HttpOptions, Server};

use self::setup::Setup;
use crate::args::mcp::{McpArgs, McpCommand};
use crate::args::serve::ServeArgs;
use crate::failure::Stop;
use crate::{signals, terminal};

/// Serves tools, or runs the subcommand.
pub(crate) async fn run_mcp(args: McpArgs) -> Result<(), Stop> {
    match args.command {
        None => Box::pin(serve(args.serve)).await,
        Some(McpCommand::Install(args)) => install::run_install(&args),
    }
}

async fn serve(args: ServeArgs) -> Result<(), Stop> {
    let Setup { server, http, _sandbox } = Setup::new(&args).await?;
    match http {
        None => Ok(Box::pin(server.serve_stdio(stop_signal())).await?),
        Some(options) => serve_http(server, options).await,
    }
}

async fn serve_http(server: Server, options: HttpOptions) -> Result<(), Stop> {
    let listening = server.listen(options).await?;
    // Only the protocol goes to standard output, also here, where it does not use it.
    writeln!(terminal::stderr(), "mcp listening on {}", listening.url())?;
    Ok(listening.serve(stop_signal()).await?)
}

/// Returns when the process is told to stop. Where signals cannot be received, it never returns.
async fn stop_signal() {
    if signals::wait_for_stop_signal().await.is_err() {
        std::future::pending::<()>().await;
    }
}

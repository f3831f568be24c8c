//! The command `platform`: Airbyte's hosted platform, for operators.
//!
//! Each subcommand calls `airbyte-agent-platform` and prints the result. These modules do not know
//! the HTTP API of the platform.

mod connectors;
mod new_connector;
mod oauth;
mod session;
mod setup;
mod templates;
mod workspaces;

use self::session::PlatformSession;
use crate::args::platform::{Part, PlatformArgs};
use crate::failure::Stop;

/// Runs a subcommand of `platform`.
pub(crate) async fn run_platform(args: PlatformArgs) -> Result<(), Stop> {
    let session = PlatformSession::open(&args.account).await?;
    match args.part {
        Part::Setup(args) => setup::run_setup(&session, &args).await,
        Part::Workspaces(action) => workspaces::run_workspaces(&session, action).await,
        Part::Connectors(action) => connectors::run_connectors(&session, action).await,
        Part::Templates(action) => templates::run_templates(&session, action).await,
        Part::Definitions(action) => templates::run_definitions(&session, action).await,
        Part::Oauth(action) => oauth::run_oauth(&session, action).await,
    }
}

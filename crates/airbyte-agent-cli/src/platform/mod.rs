//! `platform`: Airbyte's hosted platform, for operators.
//!
//! Reads what it is to do, calls `airbyte-agent-platform`, prints. What the platform's API looks
//! like is none of its business.

mod account;
pub(crate) mod args;
mod connectors;
mod kind;
mod oauth;
mod setup;
mod templates;
mod workspaces;

use self::account::Account;
use self::args::{Part, PlatformArgs};
use crate::failure::Stop;

/// Runs a command of `platform`.
pub(crate) async fn platform(args: PlatformArgs) -> Result<(), Stop> {
    let account = Account::open(&args.account).await?;
    match args.part {
        Part::Setup(args) => setup::setup(&account, &args).await,
        Part::Workspaces(what) => workspaces::workspaces(&account, what).await,
        Part::Connectors(what) => connectors::connectors(&account, what).await,
        Part::Templates(what) => templates::templates(&account, what).await,
        Part::Definitions(what) => templates::definitions(&account, what).await,
        Part::Oauth(what) => oauth::oauth(&account, what).await,
    }
}

//! Creation of typed connectors, which every generated connector has.

use std::future::Future;

use airbyte_agent_core::{AuthFor, Credentials, Result, TypedConnector};

use crate::create::CreateOptions;
use crate::workspace::Workspace;

/// Creation of typed connectors in a workspace of the platform, for every generated connector.
///
/// ```no_run
/// # use airbyte_agent_core::{Credentials, Result, TypedConnector};
/// use airbyte_agent_platform::{CreateOptions, HostedConnector, Platform};
///
/// # async fn example<StripeConnector: TypedConnector>(api_key: Credentials) -> Result<()> {
/// let workspace = Platform::from_env()?.workspace("tenant-42");
/// let options = CreateOptions::new().setting("account_id", "acct_1");
/// let stripe = StripeConnector::create_hosted(&workspace, api_key, options).await?;
/// # Ok(())
/// # }
/// ```
///
/// Credentials of another connector do not compile:
///
/// ```compile_fail,E0277
/// # use airbyte_agent_platform::{CreateOptions, HostedConnector, Workspace};
/// # use airbyte_agent_github::auth::PersonalAccessToken;
/// # use airbyte_agent_stripe::StripeConnector;
/// # async fn example(workspace: Workspace, options: CreateOptions) -> airbyte_agent_core::Result<()> {
/// let token = PersonalAccessToken::new("ghp_…"); // of GitHub
/// let stripe = StripeConnector::create_hosted(&workspace, token, options).await?;
/// # Ok(())
/// # }
/// ```
///
/// Where their type does not say which connector they belong to, they are refused before anything is sent.
pub trait HostedConnector: TypedConnector {
    /// Stores credentials and settings as a new connector of the workspace, and returns it ready to be called.
    ///
    /// # Errors
    ///
    /// As [`Workspace::create_connector`].
    fn create_hosted(
        workspace: &Workspace,
        credentials: impl AuthFor<Self> + Into<Credentials> + Send,
        options: CreateOptions,
    ) -> impl Future<Output = Result<Self>> + Send {
        let credentials = credentials.into();
        async move {
            let made = workspace.create_connector(Self::description(), credentials, options);
            Ok(workspace.connect_typed_to(&made.await?))
        }
    }

    /// Returns the workspace's connector of this kind, ready to be called; creates it when there is none.
    ///
    /// # Errors
    ///
    /// As [`Workspace::ensure_connector`].
    fn ensure_hosted(
        workspace: &Workspace,
        credentials: impl AuthFor<Self> + Into<Credentials> + Send,
        options: CreateOptions,
    ) -> impl Future<Output = Result<Self>> + Send {
        let credentials = credentials.into();
        async move {
            let ensured = workspace.ensure_connector(Self::description(), credentials, options);
            Ok(workspace.connect_typed_to(&ensured.await?.value))
        }
    }
}

impl<C: TypedConnector> HostedConnector for C {}

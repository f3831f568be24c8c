//! The traits that generated connectors implement, for code that works with any of them.

use crate::auth::Credentials;
use crate::client::Client;
use crate::description;
use crate::local::{IntoLocal, Local};

/// A generated connector: its description and the client behind it.
///
/// ```
/// use airbyte_agent_engine::TypedConnector;
///
/// fn title<C: TypedConnector>() -> String {
///     format!("{} ({} operations)", C::NAME, C::description().operations().count())
/// }
/// ```
pub trait TypedConnector: Clone + Send + Sync + Sized {
    /// The connector's slug, such as `zendesk-support`.
    const NAME: &'static str;

    /// Identifier of the connector on the hosted platform.
    const DEFINITION_ID: &'static str;

    /// The description of the connector.
    fn description() -> &'static description::Connector;

    /// The connector, with this client.
    fn from_client(client: Client) -> Self;

    /// The client that the connector uses.
    fn client(&self) -> &Client;
}

/// A type of credentials for the connector `C`.
///
/// The types of a connector's `auth` module implement it, and so does a [`Local`] made of one.
/// Therefore the credentials of one service cannot be sent to another one:
///
/// ```compile_fail,E0277
/// # use airbyte_agent_engine::{AuthFor, Client, Credentials, TypedConnector, description::Connector};
/// # macro_rules! connector { ($name:ident, $slug:literal) => {
/// #     #[derive(Clone)] struct $name;
/// #     impl TypedConnector for $name {
/// #         const NAME: &'static str = $slug; const DEFINITION_ID: &'static str = "";
/// #         fn description() -> &'static Connector { unimplemented!() }
/// #         fn from_client(_: Client) -> Self { Self }
/// #         fn client(&self) -> &Client { unimplemented!() }
/// #     }
/// # } }
/// # connector!(GongConnector, "gong");
/// # connector!(HubspotConnector, "hubspot");
/// # struct OAuth2;
/// # impl From<OAuth2> for Credentials { fn from(_: OAuth2) -> Self { Self::new() } }
/// # impl AuthFor<GongConnector> for OAuth2 {}
/// # fn local<C: TypedConnector>(auth: impl AuthFor<C>) {}
/// local::<GongConnector>(OAuth2);
/// local::<HubspotConnector>(OAuth2); // `OAuth2` is not a way to authenticate with `HubspotConnector`
/// ```
///
/// [`Credentials`] implement it for every connector, for code that knows names at run time only.
/// Their connector is checked at run time.
///
/// A type of your own that converts into [`Credentials`] implements it by `impl AuthFor<C> for` the
/// type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a way to authenticate with `{C}`",
    label = "not for `{C}`",
    note = "the ways are the types of the module `auth` in the crate of `{C}`, `Local::new(…)` of \
            one, and `Credentials` for names that are known at run time only"
)]
pub trait AuthFor<C: TypedConnector>: IntoLocal {}

impl<C: TypedConnector> AuthFor<C> for Credentials {}

impl<C: TypedConnector, A: AuthFor<C>> AuthFor<C> for Local<A> {}

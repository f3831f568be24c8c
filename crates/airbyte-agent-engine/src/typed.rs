//! What generated connectors have in common, for code that works with any of them.

use crate::client::Client;
use crate::description;

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

    /// Everything the connector knows of itself.
    fn description() -> &'static description::Connector;

    /// The connector on this client.
    fn from_client(client: Client) -> Self;

    /// The client behind the connector.
    fn client(&self) -> &Client;
}

//! `lib.rs` and `connector.rs`: the crate's root and the connector with its accessors.

use super::store;
use super::writer::{Writer, header};
use crate::model::Model;
use crate::prose;

/// `lib.rs`
pub(crate) fn library(model: &Model<'_>) -> String {
    let class = &model.class;
    let title = model.connector.title.replace('"', "'");
    let kept = model.entities.iter().any(store::is_kept);
    format!(
        r#"// {header}

#![cfg_attr(feature = "typed", doc = include_str!("../README.md"))]
#![cfg_attr(not(feature = "typed"), doc = "The {title} connector as data.")]
#![allow(clippy::doc_markdown, reason = "the spec's texts name products and vendors")]

#[cfg(feature = "typed")]
pub mod auth;
#[cfg(feature = "typed")]
mod connector;
#[rustfmt::skip]
#[allow(clippy::unreadable_literal, reason = "numbers as the spec has them")]
#[allow(clippy::wildcard_imports, reason = "a description names most of its types")]
mod description;
#[cfg(feature = "typed")]
pub mod entities;
{store}#[cfg(feature = "typed")]
pub mod types;

/// The engine beneath the connector, for what has no name here.
#[cfg(feature = "engine")]
pub use airbyte_agent_core as core;
{context}#[cfg(feature = "testing")]
pub use airbyte_agent_core::testing;
#[cfg(feature = "tools")]
pub use airbyte_agent_core::tools;
#[cfg(feature = "engine")]
pub use airbyte_agent_core::{{
    AuthFor, BodyStream, BoxFuture, CallOptions, CheckReport, CheckStatus, Client, Credentials,
    Cursor, Download, DryRun, EntitySummary, Error, ErrorKind, Execute, ExposeSecret, Extra,
    Hosted, Http, HttpBuilder, HttpClient, HttpFailure, HttpRequest, HttpResponse, IntoLocal,
    Items, Local, Outcome, Page, Pages, RecordAs, RecordsAs, Result, Scalar, SecretString,
    StoredTokens, TokenLock, TokenStore, TokenUpdate, TypedConnector, description::RetryPolicy,
    serde_json,
}};

#[cfg(feature = "typed")]
pub use connector::{class};
pub use description::DESCRIPTION;
"#,
        header = header(&model.slug),
        store = if kept { "#[cfg(feature = \"typed\")]\npub mod store;\n" } else { "" },
        context = if kept {
            "#[cfg(feature = \"engine\")]\npub use airbyte_agent_core::context_store;\n"
        } else {
            ""
        },
    )
}

/// `connector.rs`
pub(crate) fn connector(model: &Model<'_>) -> String {
    let (class, connector) = (&model.class, model.connector);
    let title = prose::markdown(&connector.title);
    let mut w = Writer::file(&model.slug);
    w.inner_doc(&format!("The {title} connector."));
    w.blank();
    w.line("use airbyte_agent_core::description::Connector;");
    w.line("use airbyte_agent_core::serde_json::Value;");
    w.line("use airbyte_agent_core::{");
    w.line(
        "    AuthFor, CheckReport, Client, EntitySummary, Execute, Hosted, Result, TypedConnector,",
    );
    w.line("};");
    w.blank();
    w.line("use crate::description::DESCRIPTION;");
    w.line("use crate::entities;");
    w.blank();
    w.doc(&format!("{title}: one method per entity, and the dynamic door."));
    let description = prose::markdown(&connector.description);
    if !description.is_empty() {
        w.line("///");
        w.doc(&description);
    }
    w.line("///");
    w.doc("A clone is cheap and shares connections, tokens and limits.");
    w.line("#[derive(Debug, Clone)]");
    w.block(&format!("pub struct {class}"), |w| w.line("client: Client,"));
    w.blank();
    w.block(&format!("impl {class}"), |w| {
        for (name, doc, value) in [
            ("NAME", "The connector's slug.", &connector.name),
            ("VERSION", "Version of the spec that the crate was made from.", &connector.version),
            (
                "DEFINITION_ID",
                "Identifier of the connector on the hosted platform.",
                &connector.definition_id,
            ),
        ] {
            w.doc(doc);
            w.line(&format!("pub const {name}: &'static str = {value:?};"));
            w.blank();
        }
        fixed(w);
        for entity in &model.entities {
            let (accessor, class) = (&entity.accessor, &entity.class);
            w.blank();
            let said = prose::markdown(&prose::sentence(&entity.entity.description));
            w.doc(&if said.is_empty() {
                format!("Operations on `{}`.", entity.entity.name)
            } else {
                said
            });
            w.function(
                &format!("pub const fn {accessor}"),
                &["&self".to_owned()],
                &format!(" -> entities::{accessor}::{class}<'_>"),
                |w| {
                    let new = format!("entities::{accessor}::{class}::new");
                    if new.len() + 22 <= 100 {
                        w.line(&format!("{new}(&self.client)"));
                    } else {
                        w.line(&format!("{new}("));
                        w.indented(|w| w.line("&self.client,"));
                        w.line(")");
                    }
                },
            );
        }
    });
    w.blank();
    w.block(&format!("impl TypedConnector for {class}"), |w| {
        w.line("const NAME: &'static str = Self::NAME;");
        w.line("const DEFINITION_ID: &'static str = Self::DEFINITION_ID;");
        for (head, body) in [
            ("fn description() -> &'static Connector", "&DESCRIPTION"),
            ("fn from_client(client: Client) -> Self", "Self::from_client(client)"),
            ("fn client(&self) -> &Client", "self.client()"),
        ] {
            w.blank();
            w.block(head, |w| w.line(body));
        }
    });
    w.finish()
}

/// What every connector has.
fn fixed(w: &mut Writer) {
    let lines = r#"/// Straight to the vendor, with credentials of your own: one of [`auth`](crate::auth), or
/// [`Local`](crate::Local) made of one and configured further. Those of another connector do not
/// compile.
///
/// # Errors
///
/// When a credential or server variable is missing or malformed, or when
/// [`Credentials`](crate::Credentials) made for another connector are given.
pub fn local(auth: impl AuthFor<Self>) -> Result<Self> {
    Client::local(&DESCRIPTION, auth).map(Self::from_client)
}

/// Through Airbyte's hosted platform, which keeps the vendor's credentials.
///
/// # Errors
///
/// When the options do not say which connector is meant.
pub fn hosted(options: Hosted) -> Result<Self> {
    Client::hosted(&DESCRIPTION, options).map(Self::from_client)
}

/// On a client of your own, for example one with a transport for tests.
#[must_use]
pub const fn from_client(client: Client) -> Self {
    Self { client }
}

/// The client behind the connector.
#[must_use]
pub const fn client(&self) -> &Client {
    &self.client
}

/// Any action of any entity, by name: the door for agents and other callers that learn at run
/// time what to call. `params` is an object of arguments by their names on the wire.
pub fn execute(&self, entity: &str, action: &str, params: Value) -> Execute {
    self.client.execute(entity, action, params)
}

/// Makes one cheap call to see whether the credentials work; the report says what was tried.
pub async fn check(&self) -> CheckReport {
    self.client.check().await
}

/// The entities and what can be done with each.
#[must_use]
pub fn list_entities(&self) -> Vec<EntitySummary> {
    self.client.list_entities()
}

/// Everything the connector knows of itself.
#[must_use]
pub fn describe(&self) -> &Connector {
    self.client.description()
}

/// JSON Schema of a record of `entity`, `None` for an unknown entity or one without a schema.
#[must_use]
pub fn entity_schema(&self, entity: &str) -> Option<Value> {
    self.client.entity_schema(entity)
}

/// The operations as tools for a language model.
#[cfg(feature = "tools")]
#[must_use]
pub fn tools(&self) -> airbyte_agent_core::tools::Toolset {
    airbyte_agent_core::tools::Toolset::new(self.client.clone())
}
"#;
    lines.lines().for_each(|line| w.line(line));
}

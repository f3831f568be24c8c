//! `lib.rs` and `connector.rs`: the crate's root and the connector with its accessors.

use super::store;
use super::writer::{Writer, header};
use crate::model::Model;
use crate::prose;

/// The root of the crate, `lib.rs`.
pub(crate) fn library(model: &Model<'_>) -> String {
    let class = &model.class;
    let title = model.connector.title.replace('"', "'");
    let in_store = model.entities.iter().any(store::is_in_store);
    format!(
        r#"// {header}

#![cfg_attr(feature = "typed", doc = include_str!("../README.md"))]
#![cfg_attr(not(feature = "typed"), doc = "The description of the {title} connector.")]
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

/// The engine that runs the connector, for types and functions that this crate does not re-export.
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
    FileBytes, Hosted, Http, HttpBuilder, HttpClient, HttpFailure, HttpRequest, HttpResponse,
    IntoLocal, Items, Local, Outcome, Page, Pages, RecordAs, RecordsAs, Result, Scalar,
    SecretString, StoredTokens, TokenLock, TokenStore, TokenUpdate, TypedConnector,
    description::RetryPolicy, serde_json,
}};
{jobs}
#[cfg(feature = "typed")]
pub use connector::{class};
pub use description::DESCRIPTION;
"#,
        header = header(&model.slug),
        store = if in_store { "#[cfg(feature = \"typed\")]\npub mod store;\n" } else { "" },
        jobs = if model.jobs().next().is_some() {
            "#[cfg(feature = \"engine\")]\npub use airbyte_agent_core::{Job, JobState};\n"
        } else {
            ""
        },
        context = if in_store {
            "#[cfg(feature = \"engine\")]\npub use airbyte_agent_core::context_store;\n"
        } else {
            ""
        },
    )
}

/// The file `connector.rs`.
pub(crate) fn connector(model: &Model<'_>) -> String {
    let (class, connector) = (&model.class, model.connector);
    let title = prose::markdown(&connector.title);
    let mut w = Writer::file(&model.slug);
    w.inner_doc(&format!("The {title} connector: its constructors, and one method per entity."));
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
    w.doc(&format!(
        "The {title} connector: one method for each entity, and [`execute`](Self::execute), which calls \
         operations by their names."
    ));
    let description = prose::markdown(&connector.description);
    if !description.is_empty() {
        w.line("///");
        w.doc(&description);
    }
    w.line("///");
    w.doc("Clones share connections, tokens and the retry budget, and cost little.");
    w.line("#[derive(Debug, Clone)]");
    w.block(&format!("pub struct {class}"), |w| w.line("client: Client,"));
    w.blank();
    w.block(&format!("impl {class}"), |w| {
        for (name, doc, value) in [
            (
                "NAME",
                "The connector's name, by which descriptions, variables and the program know it.",
                &connector.name,
            ),
            (
                "VERSION",
                "Version of the spec that the crate was generated from.",
                &connector.version,
            ),
            (
                "DEFINITION_ID",
                "Identifier (a UUID) of this kind of connector on the hosted platform.",
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

/// The methods that every connector has.
fn fixed(w: &mut Writer) {
    let lines = r#"/// A connector that calls the vendor's API directly. It takes a type of [`auth`](crate::auth), or
/// [`Local`](crate::Local) with one and further options. Credentials of another connector do not
/// compile. No request is sent.
///
/// # Errors
///
/// When a credential or server variable is missing or malformed, or when
/// [`Credentials`](crate::Credentials) made for another connector are given.
pub fn local(auth: impl AuthFor<Self>) -> Result<Self> {
    Client::local(&DESCRIPTION, auth).map(Self::from_client)
}

/// A connector that calls through Airbyte's hosted platform, which keeps the vendor's credentials.
/// No request is sent.
///
/// # Errors
///
/// When the options do not say which connector is meant.
pub fn hosted(options: Hosted) -> Result<Self> {
    Client::hosted(&DESCRIPTION, options).map(Self::from_client)
}

/// A connector on an existing client, for example one with a mock of the vendor.
#[must_use]
pub const fn from_client(client: Client) -> Self {
    Self { client }
}

/// The client that runs the connector's operations.
#[must_use]
pub const fn client(&self) -> &Client {
    &self.client
}

/// Calls an operation by the names of entity and action, for agents and other callers that learn
/// them at run time. `params` is an object of arguments with the names of REFERENCE.md. Awaiting the
/// call gives an [`Outcome`](crate::Outcome), whose `data` is an array of records for `list` and
/// `search` and an object for the other actions.
pub fn execute(&self, entity: &str, action: &str, params: Value) -> Execute {
    self.client.execute(entity, action, params)
}

/// Sends one small request to see whether the credentials work. The report says what was tried and
/// what came back; a failure is in the report.
pub async fn check(&self) -> CheckReport {
    self.client.check().await
}

/// The entities, each with its description and actions.
#[must_use]
pub fn list_entities(&self) -> Vec<EntitySummary> {
    self.client.list_entities()
}

/// The description of the connector: entities, operations, parameters, ways to authenticate.
#[must_use]
pub fn describe(&self) -> &Connector {
    self.client.description()
}

/// The JSON Schema of a record of `entity`; `None` for an unknown entity or one without a schema.
#[must_use]
pub fn entity_schema(&self, entity: &str) -> Option<Value> {
    self.client.entity_schema(entity)
}

/// The operations as tools for a language model. The toolset takes a policy and limits.
#[cfg(feature = "tools")]
#[must_use]
pub fn tools(&self) -> airbyte_agent_core::tools::Toolset {
    airbyte_agent_core::tools::Toolset::new(self.client.clone())
}
"#;
    lines.lines().for_each(|line| w.line(line));
}

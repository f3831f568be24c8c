//! A workspace: the area of one tenant on the platform, and the connectors in it.

use std::sync::Arc;
use std::time::Duration;

use airbyte_agent_core::{Client, Description, Error, ErrorKind, Result, TypedConnector};
use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep};

use crate::api::types;
use crate::info::{CheckOutcome, ConnectorDetails, ConnectorInfo, WorkspaceInfo};
use crate::platform::Platform;

/// The delay between two requests for a list.
const DELAY: Duration = Duration::from_millis(500);

/// A workspace of the platform, by its name.
///
/// Its methods reach the connectors of this workspace only: the id of another tenant's connector is not
/// found, although the application token could reach it.
#[derive(Debug, Clone)]
pub struct Workspace {
    platform: Platform,
    name: String,
    /// What was found out about the workspace; clones share it.
    known: Arc<Known>,
}

#[derive(Debug, Default)]
struct Known {
    info: OnceCell<WorkspaceInfo>,
    exists: OnceCell<()>,
}

impl Workspace {
    pub(crate) fn new(platform: Platform, name: String) -> Self {
        Self { platform, name, known: Arc::default() }
    }

    /// The platform that the workspace belongs to.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// The name of the workspace.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Id, name and status of the workspace; requested once and remembered.
    ///
    /// # Errors
    ///
    /// `NotFound` when it does not exist, and what the platform reports.
    pub async fn info(&self) -> Result<&WorkspaceInfo> {
        self.known.info.get_or_try_init(|| self.platform.find_workspace(&self.name)).await
    }

    /// Creates the workspace unless it exists. This happens once, before the first connector is created.
    ///
    /// # Errors
    ///
    /// What the platform reports.
    pub async fn ensure(&self) -> Result<()> {
        let create = || async { self.platform.scoped_token(&self.name).await.map(drop) };
        self.known.exists.get_or_try_init(create).await.copied()
    }

    /// Removes the workspace with everything in it.
    ///
    /// # Errors
    ///
    /// `NotFound` when it does not exist, and what the platform reports.
    pub async fn delete(self) -> Result<()> {
        let info = self.platform.find_workspace(&self.name).await?;
        self.platform.delete_workspace(&info.id).await
    }

    /// The connectors of the workspace; none when the workspace does not exist.
    ///
    /// # Errors
    ///
    /// What the platform reports.
    pub async fn connectors(&self) -> Result<Vec<ConnectorInfo>> {
        self.list(None).await
    }

    /// The connectors of one kind in the workspace, by the id of the kind.
    ///
    /// # Errors
    ///
    /// What the platform reports.
    pub async fn connectors_of(&self, definition_id: &str) -> Result<Vec<ConnectorInfo>> {
        self.list(Some(definition_id)).await
    }

    async fn list(&self, definition_id: Option<&str>) -> Result<Vec<ConnectorInfo>> {
        let mut request = self.platform.api().list_connectors().workspace_name(&self.name);
        if let Some(id) = definition_id {
            request = request.definition_id(id);
        }
        match request.send().await {
            Ok(list) => {
                list.data.unwrap_or_default().into_iter().map(ConnectorInfo::try_from).collect()
            }
            // Some servers report a workspace without connectors as missing.
            Err(error) if error.is_not_found() => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Finds the connector of this id in the workspace.
    async fn own(&self, id: &str) -> Result<ConnectorInfo> {
        let found = self.connectors().await?.into_iter().find(|connector| connector.id == id);
        found.ok_or_else(|| {
            let message = format!("workspace '{}' has no connector {id}", self.name);
            Error::new(ErrorKind::NotFound, message)
        })
    }

    /// The connector of this id with its settings.
    ///
    /// # Errors
    ///
    /// `NotFound` when the workspace has none of this id, and what the platform reports.
    pub async fn connector(&self, id: &str) -> Result<ConnectorDetails> {
        let info = self.own(id).await?;
        let theirs = self.platform.api().get_connector().connector_id(id).send().await?;
        let details = ConnectorDetails::try_from(theirs)?;
        // Lists say more about the kind than the connector itself.
        Ok(ConnectorDetails { info, ..details })
    }

    /// Removes a connector and its stored secrets. The platform does it in the background:
    /// [`removal`](Self::removal) waits for the end.
    ///
    /// # Errors
    ///
    /// `NotFound` when the workspace has none of this id, and what the platform reports.
    pub async fn delete_connector(&self, id: &str) -> Result<()> {
        let info = self.own(id).await?;
        let ended = self.platform.api().delete_connector().connector_id(id).send().await;
        // The body of a success is not needed, so that it may have any form.
        let ended = ended.map(drop).or_else(|error| match error.kind() {
            ErrorKind::Decode => Ok(()),
            _ => Err(error),
        });
        if let Some(definition) = &info.definition_id {
            self.platform.session().forget_connector(&self.name, definition);
        }
        ended
    }

    /// Waits until a removed connector is gone from the lists.
    ///
    /// # Errors
    ///
    /// `Network` (retryable) when it is still there at the end of `limit`, and what the platform
    /// reports.
    pub async fn removal(&self, id: &str, limit: Duration) -> Result<()> {
        let end = Instant::now() + limit;
        loop {
            if self.connectors().await?.iter().all(|connector| connector.id != id) {
                return Ok(());
            }
            if Instant::now() >= end {
                let seconds = limit.as_secs_f64();
                let message = format!("connector {id} is still there after {seconds} s");
                return Err(Error::new(ErrorKind::Network, message));
            }
            sleep(DELAY).await;
        }
    }

    /// Lets the platform try the stored credentials of a connector. A check that fails is an outcome and not
    /// an error.
    ///
    /// # Errors
    ///
    /// `NotFound` when the workspace has none of this id, and what the platform reports.
    pub async fn check_connector(&self, id: &str) -> Result<CheckOutcome> {
        self.own(id).await?;
        let request = self.platform.api().check_connector().connector_id(id);
        let request = request.body(types::UpdateConnector::default());
        request.send().await.map(CheckOutcome::from)
    }

    /// Gives a connector another display name.
    ///
    /// # Errors
    ///
    /// `NotFound` when the workspace has none of this id, and what the platform reports.
    pub async fn rename_connector(&self, id: &str, name: &str) -> Result<()> {
        self.own(id).await?;
        let body = types::UpdateConnector { name: Some(name.to_owned()), ..Default::default() };
        let request = self.platform.api().update_connector().connector_id(id).body(body);
        request.send().await.map(drop)
    }

    /// The id of the only connector of a kind; looked up once for each session.
    ///
    /// # Errors
    ///
    /// `NotFound` when there is none, `Usage` when there are several; both messages say what to do.
    pub async fn connector_id(&self, connector: impl Into<Description>) -> Result<String> {
        let connector = connector.into();
        let (definition, name) = (&connector.definition_id, &connector.name);
        self.platform.session().connector_id(&self.name, definition, name).await
    }

    /// The only connector of a kind, ready to be called.
    ///
    /// It is looked up at once, so that a missing or ambiguous connector is reported here and not by the
    /// first call.
    ///
    /// # Errors
    ///
    /// As [`connector_id`](Self::connector_id).
    pub async fn connect(&self, connector: impl Into<Description>) -> Result<Client> {
        let connector = connector.into();
        let id = self.connector_id(connector.clone()).await?;
        Ok(self.connect_to(connector, &id))
    }

    /// The connector of this id, ready to be called. Sends nothing.
    pub fn connect_to(&self, connector: impl Into<Description>, id: &str) -> Client {
        Client::within(connector, self.platform.session(), Some(id))
    }

    /// The only connector of a typed kind, ready to be called:
    /// `workspace.connect_typed::<StripeConnector>()`.
    ///
    /// # Errors
    ///
    /// As [`connector_id`](Self::connector_id).
    pub async fn connect_typed<C: TypedConnector>(&self) -> Result<C> {
        self.connect(C::description()).await.map(C::from_client)
    }

    /// The typed connector of this id, ready to be called. Sends nothing.
    pub fn connect_typed_to<C: TypedConnector>(&self, id: &str) -> C {
        C::from_client(self.connect_to(C::description(), id))
    }
}

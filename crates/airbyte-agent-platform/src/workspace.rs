//! A workspace: the partition of one tenant, and the connectors in it.

use std::sync::Arc;
use std::time::Duration;

use airbyte_agent_core::{Client, Description, Error, ErrorKind, Result, TypedConnector};
use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep};

use crate::api::types;
use crate::info::{CheckOutcome, ConnectorDetails, ConnectorInfo, WorkspaceInfo};
use crate::platform::Platform;

/// How long to wait between two looks at a list.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// A workspace of the platform, by its name.
///
/// Connectors are addressed inside their workspace: an id of another tenant's connector is "not
/// found" here, although the application token could reach it.
#[derive(Debug, Clone)]
pub struct Workspace {
    platform: Platform,
    name: String,
    /// What is remembered once it is known.
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

    /// The platform it belongs to.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the platform tells of it; asked once.
    ///
    /// # Errors
    ///
    /// `NotFound` when it does not exist, and what the platform answers.
    pub async fn info(&self) -> Result<&WorkspaceInfo> {
        self.known.info.get_or_try_init(|| self.platform.find_workspace(&self.name)).await
    }

    /// Creates it, unless it is there. Done once, before the first connector is created.
    ///
    /// # Errors
    ///
    /// What the platform answers.
    pub async fn ensure(&self) -> Result<()> {
        let mint = || async { self.platform.scoped_token(&self.name).await.map(drop) };
        self.known.exists.get_or_try_init(mint).await.copied()
    }

    /// Removes it with everything in it.
    ///
    /// # Errors
    ///
    /// `NotFound` when it does not exist, and what the platform answers.
    pub async fn delete(self) -> Result<()> {
        let info = self.platform.find_workspace(&self.name).await?;
        self.platform.delete_workspace(&info.id).await
    }

    /// Its connectors; none when it does not exist.
    ///
    /// # Errors
    ///
    /// What the platform answers.
    pub async fn connectors(&self) -> Result<Vec<ConnectorInfo>> {
        self.list(None).await
    }

    /// Its connectors of one kind.
    ///
    /// # Errors
    ///
    /// What the platform answers.
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
            // Some servers know no empty workspaces.
            Err(error) if error.is_not_found() => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// The connector of this id, if it is in this workspace.
    async fn own(&self, id: &str) -> Result<ConnectorInfo> {
        let found = self.connectors().await?.into_iter().find(|connector| connector.id == id);
        found.ok_or_else(|| {
            let message = format!("workspace '{}' has no connector {id}", self.name);
            Error::new(ErrorKind::NotFound, message)
        })
    }

    /// A connector with its settings.
    ///
    /// # Errors
    ///
    /// `NotFound` when the workspace has none of this id, and what the platform answers.
    pub async fn connector(&self, id: &str) -> Result<ConnectorDetails> {
        let info = self.own(id).await?;
        let theirs = self.platform.api().get_connector().connector_id(id).send().await?;
        let details = ConnectorDetails::try_from(theirs)?;
        // Lists tell more of the kind.
        Ok(ConnectorDetails { info, ..details })
    }

    /// Removes a connector and its stored secrets. The platform does it in the background:
    /// [`removal`](Self::removal) waits for the end.
    ///
    /// # Errors
    ///
    /// `NotFound` when the workspace has none of this id, and what the platform answers.
    pub async fn delete_connector(&self, id: &str) -> Result<()> {
        let info = self.own(id).await?;
        let ended = self.platform.api().delete_connector().connector_id(id).send().await;
        // Whatever a success says beyond being one is of no use here.
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
    /// answers.
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
            sleep(LOOK_AGAIN).await;
        }
    }

    /// Lets the platform try the stored credentials of a connector. A failed check is an outcome,
    /// no error.
    ///
    /// # Errors
    ///
    /// `NotFound` when the workspace has none of this id, and what the platform answers.
    pub async fn check_connector(&self, id: &str) -> Result<CheckOutcome> {
        self.own(id).await?;
        let request = self.platform.api().check_connector().connector_id(id);
        let request = request.body(types::UpdateConnector::default());
        request.send().await.map(CheckOutcome::from)
    }

    /// Renames a connector.
    ///
    /// # Errors
    ///
    /// `NotFound` when the workspace has none of this id, and what the platform answers.
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
    /// It is looked up right away, so that a missing or ambiguous connector shows here and not at
    /// the first call.
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

    /// The only connector of a typed kind: `workspace.connect_typed::<StripeConnector>()`.
    ///
    /// # Errors
    ///
    /// As [`connector_id`](Self::connector_id).
    pub async fn connect_typed<C: TypedConnector>(&self) -> Result<C> {
        self.connect(C::description()).await.map(C::from_client)
    }

    /// The typed connector of this id. Sends nothing.
    pub fn connect_typed_to<C: TypedConnector>(&self, id: &str) -> C {
        C::from_client(self.connect_to(C::description(), id))
    }
}

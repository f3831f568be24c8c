//! Pages on which users give credentials to a server that runs: which accounts have one, and how what is stored there is
//! taken into use.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use airbyte_agent_accounts::DEFAULT;
use airbyte_agent_core::{BoxFuture, Client, Description, Error, ErrorKind};
use airbyte_agent_mcp::config::{Account, Direct, Reach};
use airbyte_agent_mcp::{SignInPage, SignIns};
use serde_json::Map;

use super::stored::{UserSources, paced_client};
use crate::commands::login::page::{self, Wanted};
use crate::{accounts, ownership};

/// The accounts of a server to which users can sign in.
pub(super) struct Pages {
    /// The port of the pages, 0 for free ones.
    port: u16,
    slots: Mutex<HashMap<String, Arc<Slot>>>,
}

/// An account to which users can sign in.
struct Slot {
    account: Account,
    /// The name under which it is stored.
    stored: String,
    description: Description,
    client: Client,
}

impl Pages {
    pub(super) fn new(port: u16) -> Self {
        Self { port, slots: Mutex::default() }
    }

    /// The client of an account, whose credentials a page can replace unless the configuration or the environment
    /// has them.
    pub(super) fn add(
        &self,
        account: &Account,
        description: &Description,
        client: Client,
        sources: &UserSources,
    ) -> Result<Client, Error> {
        let name = account.login_name(description, sources, DEFAULT)?;
        let Some(name) = name else { return Ok(client) };
        if ownership::check_storing(description).is_err() {
            return Ok(client);
        }
        let client = client.exchangeable();
        let slot = Slot {
            account: account.clone(),
            stored: name.to_owned(),
            description: description.clone(),
            client: client.clone(),
        };
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.insert(account.name.clone(), Arc::new(slot));
        Ok(client)
    }

    fn slot(&self, account: &str) -> Option<Arc<Slot>> {
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.get(account).cloned()
    }
}

impl Slot {
    /// Takes what is stored now into use.
    fn use_stored(&self) -> Result<(), Error> {
        let sources = UserSources::load()?;
        let client = paced_client(&self.account, self.description.clone(), &sources)?;
        if let Some(obstacle) = client.obstacle() {
            return Err(obstacle);
        }
        self.client.replace(client)
    }

    fn direct(&self) -> Option<&Direct> {
        match &self.account.reach {
            Reach::Direct(direct) => Some(direct),
            _ => None,
        }
    }
}

impl SignIns for Pages {
    fn offers(&self, account: &str) -> bool {
        self.slot(account).is_some()
    }

    fn command(&self, account: &str) -> Option<String> {
        let slot = self.slot(account)?;
        Some(accounts::login_command(&slot.description, &slot.stored))
    }

    fn open<'a>(
        &'a self,
        account: &'a str,
        longest: Duration,
    ) -> BoxFuture<'a, Result<SignInPage, Error>> {
        Box::pin(async move {
            let unknown = || Error::new(ErrorKind::Usage, format!("no account '{account}'"));
            let slot = self.slot(account).ok_or_else(unknown)?;
            let direct = slot.direct();
            let settings = direct.map_or_else(Map::new, |direct| direct.settings.clone());
            let via = direct.and_then(|direct| direct.via.clone());
            let page = page::open(Wanted {
                description: slot.description.clone(),
                account: slot.stored.clone(),
                settings,
                via,
                port: self.port,
                longest,
                use_account: Box::new(move || slot.use_stored()),
            })
            .await?;
            let ended = page.ended;
            Ok(SignInPage::new(page.address, async move {
                let closed = |_| Error::new(ErrorKind::Authentication, "the page was closed");
                ended.await.map_err(closed)?
            }))
        })
    }
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pages")
    }
}

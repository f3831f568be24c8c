//! How the tokens of an account are renewed.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::Options;
use crate::auth::{Account, Renewal, RenewalContext};
use crate::description::Connector;
use crate::error::{Error, Result};
use crate::secret::Redactor;

/// The renewal of the tokens of these credentials, whose scheme can renew.
pub(super) fn renewal(
    connector: &Connector,
    options: &Options,
    config: &Map<String, Value>,
    redactor: &Redactor,
) -> Result<(Renewal, Arc<RenewalContext>)> {
    let account = Account::new(connector, &options.credentials)?;
    let Some(refresh) = account.scheme(connector).refresh.clone() else {
        return Err(Error::internal("the scheme has no way to renew tokens"));
    };
    let context = RenewalContext {
        vendor: connector.title.to_string(),
        refresh,
        config: config.clone(),
        announce: options.on_token_refresh.clone(),
        store: options.token_store.clone(),
        redactor: redactor.clone(),
        account,
    };
    Ok((Renewal::new(&context.account), Arc::new(context)))
}

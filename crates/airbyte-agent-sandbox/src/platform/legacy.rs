//! The general API's camelCase form of OAuth, which leaves a secret to create a source with.

use serde_json::{Map, Value, json};

use super::connectors::draft;
use super::fields::Fields;
use super::refusal::{Answer, Refusal};
use super::{Cx, oauth};
use crate::reply::Reply;

/// `POST /sources/initiateOAuth`
pub(super) fn initiate(cx: &Cx<'_>) -> Answer {
    let mut fields = cx.fields()?;
    let mut body = Map::new();
    body.insert("workspace_id".to_owned(), fields.text("workspaceId")?.into());
    body.insert("connector_type".to_owned(), fields.text("sourceType")?.into());
    let redirect = fields.text("redirectUrl")?;
    let mut state = cx.state();
    let url = oauth::ask(cx, &mut state, &mut Fields::from(body), redirect, Some(true))?;
    Ok(Reply::json(200, &json!({"consentUrl": url})))
}

/// `POST /sources`
pub(super) fn create(cx: &Cx<'_>) -> Answer {
    let mut fields = cx.fields()?;
    let mut configuration = fields.object("configuration")?.unwrap_or_default();
    let word = configuration.shift_remove("sourceType").filter(Value::is_string);
    let word = word.ok_or_else(|| {
        Refusal::invalid("configuration.sourceType", "configuration.sourceType is required")
    })?;
    let mut body = Map::new();
    body.insert("connector_type".to_owned(), word);
    body.insert("workspace_id".to_owned(), fields.text("workspaceId")?.into());
    body.insert("name".to_owned(), fields.text("name")?.into());
    body.insert("replication_config".to_owned(), configuration.into());
    let secret = fields.optional_text("secretId")?.unwrap_or_default();
    if !secret.is_empty() {
        body.insert("server_side_oauth_secret_id".to_owned(), secret.clone().into());
    }
    let mut state = cx.state();
    let draft = draft(cx, &mut state, &mut Fields::from(body))?;
    state.secrets.remove(&secret);
    let made = draft.install(&mut state, &cx.caller.organization, &cx.platform.clock.now())?;
    let answer = json!({
        "sourceId": made.id,
        "name": made.name,
        "sourceType": made.slug,
        "workspaceId": made.workspace,
    });
    Ok(Reply::json(200, &answer))
}

//! Connection templates: where the copies of data go. Kept, and of no effect here.

use serde_json::{Map, Value, json};

use super::cron;
use super::fields::Fields;
use super::refusal::{Answer, Refusal};
use super::state::{Owned, State};
use super::{Cx, definitions};
use crate::reply::Reply;

const PREFERENCES: [&str; 4] = ["ignore", "disable", "propagate_columns", "propagate_fully"];

/// `GET /integrations/templates/connections`
pub(super) fn list(cx: &Cx<'_>) -> Answer {
    let state = cx.state();
    let own = state.connection_templates.iter();
    let own = own.filter(|one| one.organization == cx.caller.organization);
    let data: Vec<&Map<String, Value>> = own.map(|one| &one.body).collect();
    Ok(Reply::json(200, &json!({"data": data})))
}

/// `POST /integrations/templates/connections`
pub(super) fn create(cx: &Cx<'_>) -> Answer {
    let mut fields = cx.fields()?;
    let hosting = fields.choice("data_hosting_type", &["user_hosted", "airbyte_hosted"])?;
    let hosting = hosting.unwrap_or_else(|| "user_hosted".to_owned());
    let mut body = Map::new();
    let mut put = |name: &str, value: Value| body.insert(name.to_owned(), value);
    put("data_hosting_type", hosting.clone().into());
    put("cron_expression", schedule(&mut fields)?.into());
    if hosting == "user_hosted" {
        put("destination_name", fields.text("destination_name")?.into());
        let definition = fields.uuid("destination_definition_id")?.ok_or_else(|| {
            let name = "destination_definition_id";
            Refusal::invalid(name, format!("{name} is required"))
        })?;
        if definition != definitions::destination_id() {
            return Err(Refusal::missing("Definition", &definition));
        }
        put("destination_definition_id", definition.into());
        let config = fields.object("destination_config")?.ok_or_else(|| {
            Refusal::invalid("destination_config", "destination_config is required")
        })?;
        put("destination_config", config.into());
        let name = "non_breaking_changes_preference";
        put(name, fields.choice(name, &PREFERENCES)?.unwrap_or_else(|| "ignore".into()).into());
        put("sync_on_create", fields.flag("sync_on_create")?.unwrap_or(true).into());
    }
    let now = cx.platform.clock.now();
    let mut state = cx.state();
    let id = state.draw("connection template");
    for (name, value) in [
        ("id", id.clone().into()),
        ("organization_id", cx.caller.organization.clone().into()),
        ("icon", Value::Null),
        ("tags", json!([])),
        ("created_at", now.clone().into()),
        ("updated_at", now.into()),
    ] {
        body.insert(name.to_owned(), value);
    }
    let organization = cx.caller.organization.clone();
    let parent = String::new();
    state.connection_templates.push(Owned { id, organization, parent, body: body.clone() });
    Ok(Reply::json(200, &body.into()))
}

fn schedule(fields: &mut Fields) -> Result<Option<String>, Refusal> {
    let text = fields.optional_text("cron_expression")?;
    if let Some(text) = &text
        && let Err(why) = cron::describe(text)
    {
        return Err(Refusal::invalid("cron_expression", why));
    }
    Ok(text)
}

fn find(state: &State, cx: &Cx<'_>) -> Result<usize, Refusal> {
    let is = |one: &Owned| one.id == cx.id(0) && one.organization == cx.caller.organization;
    let at = state.connection_templates.iter().position(is);
    at.ok_or_else(|| Refusal::missing("Connection template", cx.id(0)))
}

/// `GET /integrations/templates/connections/{id}`
pub(super) fn get(cx: &Cx<'_>) -> Answer {
    let state = cx.state();
    let at = find(&state, cx)?;
    Ok(Reply::json(200, &state.connection_templates[at].body.clone().into()))
}

/// `PATCH /integrations/templates/connections/{id}`
pub(super) fn update(cx: &Cx<'_>) -> Answer {
    let mut fields = cx.fields()?;
    let mut changes = Map::new();
    let preference = "non_breaking_changes_preference";
    for (name, value) in [
        ("destination_name", fields.optional_text("destination_name")?.map(Value::from)),
        ("destination_config", fields.object("destination_config")?.map(Value::from)),
        ("cron_expression", schedule(&mut fields)?.map(Value::from)),
        (preference, fields.choice(preference, &PREFERENCES)?.map(Value::from)),
        ("sync_on_create", fields.flag("sync_on_create")?.map(Value::from)),
    ] {
        if let Some(value) = value {
            changes.insert(name.to_owned(), value);
        }
    }
    changes.insert("updated_at".to_owned(), cx.platform.clock.now().into());
    let mut state = cx.state();
    let at = find(&state, cx)?;
    let body = &mut state.connection_templates[at].body;
    body.extend(changes);
    Ok(Reply::json(200, &body.clone().into()))
}

/// `DELETE /integrations/templates/connections/{id}`
pub(super) fn delete(cx: &Cx<'_>) -> Answer {
    let mut state = cx.state();
    let at = find(&state, cx)?;
    let gone = state.connection_templates.remove(at);
    let answer = json!({"id": gone.id, "deleted_at": cx.platform.clock.now()});
    Ok(Reply::json(200, &answer))
}

/// `POST /integrations/templates/connections/cron/describe`
pub(super) fn describe_cron(cx: &Cx<'_>) -> Answer {
    let text = cx.fields()?.text("cron_expression")?;
    let (description, is_valid) = match cron::describe(&text) {
        Ok(description) => (description, true),
        Err(why) => (why, false),
    };
    let answer = json!({"description": description, "is_valid": is_valid});
    Ok(Reply::json(200, &answer))
}

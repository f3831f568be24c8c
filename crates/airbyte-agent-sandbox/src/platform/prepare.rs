//! Preparation: the platform checks an order, the client carries it out with secrets of its own.

use serde_json::{Map, Value, json};

use super::order::{Order, Work};
use super::refusal::{Answer, Refusal};
use super::{Cx, connectors, execute};
use crate::reply::Reply;

/// What a secret's name in the stored configuration begins with.
const COORDINATE: &str = "secret_coordinate::";

/// `POST /integrations/connectors/{id}/execute/prepare`
pub(super) fn answer(cx: &Cx<'_>) -> Answer {
    let connector = execute::connector(cx)?;
    let kind = cx.platform.need_kind(&connector.slug)?;
    let mut order = Order::read(cx.request)?;
    let Work::Operation(operation) = order.work(&kind)? else {
        let why = format!("{} is executed by the platform only", order.action);
        return Err(Refusal::bad(why).field("action"));
    };
    let spec = cx.platform.specs.get(&connector.slug).ok_or_else(|| {
        Refusal::new(501, format!("This sandbox was started without the spec of {}", kind.name))
    })?;
    order.arguments(operation);
    let secret = |path: &str| {
        let path = path.replace('.', "/");
        format!("{COORDINATE}airbyte/{}/{path}", connector.id).into()
    };
    let config = connectors::stored(cx.platform, &connector, secret);
    let name = connector.account.scheme.as_deref();
    let mut schemes = kind.auth.iter();
    let scheme = schemes.find(|scheme| name.is_none_or(|name| scheme.name == name));
    let mapping: Map<String, Value> = scheme
        .iter()
        .flat_map(|scheme| scheme.stored.iter())
        .map(|stored| (stored.path.to_string(), stored.field.as_ref().into()))
        .collect();
    let mut values = connector.settings.clone();
    values.extend(connector.variables.clone());
    let fields = |names: Vec<String>| if names.is_empty() { Value::Null } else { names.into() };
    let bundle = json!({
        "connector_definition_id": kind.definition_id,
        "definition_yaml": spec.as_ref(),
        "entity": order.entity,
        "action": operation.action.as_str(),
        "params": order.params,
        "select_fields": fields(order.selection.select),
        "exclude_fields": fields(order.selection.exclude),
        "skip_truncation": order.skip_truncation,
        "source_config": config,
        "replication_auth_key_mapping": mapping,
        "config_values": values,
    });
    let answer = json!({
        "status": "success",
        "result": null,
        "connector_metadata": null,
        "execution_metadata": {
            "connector_instance_id": connector.id,
            "execution_time_ms": 0,
        },
        "bundle": bundle,
        "warning": null,
    });
    Ok(Reply::json(200, &answer))
}

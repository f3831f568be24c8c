//! The connector as a whole.

use airbyte_agent_description::Connector;

use super::{Cx, auth, entity, hosting, info, operation, server, sync};
use airbyte_agent_yaml::Node;

/// The description of the connector. It must not be used when fatal findings were reported.
pub(crate) fn connector(cx: &Cx<'_>) -> Connector {
    let info = cx.info();
    for key in ["title", "version"] {
        match info.get(key) {
            Some(node) if node.plain().is_empty() => {
                cx.report.error(node, format!("`info.{key}` must be a text"));
            }
            Some(node) if node.as_str().is_none() => {
                cx.report.error(node, format!("`info.{key}` must be a text; put it in quotes"));
            }
            Some(_) => {}
            None => cx.report.error(info, format!("`info.{key}` is missing")),
        }
    }
    let title = info.text("title");
    let slug = match info.text("x-airbyte-connector-name") {
        name if !name.is_empty() => name,
        _ => title.to_lowercase().split_whitespace().collect::<Vec<_>>().join("-"),
    };
    if slug.is_empty() {
        cx.report.fatal(
            info,
            "the connector has no name; give `info.x-airbyte-connector-name`, for example `acme`",
        );
    }
    let definition_id = info.text("x-airbyte-connector-definition-id");
    if definition_id.is_empty() {
        cx.report.error(
            info,
            "`info.x-airbyte-connector-definition-id` (a UUID) is missing; the hosted platform \
             finds the connector by it",
        );
    }
    let display_name = match info.text("x-airbyte-connector-display-name") {
        name if name.is_empty() => title,
        name => name,
    };
    let operations = operation::lower_all(cx);
    let mut connector = Connector {
        name: slug.into(),
        title: display_name.into(),
        other_names: operation::texts(info, "x-agent-other-names"),
        version: info.text("version").into(),
        definition_id: definition_id.into(),
        description: info.text("description").into(),
        links: info::links(cx).into(),
        server: server::server(cx),
        auth: auth::schemes(cx).into(),
        scoping: info::scoping(cx).into(),
        retry: info::retry(cx),
        rate_limits: info::rate_limits(cx).into(),
        rate_limit_headers: info::rate_limit_headers(cx),
        errors: info::errors(cx).into(),
        error_kinds: info::error_kinds(cx).into(),
        error_codes: info::error_codes(cx).into(),
        rate_limit_cost: info::rate_limit_cost(cx),
        entities: entity::entities(cx, operations).into(),
        relationships: info::relationships(cx).into(),
        questions: info::questions(cx),
        hosting: hosting::hosting(cx),
        date_format: cx.info_key("x-agent-date-format").map(Node::plain).unwrap_or_default().into(),
    };
    sync::add_rules(cx, &mut connector);
    connector
}

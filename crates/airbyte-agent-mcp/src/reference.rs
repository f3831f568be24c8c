//! The reference of the connectors as resources, which people and models read before they call.
//!
//! The texts are those of the tool `describe`, so nothing is told about operations that the policy
//! excludes.

use airbyte_agent_core::tools::ToolError;
use rmcp::ErrorData;
use rmcp::model::{
    ArgumentInfo, CompletionContext, CompletionInfo, ReadResourceResult, Resource,
    ResourceContents, ResourceTemplate,
};
use serde_json::{Map, Value};

use crate::shared::Shared;

/// The beginning of all addresses.
const SCHEME: &str = "airbyte-agent://";

/// The most connectors of which the entities are listed as well.
const MOST_WITH_ENTITIES: usize = 4;

/// The media type of the texts.
const MEDIA_TYPE: &str = "text/plain";

/// What a reference describes: a connector, an entity of it, or an action on the entity.
#[derive(Debug, PartialEq, Eq)]
struct Subject<'u> {
    connector: &'u str,
    entity: Option<&'u str>,
    action: Option<&'u str>,
}

/// The references that are listed: those of the connectors and, where these are few, of their entities.
pub(crate) async fn list(shared: &Shared) -> Vec<Resource> {
    let with_entities = shared.connectors().count() <= MOST_WITH_ENTITIES;
    let mut all = Vec::new();
    for connector in shared.connectors() {
        let name = connector.name.as_ref();
        all.push(
            Resource::new(format!("{SCHEME}{name}"), name)
                .with_title(format!("{} reference", connector.title))
                .with_description(format!("Entities and operations of {}.", connector.title))
                .with_mime_type(MEDIA_TYPE),
        );
        if !with_entities {
            continue;
        }
        for entity in members(shared, name, None).await {
            let description =
                connector.entity(&entity).map(|entity| entity.description.to_string());
            all.push(
                Resource::new(format!("{SCHEME}{name}/{entity}"), format!("{name}/{entity}"))
                    .with_title(format!("{} {entity}", connector.title))
                    .with_description(description.unwrap_or_default())
                    .with_mime_type(MEDIA_TYPE),
            );
        }
    }
    all
}

/// The templates of the addresses of all references.
pub(crate) fn templates() -> Vec<ResourceTemplate> {
    [
        ("{connector}", "connector", "Entities and operations of a connector."),
        ("{connector}/{entity}", "entity", "Operations of an entity with their parameters."),
        ("{connector}/{entity}/{action}", "operation", "One operation with its parameters."),
    ]
    .into_iter()
    .map(|(path, name, description)| {
        ResourceTemplate::new(format!("{SCHEME}{path}"), name)
            .with_description(description)
            .with_mime_type(MEDIA_TYPE)
    })
    .collect()
}

/// The reference at this address.
pub(crate) async fn read(shared: &Shared, uri: &str) -> Result<ReadResourceResult, ErrorData> {
    let data = serde_json::json!({"uri": uri});
    let unknown = |message: String| ErrorData::resource_not_found(message, Some(data.clone()));
    let subject = Subject::parse(uri).ok_or_else(|| {
        unknown(format!("'{uri}' is no reference; they begin with {SCHEME} and a connector"))
    })?;
    let described = describe(shared, &subject).await;
    let (text, _) = described.map_err(|error| unknown(error.message().to_owned()))?;
    let contents = ResourceContents::text(text, uri).with_mime_type(MEDIA_TYPE);
    Ok(ReadResourceResult::new(vec![contents]))
}

/// The values with which a part of a template can be completed.
pub(crate) async fn complete(
    shared: &Shared,
    argument: &ArgumentInfo,
    context: Option<&CompletionContext>,
) -> CompletionInfo {
    let known = |name: &str| {
        let arguments = context.and_then(|context| context.arguments.as_ref())?;
        arguments.get(name).cloned()
    };
    let values = match (argument.name.as_str(), known("connector"), known("entity")) {
        ("connector", _, _) => {
            shared.connectors().map(|connector| connector.name.to_string()).collect()
        }
        ("entity", Some(connector), _) => members(shared, &connector, None).await,
        ("action", Some(connector), Some(entity)) => {
            members(shared, &connector, Some(&entity)).await
        }
        _ => Vec::new(),
    };
    let wanted = argument.value.to_lowercase();
    let mut fitting: Vec<String> =
        values.into_iter().filter(|value| value.contains(&wanted)).collect();
    fitting.sort_by_key(|value| !value.starts_with(&wanted));
    let total = u32::try_from(fitting.len()).ok();
    let more = fitting.len() > CompletionInfo::MAX_VALUES;
    fitting.truncate(CompletionInfo::MAX_VALUES);
    CompletionInfo::with_pagination(fitting, total, more).unwrap_or_default()
}

/// The names of the entities of a connector, or of the actions on one of them, as far as the policy permits
/// operations.
async fn members(shared: &Shared, connector: &str, entity: Option<&str>) -> Vec<String> {
    let subject = Subject { connector, entity: None, action: None };
    let Ok((_, reference)) = describe(shared, &subject).await else { return Vec::new() };
    let Some(entities) = reference["entities"].as_array() else { return Vec::new() };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    match entity {
        None => entities.iter().filter_map(|entry| text(&entry["entity"])).collect(),
        Some(wanted) => entities
            .iter()
            .find(|entry| entry["entity"] == wanted)
            .and_then(|entry| entry["actions"].as_array())
            .map(|actions| actions.iter().filter_map(text).collect())
            .unwrap_or_default(),
    }
}

/// The reference of a subject as text and as JSON.
async fn describe(shared: &Shared, subject: &Subject<'_>) -> Result<(String, Value), ToolError> {
    let mut arguments = Map::new();
    arguments.insert("connector".to_owned(), subject.connector.into());
    for (name, value) in [("entity", subject.entity), ("action", subject.action)] {
        if let Some(value) = value {
            arguments.insert(name.to_owned(), value.into());
        }
    }
    let output = shared.describing.call("describe", Value::Object(arguments)).await?;
    Ok((output.text, output.structured))
}

impl<'u> Subject<'u> {
    /// The subject of an address, `None` when it is not one of a reference.
    fn parse(uri: &'u str) -> Option<Self> {
        let path = uri.strip_prefix(SCHEME)?.trim_end_matches('/');
        let mut parts = path.split('/');
        let connector = parts.next().filter(|part| !part.is_empty())?;
        let subject = Self { connector, entity: parts.next(), action: parts.next() };
        parts.next().is_none().then_some(subject)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        for (uri, expected) in [
            ("airbyte-agent://github", Some(("github", None, None))),
            ("airbyte-agent://github/", Some(("github", None, None))),
            ("airbyte-agent://github/issues", Some(("github", Some("issues"), None))),
            ("airbyte-agent://github/issues/list", Some(("github", Some("issues"), Some("list")))),
            ("airbyte-agent://github/issues/list/1", None),
            ("airbyte-agent://", None),
            ("file:///etc/passwd", None),
        ] {
            let found =
                Subject::parse(uri).map(|found| (found.connector, found.entity, found.action));
            assert_eq!(found, expected, "{uri}");
        }
    }
}

//! The reference of the connectors as resources: what a person or a model reads before calling.
//!
//! The texts are those of the tool `describe`, so that what the policy excludes is not told of
//! here, either.

use airbyte_agent_core::tools::{Exposure, ToolError, Toolset};
use rmcp::ErrorData;
use rmcp::model::{
    ArgumentInfo, CompletionContext, CompletionInfo, ReadResourceResult, Resource,
    ResourceContents, ResourceTemplate,
};
use serde_json::{Map, Value};

use crate::server::Shared;

/// How the addresses begin.
const SCHEME: &str = "airbyte-agent://";

/// Up to this many connectors their entities are listed, too.
const FEW: usize = 4;

const KIND: &str = "text/plain";

/// What a reference is of.
#[derive(Debug, PartialEq, Eq)]
struct Place<'u> {
    connector: &'u str,
    entity: Option<&'u str>,
    action: Option<&'u str>,
}

/// The toolset that describes instead of calling.
pub(crate) fn describing(tools: &Toolset) -> Toolset {
    tools.clone().exposure(Exposure::SearchExecute)
}

/// The references that are listed: of every connector and, where they are few, of their entities.
pub(crate) async fn list(shared: &Shared) -> Vec<Resource> {
    let few = shared.connectors().count() <= FEW;
    let mut all = Vec::new();
    for connector in shared.connectors() {
        let name = connector.name.as_ref();
        all.push(
            Resource::new(format!("{SCHEME}{name}"), name)
                .with_title(format!("{} reference", connector.title))
                .with_description(format!("Entities and operations of {}.", connector.title))
                .with_mime_type(KIND),
        );
        if !few {
            continue;
        }
        for entity in members(shared, name, None).await {
            let description =
                connector.entity(&entity).map(|entity| entity.description.to_string());
            all.push(
                Resource::new(format!("{SCHEME}{name}/{entity}"), format!("{name}/{entity}"))
                    .with_title(format!("{} {entity}", connector.title))
                    .with_description(description.unwrap_or_default())
                    .with_mime_type(KIND),
            );
        }
    }
    all
}

/// The addresses of everything else.
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
            .with_mime_type(KIND)
    })
    .collect()
}

/// The reference at this address.
pub(crate) async fn read(shared: &Shared, uri: &str) -> Result<ReadResourceResult, ErrorData> {
    let unknown = |message: String| ErrorData::resource_not_found(message, None);
    let place = Place::parse(uri).ok_or_else(|| {
        unknown(format!("'{uri}' is no reference; they begin with {SCHEME} and a connector"))
    })?;
    let told = describe(shared, &place).await;
    let (text, _) = told.map_err(|error| unknown(error.message().to_owned()))?;
    let contents = ResourceContents::text(text, uri).with_mime_type(KIND);
    Ok(ReadResourceResult::new(vec![contents]))
}

/// Values for a part of the templates.
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

/// The entities of a connector that may be used, or the actions of one of them.
async fn members(shared: &Shared, connector: &str, entity: Option<&str>) -> Vec<String> {
    let place = Place { connector, entity: None, action: None };
    let Ok((_, told)) = describe(shared, &place).await else { return Vec::new() };
    let Some(entities) = told["entities"].as_array() else { return Vec::new() };
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

async fn describe(shared: &Shared, place: &Place<'_>) -> Result<(String, Value), ToolError> {
    let mut arguments = Map::new();
    arguments.insert("connector".to_owned(), place.connector.into());
    for (name, value) in [("entity", place.entity), ("action", place.action)] {
        if let Some(value) = value {
            arguments.insert(name.to_owned(), value.into());
        }
    }
    let told = shared.describing.call("describe", Value::Object(arguments)).await?;
    Ok((told.text, told.structured))
}

impl<'u> Place<'u> {
    fn parse(uri: &'u str) -> Option<Self> {
        let path = uri.strip_prefix(SCHEME)?.trim_end_matches('/');
        let mut parts = path.split('/');
        let connector = parts.next().filter(|part| !part.is_empty())?;
        let place = Self { connector, entity: parts.next(), action: parts.next() };
        parts.next().is_none().then_some(place)
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
                Place::parse(uri).map(|place| (place.connector, place.entity, place.action));
            assert_eq!(found, expected, "{uri}");
        }
    }
}

//! The reference of the connectors as resources, which people and models read before they call.
//!
//! The texts are those of the tool `describe`, so nothing is told about operations that the policy
//! excludes.

use airbyte_agent_core::tools::ToolError;
use rmcp::ErrorData;
use rmcp::model::{ReadResourceResult, Resource, ResourceContents, ResourceTemplate};
use serde_json::{Map, Value};

use crate::shared::Shared;

/// The beginning of all addresses.
const SCHEME: &str = "airbyte-agent://";

/// The most connectors of which the entities are listed as well.
const MOST_WITH_ENTITIES: usize = 4;

/// The media type of the texts.
const MEDIA_TYPE: &str = "text/plain";

/// The templates of the addresses of all references: path, name and description.
const TEMPLATES: [(&str, &str, &str); 4] = [
    ("{connector}", "connector", "Entities and operations of a connector."),
    ("{connector}/{entity}", "entity", "Operations of an entity with their parameters."),
    ("{connector}/{entity}/{action}", "operation", "One operation with its parameters."),
    (
        "{connector}/{entity}/{action}/{argument}",
        "argument",
        "One argument of an operation, with the values that it takes.",
    ),
];

/// What a reference describes: a connector, an entity of it, an action on the entity, or an argument of that.
#[derive(Debug, Default, PartialEq, Eq)]
struct Subject {
    connector: String,
    entity: Option<String>,
    action: Option<String>,
    argument: Option<String>,
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
    let all = TEMPLATES.into_iter().map(|(path, name, description)| {
        ResourceTemplate::new(format!("{SCHEME}{path}"), name)
            .with_description(description)
            .with_mime_type(MEDIA_TYPE)
    });
    all.collect()
}

/// Whether a template has a variable; `None` where there is no such template.
pub(crate) fn has_variable(template: &str, name: &str) -> Option<bool> {
    let path = template.strip_prefix(SCHEME)?;
    let (path, ..) = TEMPLATES.into_iter().find(|(known, ..)| *known == path)?;
    Some(path.split('/').any(|part| part.strip_prefix('{') == Some(&format!("{name}}}"))))
}

/// The reference at this address.
pub(crate) async fn read(shared: &Shared, uri: &str) -> Result<ReadResourceResult, ErrorData> {
    let data = serde_json::json!({"uri": uri});
    let unknown = |message: String| ErrorData::resource_not_found(message, Some(data.clone()));
    let subject = Subject::parse(uri).ok_or_else(|| {
        unknown(format!("'{uri}' is no reference; they begin with {SCHEME} and a connector"))
    })?;
    let described = describe(shared, &subject).await;
    let (mut text, reference) = described.map_err(|error| unknown(error.message().to_owned()))?;
    if let Some(name) = &subject.argument {
        let problem = || unknown(format!("the operation has no argument '{name}'"));
        text = argument(&reference, name).ok_or_else(problem)?;
    }
    let contents = ResourceContents::text(text, uri).with_mime_type(MEDIA_TYPE);
    Ok(ReadResourceResult::new(vec![contents]))
}

/// The names of the entities of a connector, or of the actions on one of them, as far as the policy permits
/// operations.
pub(crate) async fn members(shared: &Shared, connector: &str, entity: Option<&str>) -> Vec<String> {
    let subject = Subject { connector: connector.to_owned(), ..Subject::default() };
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

/// The text about an operation that the policy permits.
pub(crate) async fn operation(
    shared: &Shared,
    (connector, entity, action): (&str, &str, &str),
) -> Result<String, ToolError> {
    describe(shared, &Subject::operation(connector, entity, action)).await.map(|(text, _)| text)
}

/// The JSON Schemas of the arguments of an operation that the policy permits; empty for any other.
pub(crate) async fn arguments(
    shared: &Shared,
    (connector, entity, action): (&str, &str, &str),
) -> Map<String, Value> {
    let subject = Subject::operation(connector, entity, action);
    let Ok((_, mut reference)) = describe(shared, &subject).await else { return Map::new() };
    match reference["operations"][0]["params"]["properties"].take() {
        Value::Object(schemas) => schemas,
        _ => Map::new(),
    }
}

/// The values that a schema enumerates, itself or for the items of a list.
pub(crate) fn choices(schema: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let listed = [&schema["enum"], &schema["items"]["enum"]].into_iter().find_map(Value::as_array);
    match listed {
        Some(listed) => listed.iter().filter(|value| !value.is_null()).map(text).collect(),
        None if schema["type"] == "boolean" => vec!["true".to_owned(), "false".to_owned()],
        None => Vec::new(),
    }
}

/// The reference of a subject as text and as JSON.
async fn describe(shared: &Shared, subject: &Subject) -> Result<(String, Value), ToolError> {
    let mut arguments = Map::new();
    arguments.insert("connector".to_owned(), subject.connector.clone().into());
    for (name, value) in [("entity", &subject.entity), ("action", &subject.action)] {
        if let Some(value) = value {
            arguments.insert(name.to_owned(), value.clone().into());
        }
    }
    let output = shared.describing.call("describe", Value::Object(arguments)).await?;
    Ok((output.text, output.structured))
}

/// The text about one argument of an operation; `None` where there is no such argument.
fn argument(reference: &Value, name: &str) -> Option<String> {
    let params = &reference["operations"][0]["params"];
    let schema = params["properties"].get(name)?;
    let is_required = params["required"].as_array().is_some_and(|all| all.contains(&name.into()));
    let mut lines = vec![format!("{name}{}", if is_required { ", required" } else { "" })];
    lines.extend(schema["description"].as_str().map(str::to_owned));
    let choices = choices(schema);
    if !choices.is_empty() {
        lines.push(format!("Values: {}", choices.join(", ")));
    }
    lines.push(format!("JSON Schema: {schema}"));
    Some(lines.join("\n"))
}

impl Subject {
    fn operation(connector: &str, entity: &str, action: &str) -> Self {
        Self {
            connector: connector.to_owned(),
            entity: Some(entity.to_owned()),
            action: Some(action.to_owned()),
            argument: None,
        }
    }

    /// The subject of an address, `None` when it is not one of a reference.
    fn parse(uri: &str) -> Option<Self> {
        let path = uri.strip_prefix(SCHEME)?.trim_end_matches('/');
        let mut parts = path.split('/').map(decoded);
        let connector = parts.next().filter(|part| !part.is_empty())?;
        let (entity, action, argument) = (parts.next(), parts.next(), parts.next());
        parts.next().is_none().then_some(Self { connector, entity, action, argument })
    }
}

/// A part of an address, in which clients may write any character as a percent sign and its code.
fn decoded(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let code = behind.get(..2).filter(|_| *first == b'%');
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        let code = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = behind.get(if code.is_some() { 2 } else { 0 }..).unwrap_or_default();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read() {
        for (uri, expected) in [
            ("airbyte-agent://github", Some(vec!["github"])),
            ("airbyte-agent://github/", Some(vec!["github"])),
            ("airbyte-agent://github/issues", Some(vec!["github", "issues"])),
            ("airbyte-agent://github/issues/list", Some(vec!["github", "issues", "list"])),
            (
                "airbyte-agent://github/issues/list/page%5Bsize%5d",
                Some(vec!["github", "issues", "list", "page[size]"]),
            ),
            ("airbyte-agent://github/50%/%zz%4", Some(vec!["github", "50%", "%zz%4"])),
            ("airbyte-agent://github/issues/list/state/1", None),
            ("airbyte-agent://", None),
            ("file:///etc/passwd", None),
        ] {
            let found = Subject::parse(uri).map(|found| {
                let more = [found.entity, found.action, found.argument].into_iter().flatten();
                std::iter::once(found.connector).chain(more).collect::<Vec<String>>()
            });
            let expected: Option<Vec<String>> =
                expected.map(|parts| parts.into_iter().map(str::to_owned).collect());
            assert_eq!(found, expected, "{uri}");
        }
    }
}

//! Looks up operations, references and the schemas of responses in the document of a spec. Knows no Rust.

use airbyte_agent_description::{Action, JsonPath, Location, Operation, Parameter, Step};
use serde_json::{Map, Value};

/// The document of a spec as JSON, with the look-ups that the generator needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Document<'d>(pub(crate) &'d Value);

/// A schema of the document, and the component that the last reference to it led through.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Found<'d> {
    /// The schema after all references are followed.
    pub(crate) schema: &'d Value,
    /// Name of the component, if the schema is one.
    pub(crate) component: Option<&'d str>,
}

const METHODS: &[&str] = &["get", "post", "put", "patch", "delete"];

impl<'d> Document<'d> {
    /// The operation object of this entity and action.
    pub(crate) fn operation(self, operation: &Operation) -> Option<OperationObject<'d>> {
        let paths = self.0.get("paths")?.as_object()?;
        for item in paths.values() {
            for method in METHODS {
                let Some(object) = item.get(method) else { continue };
                let text = |key: &str| object.get(key).and_then(Value::as_str);
                let entity = text("x-airbyte-entity") == Some(operation.entity.as_ref());
                let action = text("x-airbyte-action").and_then(|name| name.parse::<Action>().ok());
                if entity && action == Some(operation.action) {
                    return Some(OperationObject { document: self, item, object });
                }
            }
        }
        None
    }

    /// Names of all component schemas.
    pub(crate) fn components(self) -> impl Iterator<Item = &'d str> {
        let schemas = self.0.pointer("/components/schemas").and_then(Value::as_object);
        schemas.into_iter().flat_map(|map| map.keys().map(String::as_str))
    }

    /// Follows references; `None` for a dangling or circular one.
    pub(crate) fn resolve(self, schema: &'d Value) -> Option<Found<'d>> {
        let mut found = Found { schema, component: None };
        for _ in 0..32 {
            let Some(reference) = found.schema.get("$ref").and_then(Value::as_str) else {
                return Some(found);
            };
            let pointer = reference.strip_prefix('#')?;
            found.schema = self.0.pointer(pointer)?;
            found.component = reference.strip_prefix("#/components/schemas/");
        }
        None
    }

    /// The schema without `null`, after all references are followed: where `oneOf`, `anyOf` or `allOf` has only
    /// one alternative that is not `null`, that one.
    pub(crate) fn plain(self, schema: &'d Value) -> Option<Found<'d>> {
        let mut found = self.resolve(schema)?;
        for _ in 0..32 {
            let alternatives = ["oneOf", "anyOf", "allOf"]
                .iter()
                .find_map(|key| found.schema.get(*key).and_then(Value::as_array));
            let Some(alternatives) = alternatives else { return Some(found) };
            let mut others = alternatives
                .iter()
                .filter(|option| option.get("type").and_then(Value::as_str) != Some("null"));
            let (Some(only), None) = (others.next(), others.next()) else { return Some(found) };
            found = self.resolve(only)?;
        }
        None
    }

    /// The schema at `path` inside `schema`.
    pub(crate) fn follow(self, schema: &'d Value, path: &JsonPath) -> Option<&'d Value> {
        let mut schema = schema;
        for step in path.steps.iter() {
            let node = self.plain(schema)?.schema;
            schema = match step {
                Step::Key(name) => node.get("properties")?.get(name.as_ref())?,
                Step::Index(_) => node.get("items")?,
                Step::Each => node
                    .get("items")
                    .or_else(|| node.get("additionalProperties").filter(|more| more.is_object()))?,
            };
        }
        Some(schema)
    }
}

/// An operation object of the document, with the path item that contains it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OperationObject<'d> {
    document: Document<'d>,
    item: &'d Value,
    object: &'d Value,
}

impl<'d> OperationObject<'d> {
    /// JSON Schema of the response with status 200, or else 201.
    pub(crate) fn response_schema(self) -> Option<&'d Value> {
        let responses = self.object.get("responses")?;
        let response = responses.get("200").or_else(|| responses.get("201"))?;
        let response = self.document.resolve(response)?.schema;
        response.get("content")?.get("application/json")?.get("schema")
    }

    /// The spec's description of the successful response; empty if there is none.
    pub(crate) fn response_text(self) -> &'d str {
        let text = || {
            let responses = self.object.get("responses")?;
            let first =
                ["200", "201", "204", "202"].iter().find_map(|code| responses.get(*code))?;
            self.document.resolve(first)?.schema.get("description")?.as_str()
        };
        text().unwrap_or_default()
    }

    /// The schema of a parameter as the document writes it.
    pub(crate) fn parameter(self, parameter: &Parameter) -> Option<&'d Value> {
        let declared = self.declared(parameter).and_then(|object| {
            object.get("schema").or_else(|| object.pointer("/content/application~1json/schema"))
        });
        declared
            .or_else(|| self.whole_body(parameter))
            .or_else(|| self.body_properties()?.get(parameter.name.as_ref()))
    }

    /// The schema of the body, if the parameter is the whole body.
    fn whole_body(self, parameter: &Parameter) -> Option<&'d Value> {
        let body = self.document.resolve(self.object.get("requestBody")?)?.schema;
        let mut media = body.get("content")?.as_object()?.values();
        let name = Some(parameter.name.as_ref());
        let is_whole =
            |media: &&Value| media.get("x-agent-argument").and_then(Value::as_str) == name;
        media.find(is_whole)?.get("schema")
    }

    /// The example the document gives for a parameter.
    pub(crate) fn example(self, parameter: &Parameter) -> Option<&'d Value> {
        let object = self.declared(parameter);
        let first = |examples: &'d Value| match examples {
            Value::Array(list) => list.first(),
            Value::Object(map) => map.values().next()?.get("value"),
            _ => None,
        };
        object.and_then(|o| o.get("example").or_else(|| o.get("examples").and_then(first))).or_else(
            || {
                let schema = self.parameter(parameter)?;
                schema.get("example").or_else(|| schema.get("examples").and_then(first))
            },
        )
    }

    /// Whether the parameter is one of `parameters`, and not a member of the body.
    pub(crate) fn declares(self, parameter: &Parameter) -> bool {
        self.declared(parameter).is_some()
    }

    fn declared(self, parameter: &Parameter) -> Option<&'d Value> {
        let place = match parameter.location {
            Location::Path => Some("path"),
            Location::Query => Some("query"),
            Location::Header => Some("header"),
            Location::GraphQl | Location::Body | Location::File => None,
        };
        [self.object, self.item]
            .into_iter()
            .filter_map(|holder| holder.get("parameters")?.as_array())
            .flatten()
            .filter_map(|entry| Some(self.document.resolve(entry)?.schema))
            .find(|entry| {
                let text = |key: &str| entry.get(key).and_then(Value::as_str);
                text("name") == Some(parameter.name.as_ref())
                    && place.is_none_or(|place| text("in") == Some(place))
            })
    }

    fn body_properties(self) -> Option<&'d Map<String, Value>> {
        let body = self.document.resolve(self.object.get("requestBody")?)?.schema;
        for media in body.get("content")?.as_object()?.values() {
            let Some(schema) = media.get("schema") else { continue };
            let mut schema = self.document.plain(schema)?.schema;
            if let Some(items) = schema.get("items") {
                schema = self.document.plain(items)?.schema;
            }
            if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
                return Some(properties);
            }
        }
        None
    }
}

//! Describes one document by the schema: its variables become parameters, and its selection becomes
//! the schema of the response.

use std::collections::BTreeSet;

use apollo_compiler::executable::{Field, Operation as Executable, Selection, SelectionSet};
use apollo_compiler::{ExecutableDocument, Name};
use serde_json::{Map, Value, json};

use super::GraphQl;
use super::types::{list, mark, reference};
use crate::model::{Content, Operation, Parameter, Place, Response};

impl GraphQl {
    /// The operation that a document describes. `name` selects one if the document contains
    /// several.
    ///
    /// # Errors
    ///
    /// A text that says what is wrong with the document, or that it is not clear which operation is
    /// meant.
    pub fn operation(&self, document: &str, name: Option<&str>) -> Result<Operation, String> {
        let document = ExecutableDocument::parse_and_validate(&self.schema, document, "document")
            .map_err(|found| found.errors.to_string())?;
        let operation = document
            .operations
            .get(name)
            .map_err(|_| "it is not clear which operation is meant".to_owned())?;
        let reader = Reader { document: &document };
        let deprecated = reader.deprecated_variables(operation);
        let roots = operation.selection_set.selections.iter();
        let parameters = operation.variables.iter().map(|variable| Parameter {
            required: variable.ty.is_non_null() && variable.default_value.is_none(),
            deprecated: deprecated.contains(&variable.name),
            ..Parameter::new(variable.name.to_string(), Place::Variable, reference(&variable.ty))
        });
        let data = reader.object(&operation.selection_set, true);
        let schema = json!({"type": "object", "properties": {
            "data": data, "errors": {}, "extensions": {},
        }});
        let content = Content {
            media_type: "application/json".to_owned(),
            schema: Some(schema),
            ..Content::default()
        };
        Ok(Operation {
            id: operation.name.as_ref().map(ToString::to_string).unwrap_or_default(),
            method: "POST".to_owned(),
            deprecated: roots.into_iter().any(is_deprecated),
            parameters: parameters.collect(),
            responses: vec![Response {
                status: "200".to_owned(),
                contents: vec![content],
                ..Response::default()
            }],
            ..Operation::default()
        })
    }
}

fn is_deprecated(selection: &Selection) -> bool {
    let Selection::Field(field) = selection else { return false };
    field.definition.directives.has("deprecated")
}

/// The object that a selection makes.
#[derive(Default)]
struct Object {
    properties: Map<String, Value>,
    /// The types whose fields are selected; several, if there are fragments.
    types: BTreeSet<String>,
}

struct Reader<'d> {
    document: &'d ExecutableDocument,
}

impl Reader<'_> {
    /// The object that a selection makes. At the root, a deprecated field is a deprecated
    /// operation.
    fn object(&self, set: &SelectionSet, is_root: bool) -> Value {
        let mut object = Object::default();
        self.fields(set, is_root, &mut object);
        json!({
            "type": "object", "properties": object.properties, "x-selected-from": object.types,
        })
    }

    fn fields(&self, set: &SelectionSet, is_root: bool, object: &mut Object) {
        object.types.insert(set.ty.to_string());
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    let key = field.response_key().to_string();
                    let schema = self.field(field, is_root);
                    let schema = match object.properties.remove(&key) {
                        // Different types of a union may have a field of the same name.
                        Some(known) if known != schema => json!({"anyOf": [known, schema]}),
                        _ => schema,
                    };
                    object.properties.insert(key, schema);
                }
                Selection::InlineFragment(fragment) => {
                    self.fields(&fragment.selection_set, is_root, object);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.fragment_name) {
                        self.fields(&fragment.selection_set, is_root, object);
                    }
                }
            }
        }
    }

    fn field(&self, field: &Field, is_root: bool) -> Value {
        let ty = &field.definition.ty;
        let schema = if field.selection_set.selections.is_empty() {
            reference(ty)
        } else {
            list(ty, self.object(&field.selection_set, false))
        };
        mark(schema, !is_root && field.definition.directives.has("deprecated"))
    }

    /// The variables that are passed to arguments that the vendor advises against.
    fn deprecated_variables(&self, operation: &Executable) -> BTreeSet<Name> {
        let mut found = BTreeSet::new();
        self.arguments(&operation.selection_set, &mut found);
        found
    }

    fn arguments(&self, set: &SelectionSet, found: &mut BTreeSet<Name>) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    for argument in &field.arguments {
                        let definition = field.definition.argument_by_name(&argument.name);
                        if let Some(definition) = definition
                            && definition.directives.has("deprecated")
                            && let Some(variable) = argument.value.as_variable()
                        {
                            found.insert(variable.clone());
                        }
                    }
                    self.arguments(&field.selection_set, found);
                }
                Selection::InlineFragment(fragment) => {
                    self.arguments(&fragment.selection_set, found);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.fragment_name) {
                        self.arguments(&fragment.selection_set, found);
                    }
                }
            }
        }
    }
}

//! The types of a GraphQL schema as JSON Schema.

use apollo_compiler::ast::Type;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Schema};
use serde_json::{Map, Value, json};

/// All types, each at `/types/<name>`.
pub(super) fn root(schema: &Schema) -> Value {
    let types: Map<String, Value> =
        schema.types.iter().map(|(name, ty)| (name.to_string(), one(ty))).collect();
    json!({"types": types})
}

/// The schema of a value of this type.
pub(super) fn reference(ty: &Type) -> Value {
    list(ty, json!({"$ref": format!("#/types/{}", ty.inner_named_type())}))
}

/// The schema of a value of this type, which may consist of lists of `element`.
pub(super) fn list(ty: &Type, element: Value) -> Value {
    match ty {
        Type::Named(_) | Type::NonNullNamed(_) => element,
        Type::List(inner) | Type::NonNullList(inner) => {
            json!({"type": "array", "items": list(inner, element)})
        }
    }
}

fn one(ty: &ExtendedType) -> Value {
    match ty {
        ExtendedType::Scalar(scalar) => match scalar.name.as_str() {
            "Int" => json!({"type": "integer"}),
            "Float" => json!({"type": "number"}),
            "Boolean" => json!({"type": "boolean"}),
            "String" | "ID" => json!({"type": "string"}),
            // Of a vendor's own scalars, only the names are known.
            _ => json!({}),
        },
        ExtendedType::Enum(ty) => {
            let values: Vec<&str> = ty.values.keys().map(Name::as_str).collect();
            json!({"type": "string", "enum": values})
        }
        ExtendedType::InputObject(ty) => {
            let mut required = Vec::new();
            let mut properties = Map::new();
            for (name, field) in &ty.fields {
                if field.is_required() {
                    required.push(name.as_str());
                }
                let deprecated = field.directives.has("deprecated");
                properties.insert(name.to_string(), marked(&field.ty, deprecated));
            }
            json!({"type": "object", "properties": properties, "required": required})
        }
        ExtendedType::Object(ty) => fields(ty.fields.iter().map(|(name, field)| {
            (name.to_string(), marked(&field.ty, field.directives.has("deprecated")))
        })),
        ExtendedType::Interface(ty) => fields(ty.fields.iter().map(|(name, field)| {
            (name.to_string(), marked(&field.ty, field.directives.has("deprecated")))
        })),
        ExtendedType::Union(_) => json!({"type": "object"}),
    }
}

fn fields(properties: impl Iterator<Item = (String, Value)>) -> Value {
    json!({"type": "object", "properties": properties.collect::<Map<_, _>>()})
}

/// The schema of a value of this type, marked as deprecated if the vendor advises against it.
pub(super) fn marked(ty: &Type, deprecated: bool) -> Value {
    mark(reference(ty), deprecated)
}

/// Marks a schema as deprecated if the vendor advises against the value.
pub(super) fn mark(mut schema: Value, deprecated: bool) -> Value {
    if deprecated && let Some(object) = schema.as_object_mut() {
        object.insert("deprecated".to_owned(), Value::Bool(true));
    }
    schema
}

//! GraphQL: the schema of a vendor, and what it says about a document that a caller sends.

mod introspection;
mod operation;
mod types;

pub(crate) use introspection::sdl as introspection;

use apollo_compiler::Schema;
use apollo_compiler::validation::Valid;
use serde_json::Value;

/// The schema of a vendor.
#[derive(Debug)]
pub struct GraphQl {
    /// The schema as it was read.
    pub schema: Valid<Schema>,
    /// Errors in the schema itself; `None` if there are none. Vendors publish such schemas, and
    /// documents can be compared with the valid parts.
    pub defects: Option<String>,
    /// The types as JSON Schema, each at `/types/<name>`.
    pub root: Value,
}

impl GraphQl {
    /// Reads a schema in the schema definition language.
    ///
    /// # Errors
    ///
    /// A text that says why the schema cannot be read.
    pub fn parse(name: &str, source: &str) -> Result<Self, String> {
        let (schema, defects) = match Schema::parse_and_validate(source, name) {
            Ok(schema) => (schema, None),
            Err(found) if found.partial.schema_definition.query.is_some() => {
                (Valid::assume_valid(found.partial), Some(found.errors.to_string()))
            }
            Err(found) => return Err(format!("this is no GraphQL schema:\n{}", found.errors)),
        };
        let root = types::root(&schema);
        Ok(Self { schema, defects, root })
    }
}

//! Finds out which kind of document a text is.

use serde_json::Value;

use super::document::{Api, Document};
use super::graphql::{self, GraphQl};
use super::refs::text;
use super::{discovery, openapi, swagger};

/// The document that a text is, whose name may help; or why it is none.
pub(crate) fn document(name: &str, source: &str) -> Result<Document, String> {
    if is_sdl(name, source) {
        let api = Api::GraphQl(Box::new(GraphQl::parse(name, source)?));
        return Ok(Document { name: name.to_owned(), version: String::new(), api });
    }
    let root = value(source)?;
    let is = |key: &str| root.get(key).is_some();
    let version = match root.pointer("/info/version") {
        Some(Value::String(version)) => version.clone(),
        Some(version) => version.to_string(),
        None => text(&root, "version"),
    };
    let api = if is("openapi") {
        Api::Rest(openapi::rest(root))
    } else if is("swagger") {
        Api::Rest(swagger::rest(root))
    } else if is("discoveryVersion") || is("rootUrl") {
        Api::Rest(discovery::rest(root))
    } else if let Some(schema) = graphql::introspection(&root) {
        Api::GraphQl(Box::new(GraphQl::parse(name, &schema)?))
    } else {
        return Err(
            "this is no document that is understood; expected OpenAPI 3, Swagger 2, a discovery \
                    document, or a GraphQL schema as SDL or as the result of introspection"
                .to_owned(),
        );
    };
    if let Api::Rest(rest) = &api
        && rest.operations.is_empty()
    {
        return Err("the document describes no operations".to_owned());
    }
    Ok(Document { name: name.to_owned(), version, api })
}

fn is_sdl(name: &str, source: &str) -> bool {
    let name = name.trim_end_matches(".gz");
    let has_ending = [".graphql", ".graphqls", ".gql"].iter().any(|ending| name.ends_with(ending));
    let starts = |line: &str| line.starts_with("type ") || line.starts_with("schema ");
    has_ending || !source.trim_start().starts_with(['{', '[']) && source.lines().any(starts)
}

/// The value of a text in JSON or YAML.
fn value(source: &str) -> Result<Value, String> {
    if source.trim_start().starts_with('{')
        && let Ok(value) = serde_json::from_str(source)
    {
        return Ok(value);
    }
    airbyte_agent_spec::read(source).map_err(|problems| {
        let first = problems.first().map(ToString::to_string).unwrap_or_default();
        format!("neither JSON nor YAML that can be read: {first}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_recognised_and_others_are_refused() {
        let rest = |source: &str| match document("a", source).unwrap().api {
            Api::Rest(rest) => {
                let operation = &rest.operations[0];
                let base = operation.bases.first().cloned().unwrap_or_default();
                format!("{} {base}{}", operation.method, operation.path)
            }
            Api::GraphQl(_) => "graphql".to_owned(),
        };
        let openapi =
            "openapi: 3.0.0\nservers: [{url: 'https://a.test/v1'}]\npaths: {/a: {get: {}}}";
        assert_eq!(rest(openapi), "GET /v1/a");
        let swagger = r#"{"swagger": "2.0", "basePath": "/api", "paths": {"/a": {"post": {}}}}"#;
        assert_eq!(rest(swagger), "POST /api/a");
        let discovery = r#"{"discoveryVersion": "v1", "basePath": "/drive/v3/", "resources": {"files":
            {"methods": {"get": {"httpMethod": "GET", "path": "files/{+fileId}"}}}}}"#;
        assert_eq!(rest(discovery), "GET /drive/v3/files/{fileId}");
        assert_eq!(rest("type Query { a: Int }"), "graphql");
        let introspection = r#"{"data": {"__schema": {"queryType": {"name": "Query"}, "types": [
            {"kind": "OBJECT", "name": "Query", "fields": [
                {"name": "a", "args": [], "type": {"kind": "SCALAR", "name": "Int"}}]}]}}}"#;
        assert_eq!(rest(introspection), "graphql");
        for source in ["{}", "a: b", "[", "openapi: 3.0.0\npaths: {}", "type Query {"] {
            assert!(document("a", source).is_err(), "{source}");
        }
    }
}

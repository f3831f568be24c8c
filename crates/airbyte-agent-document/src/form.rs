//! Finds out which kind of document a text is, and reads it.

use std::borrow::Cow;
use std::path::Path;

use airbyte_agent_yaml::{Problem, read_leniently};
use serde_json::Value;

use crate::about::Warning;
use crate::bundle::bundle;
use crate::document::{Api, Document};
#[cfg(feature = "graphql")]
use crate::graphql::{self, GraphQl};
use crate::mend::mend;
use crate::model::Rest;
use crate::notes::Notes;
use crate::refs::{members, text};
use crate::{check, discovery, objects, openapi, swagger};

/// The name of a file, and why it is not a document.
pub(crate) type Failure = (String, String);

/// The documents in the texts of a file, each with its name, which may help to recognise them; or
/// the first text that is not a document.
pub(crate) fn documents(
    file: &str,
    texts: Vec<(String, Cow<'_, str>)>,
    folder: Option<&Path>,
) -> Result<Vec<Document>, Failure> {
    let mut documents = Vec::new();
    let mut parts = Vec::new();
    // The files of an archive are not in a folder.
    let folder = folder.filter(|_| texts.len() == 1);
    for (name, source) in texts {
        match one(&name, &source, folder).map_err(|reason| (name.clone(), reason))? {
            Reading::Document(api, version, warnings) => {
                let file = file.to_owned();
                documents.push(Document { file, name, version, api, warnings });
            }
            Reading::Part(value) => parts.push((stem(&name).to_owned(), value)),
        }
    }
    if !parts.is_empty() {
        documents.push(Document {
            file: file.to_owned(),
            name: file.to_owned(),
            version: String::new(),
            api: Api::Rest(objects::rest(&parts)),
            warnings: Vec::new(),
        });
    }
    for document in &documents {
        if let Api::Rest(rest) = &document.api
            && rest.operations.is_empty()
        {
            let reason = "the document describes no operations: its paths have no methods; look for a newer or larger document of the vendor".to_owned();
            return Err((document.name.clone(), reason));
        }
    }
    Ok(documents)
}

/// The name of a file without folders and extension.
fn stem(name: &str) -> &str {
    let name = name.rsplit(['/', ':']).next().unwrap_or_default();
    name.split('.').next().unwrap_or_default()
}

#[allow(
    clippy::large_enum_variant,
    reason = "there are few documents, and each is much larger than this"
)]
enum Reading {
    /// A document, with the version that it states and the warnings about it.
    Document(Api, String, Vec<Warning>),
    /// One of several files that together form a document.
    Part(Value),
}

fn one(name: &str, source: &str, folder: Option<&Path>) -> Result<Reading, String> {
    #[cfg(feature = "graphql")]
    if is_sdl(name, source) {
        let api = Api::GraphQl(Box::new(GraphQl::parse(name, source)?));
        return Ok(Reading::Document(api, String::new(), Vec::new()));
    }
    let (root, mut warnings) = value(name, source)?;
    let is = |key: &str| root.get(key).is_some();
    let version = match root.pointer("/info/version") {
        Some(Value::String(version)) => version.clone(),
        Some(version) => version.to_string(),
        None => text(&root, "version"),
    };
    #[cfg(feature = "graphql")]
    if let Some(schema) = graphql::introspection(&root) {
        let api = Api::GraphQl(Box::new(GraphQl::parse(name, &schema)?));
        return Ok(Reading::Document(api, version, warnings));
    }
    let api = if is("openapi") || is("swagger") {
        let (rest, notes) = whole(root, name, source, folder)?;
        warnings.extend(notes);
        Api::Rest(rest)
    } else if is("discoveryVersion") {
        Api::Rest(discovery::rest(root))
    } else if objects::is_part(&root) {
        return Ok(Reading::Part(root));
    } else {
        return Err("this is no document that is understood; expected OpenAPI 3, Swagger 2, a discovery \
                    document, descriptions of objects and their edges, or a GraphQL schema as SDL or as the \
                    result of introspection"
            .to_owned());
    };
    Ok(Reading::Document(api, version, warnings))
}

/// The operations of a document of `OpenAPI` or Swagger, with the files to which it refers, and the
/// warnings about it.
fn whole(
    mut root: Value,
    name: &str,
    source: &str,
    folder: Option<&Path>,
) -> Result<(Rest, Vec<Warning>), String> {
    let form = match (text(&root, "openapi"), text(&root, "swagger")) {
        (version, _) if version.starts_with('3') => openapi::rest,
        (_, version) if version.starts_with('2') => swagger::rest,
        (openapi, swagger) => {
            let version = if openapi.is_empty() { swagger } else { openapi };
            return Err(format!(
                "the version `{version}` is not understood; expected OpenAPI 3.0 or 3.1, or Swagger 2.0"
            ));
        }
    };
    let mut notes = Notes::default();
    let texts = bundle(&mut root, name, folder, &mut notes);
    mend(&mut root, "", &mut notes);
    check::check(&mut root, &mut notes);
    if members(&root, "paths").next().is_none() {
        return Err(empty(&root));
    }
    let mut rest = form(root);
    check::path_parameters(&mut rest, &mut notes);
    Ok((rest, notes.warnings((name, source), &texts)))
}

/// The reason why a document without paths cannot be used.
fn empty(root: &Value) -> String {
    if members(root, "webhooks").next().is_some() || members(root, "x-webhooks").next().is_some() {
        "the document describes only webhooks, which the vendor sends, and no operations that can be called; look \
         for the vendor's document of the API itself"
            .to_owned()
    } else {
        "the document describes no operations: `paths` is empty; look for a newer or larger document of the \
         vendor"
            .to_owned()
    }
}

#[cfg(feature = "graphql")]
fn is_sdl(name: &str, source: &str) -> bool {
    let name = name.trim_end_matches(".gz");
    let has_ending = [".graphql", ".graphqls", ".gql"].iter().any(|ending| name.ends_with(ending));
    let starts = |line: &str| line.starts_with("type ") || line.starts_with("schema ");
    has_ending || !source.trim_start().starts_with(['{', '[']) && source.lines().any(starts)
}

/// The value of a text in JSON or YAML, and the warnings about the text.
fn value(name: &str, source: &str) -> Result<(Value, Vec<Warning>), String> {
    let warning = |problem: Problem| Warning {
        file: name.to_owned(),
        line: problem.line,
        column: problem.column,
        path: problem.path,
        message: problem.message,
    };
    match read_leniently(source, "a document that describes an API") {
        Ok(document) => Ok((document.root, document.warnings.into_iter().map(warning).collect())),
        Err(problems) => {
            let first = problems.first().map(ToString::to_string).unwrap_or_default();
            Err(format!("neither JSON nor YAML that can be read: {first}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_recognised_and_others_are_refused() {
        let read = |source: &str| documents("a", vec![("a".to_owned(), source.into())], None);
        let rest = |source: &str| match &read(source).unwrap()[0].api {
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
        let objects =
            r#"{"apis": [{"method": "GET", "endpoint": "ads", "params": []}], "fields": []}"#;
        assert_eq!(rest(objects), "GET /{id}/ads");
        for source in ["{}", "a: b", "[", "openapi: 3.0.0\npaths: {}", "type User { a: Int }"] {
            assert!(read(source).is_err(), "{source}");
        }
    }
}

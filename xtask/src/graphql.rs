//! Compares the GraphQL documents of a connector with the schema that its vendor publishes.

use std::fs;
use std::path::Path;

use airbyte_agent_description::{Body, GraphQl, Operation, VariableValue};
use airbyte_agent_spec::Spec;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};

use crate::specs;
use crate::vendor::{self, Api};

/// What was found in the documents of a connector.
#[derive(Debug)]
pub struct Report {
    /// The name of the connector.
    pub slug: String,
    /// The number of documents that were checked.
    pub checked: usize,
    /// What is wrong with the schema itself. Vendors publish such schemas, and documents can be compared with
    /// the rest of them.
    pub defects: Option<String>,
    /// What is wrong with the documents; each text names the operation.
    pub problems: Vec<String>,
}

/// Checks the documents of the connector that `setting`, `SLUG=FILE`, names against the schema in
/// the file: the selection made by default, and the variables that are filled in.
///
/// # Errors
///
/// When spec or schema cannot be read or used, or the connector has no GraphQL operation.
pub fn check(root: &Path, setting: &str) -> Result<Report, String> {
    let (slug, file) = setting
        .split_once('=')
        .ok_or_else(|| format!("--graphql-schema {setting}: expected SLUG=FILE"))?;
    specs::slugs(root, &[slug.to_owned()]).map_err(|error| error.to_string())?;
    let path = specs::path(root, slug);
    let spec = fs::read_to_string(&path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let list = |problems: Vec<airbyte_agent_spec::Problem>| {
        let lines: Vec<String> = problems.iter().map(|p| format!("{slug}:{p}")).collect();
        lines.join("\n")
    };
    let connector = Spec::parse(&spec).and_then(|spec| spec.lower()).map_err(list)?;
    let documents = vendor::read(Path::new(file)).map_err(|error| error.to_string())?;
    let schema = documents.iter().find_map(|document| match &document.api {
        Api::GraphQl(schema) => Some(schema),
        Api::Rest(_) => None,
    });
    let schema = schema.ok_or_else(|| format!("{file} is no GraphQL schema"))?;
    let defects = schema.defects.clone();
    let mut report = Report { slug: slug.to_owned(), checked: 0, defects, problems: Vec::new() };
    for operation in connector.operations() {
        let Body::GraphQl(graphql) = &operation.body else { continue };
        report.checked += 1;
        if let Err(problem) = one(&schema.schema, operation, graphql) {
            report.problems.push(format!("{slug}: {}: {problem}", operation.place()));
        }
    }
    if report.checked == 0 {
        return Err(format!("{slug} has no GraphQL operation"));
    }
    Ok(report)
}

fn one(schema: &Valid<Schema>, operation: &Operation, graphql: &GraphQl) -> Result<(), String> {
    let text = graphql.document(None).ok_or("there is no default selection of fields")?;
    let document = ExecutableDocument::parse_and_validate(schema, text, operation.place())
        .map_err(|found| found.errors.to_string())?;
    let name = graphql.operation_name.as_deref();
    let declared =
        document.operations.get(name).map_err(|_| "it is not clear which operation is meant")?;
    for variable in &declared.variables {
        let given = graphql.variables.iter().find(|given| given.name == variable.name.as_str());
        let needed = variable.ty.is_non_null() && variable.default_value.is_none();
        let Some(given) = given else {
            if needed {
                return Err(format!("`${}` is needed and never filled in", variable.name));
            }
            continue;
        };
        if let VariableValue::Parameter(parameter) = &given.value
            && let Some(parameter) = operation.parameter(parameter)
            && needed
            && !parameter.required
            && parameter.default.is_none()
        {
            return Err(format!(
                "`${}` is needed, but the parameter `{}` is optional",
                variable.name, parameter.name
            ));
        }
    }
    for given in graphql.variables.iter() {
        if !declared.variables.iter().any(|variable| given.name == variable.name.as_str()) {
            return Err(format!("`${}` is filled in and not declared", given.name));
        }
    }
    Ok(())
}

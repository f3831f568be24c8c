//! Which fields, arguments and types of a request the description knows.
//!
//! A GraphQL server refuses what its schema does not have. The sandbox has no such schema: it knows what the
//! document of the operation selects and what the schema of its records names, and says so.

use airbyte_agent_description::{FieldPath, JsonPath, Step, closest, field_path};
use serde_json::Value;

use super::document::{Document, Operation, Selection, Shape, Type};

/// Why something is refused that the vendor may have.
const LIMIT: &str = "(The sandbox knows what the connector's description names, and nothing else.)";
/// Types that every server has.
const BUILT_IN: [&str; 5] = ["Int", "Float", "String", "Boolean", "ID"];

/// What a description knows of the response to an operation.
pub(crate) struct Known<'k> {
    /// The document of the description, with its default fields.
    pub(crate) declared: &'k Document,
    /// The place of the records in the response.
    pub(crate) records: Option<&'k JsonPath>,
    /// The JSON Schema of a record.
    pub(crate) schema: Option<&'k Value>,
}

/// Fields that are selected at one place: those of the request, and those that the description has there.
#[derive(Clone, Copy)]
struct Level<'l> {
    sent: &'l [Selection],
    path: &'l [&'l str],
}

impl Known<'_> {
    /// Adds what is not known of an operation of a request, in the words that GraphQL servers use.
    pub(crate) fn check(&self, document: &Document, sent: &Operation, problems: &mut Vec<String>) {
        let declared = self.declared.selection_of(None);
        let before = problems.len();
        self.check_types(sent, problems);
        let level = Level { sent: &sent.selection, path: &[] };
        self.check_level(document, level, &[declared], problems, 0);
        if problems.len() > before
            && let Some(last) = problems.last_mut()
        {
            last.push(' ');
            last.push_str(LIMIT);
        }
    }

    fn check_types(&self, sent: &Operation, problems: &mut Vec<String>) {
        let declared = self.declared.operation(None);
        let known: Vec<&str> = declared
            .iter()
            .flat_map(|declared| {
                declared.variables.iter().map(|variable| type_name(&variable.kind))
            })
            .chain(BUILT_IN)
            .collect();
        for variable in &sent.variables {
            let name = type_name(&variable.kind);
            if !known.contains(&name) {
                problems.push(format!("Unknown type \"{name}\".{}", meant(name, &known)));
            }
        }
    }

    /// Checks the fields of one place. `declared` are the selections that the description has there.
    fn check_level(
        &self,
        document: &Document,
        level: Level<'_>,
        declared: &[&[Selection]],
        problems: &mut Vec<String>,
        depth: usize,
    ) {
        if depth > 64 {
            return;
        }
        let known: Vec<&Selection> =
            declared.iter().flat_map(|selection| self.declared.flat(selection)).collect();
        for field in document.flat(level.sent) {
            let Selection::Field { key, name, selection, arguments } = field else { continue };
            if name == "__typename" {
                continue;
            }
            let own: Vec<&Selection> = known
                .iter()
                .copied()
                .filter(
                    |known| matches!(known, Selection::Field { name: known, .. } if known == name),
                )
                .collect();
            // Places are named as in the response, where an alias stands for the name.
            let by_name = [level.path, &[name.as_str()]].concat();
            let by_key = [level.path, &[key.as_str()]].concat();
            let is_named = self.in_schema(&by_name);
            if own.is_empty() && !is_named && !self.in_schema(&by_key) {
                problems.push(self.no_field(name, level.path, &known));
                continue;
            }
            let path = if is_named { by_name } else { by_key };
            // What only the schema of records names may take any arguments.
            Self::check_arguments(name, arguments, &own, problems);
            let below: Vec<&[Selection]> = own
                .iter()
                .filter_map(|own| match own {
                    Selection::Field { selection, .. } => Some(selection.as_slice()),
                    _ => None,
                })
                .collect();
            self.check_level(
                document,
                Level { sent: selection, path: &path },
                &below,
                problems,
                depth + 1,
            );
        }
    }

    fn check_arguments(
        field: &str,
        sent: &[String],
        declared: &[&Selection],
        problems: &mut Vec<String>,
    ) {
        let known: Vec<&str> = declared
            .iter()
            .flat_map(|field| match field {
                Selection::Field { arguments, .. } => arguments.as_slice(),
                _ => &[],
            })
            .map(String::as_str)
            .collect();
        // Of a field that the description selects without arguments, none are known.
        if known.is_empty() {
            return;
        }
        for argument in sent.iter().filter(|argument| !known.contains(&argument.as_str())) {
            problems.push(format!(
                "Unknown argument \"{argument}\" on field \"{field}\".{}",
                meant(argument, &known)
            ));
        }
    }

    fn no_field(&self, name: &str, path: &[&str], known: &[&Selection]) -> String {
        let mut names: Vec<&str> = known
            .iter()
            .filter_map(|known| match known {
                Selection::Field { name, .. } => Some(name.as_str()),
                _ => None,
            })
            .collect();
        let below = self.below_record(path);
        let properties = below.and_then(|below| properties_at(self.schema?, below));
        names.extend(properties.into_iter().flat_map(serde_json::Map::keys).map(String::as_str));
        let place =
            if path.is_empty() { "the root".to_owned() } else { format!("\"{}\"", path.join(".")) };
        format!("Cannot query field \"{name}\" on {place}.{}", meant(name, &names))
    }

    /// The part of a path that lies inside a record; `None` outside of records.
    fn below_record<'p, 'n>(&self, path: &'p [&'n str]) -> Option<&'p [&'n str]> {
        let place: Vec<&str> = self
            .records?
            .steps
            .iter()
            .filter_map(|step| match step {
                Step::Key(key) => Some(key.as_ref()),
                _ => None,
            })
            .collect();
        // The place begins at the body of the response, the path at its `data`.
        let place = place.strip_prefix(&["data"]).unwrap_or(&place);
        path.get(..place.len()).filter(|start| *start == place)?;
        path.get(place.len()..)
    }

    /// Whether the schema of records names the field at this path, or leaves open what is there.
    fn in_schema(&self, path: &[&str]) -> bool {
        match (self.schema, self.below_record(path)) {
            (Some(schema), Some(below)) if !below.is_empty() => {
                field_path(schema, &below.join(".")) != FieldPath::Missing
            }
            _ => false,
        }
    }
}

/// The properties of the object at a path in a schema.
fn properties_at<'s>(
    schema: &'s Value,
    path: &[&str],
) -> Option<&'s serde_json::Map<String, Value>> {
    let mut schema = schema;
    for step in path {
        schema = schema.get("items").unwrap_or(schema).get("properties")?.get(step)?;
    }
    schema.get("items").unwrap_or(schema).get("properties")?.as_object()
}

/// The name of a type, without what makes a list of it.
fn type_name(kind: &Type) -> &str {
    match &kind.shape {
        Shape::Named(name) => name,
        Shape::List(item) => type_name(item),
    }
}

/// The end of a message about a name that does not exist.
fn meant(name: &str, known: &[&str]) -> String {
    match closest(name, known.iter().copied()).first() {
        Some(near) => format!(" Did you mean \"{near}\"?"),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_the_description_does_not_name_is_refused() {
        let declared = Document::parse(
            "query ($first: Int, $filter: IssueFilter) { issues(first: $first, filter: $filter) {
                nodes { id state { name } ... on Bug { severity } } pageInfo { endCursor } } }",
        )
        .unwrap();
        let schema = json!({"type": "object", "properties": {
            "id": {"type": "string"}, "title": {"type": "string"},
            "labels": {"type": "object", "properties": {"nodes": {"type": "array", "items": {
                "properties": {"name": {"type": "string"}}}}}},
            "extra": {"type": "object"},
        }});
        let records = JsonPath::parse("$.data.issues.nodes").unwrap();
        let known = Known { declared: &declared, records: Some(&records), schema: Some(&schema) };
        for (source, expected) in [
            ("{ issues { nodes { id title } } }", &[][..]),
            ("{ issues { nodes { state { name __typename } severity } } }", &[]),
            ("{ issues { nodes { labels(first: 3) { nodes { name } } } } }", &[]),
            ("{ issues { nodes { extra { anything } } } }", &[]),
            ("{ issues { nodes { heading: title } } }", &[]),
            (
                "{ issues { nodes { ...F } } } fragment F on Issue { titel }",
                &["\"titel\" on \"issues.nodes\". Did you mean \"title\"?"],
            ),
            ("{ issues { nodes { state { nam } } } }", &["Did you mean \"name\"?"]),
            ("{ issues { nodes { labels { nodes { color } } } } }", &["\"color\""]),
            (
                "{ issues(frist: 3) { nodes { id } } }",
                &["Unknown argument \"frist\" on field \"issues\". Did you mean \"first\"?"],
            ),
            (
                "query ($f: IssueFilters) { issues(filter: $f) { nodes { id } } }",
                &["Unknown type \"IssueFilters\". Did you mean \"IssueFilter\"?"],
            ),
            ("{ issues { node { id } total } }", &["\"node\"", "\"total\""]),
        ] {
            let sent = Document::parse(source).unwrap();
            let mut problems = Vec::new();
            known.check(&sent, sent.operation(None).unwrap(), &mut problems);
            assert_eq!(problems.len(), expected.len(), "{source}: {problems:?}");
            for (problem, expected) in problems.iter().zip(expected) {
                assert!(problem.contains(expected), "{source}: {problem}");
            }
            assert_eq!(
                problems.last().is_some_and(|last| last.ends_with(LIMIT)),
                !expected.is_empty()
            );
        }
    }
}

//! Makes a spec of our dialect from a document and what was decided about it.

mod auth;
mod body;
mod info;
mod names;
mod operation;
mod paging;
mod parameters;
mod response;
mod schemas;
mod texts;

use std::collections::{BTreeMap, HashMap, HashSet};

use airbyte_agent_description::Action;
use airbyte_agent_document::{Operation, Rest, Tag};
use serde_json::{Map, Value, json};

pub use names::{Name, key};

use self::info::Origin;
use self::schemas::Schemas;
use self::texts::{SHORT, cut, sentence, snake, words};
use crate::decision::{DocumentDecision, OperationDecision};
use crate::shape::Shape;

/// The methods that the dialect has.
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "DELETE", "PATCH"];

/// A spec that was made of a document.
#[derive(Debug)]
pub struct Emitted {
    /// The spec, in the order in which it is written.
    pub spec: Value,
    /// The operations that the spec has, in the order of the document.
    pub operations: Vec<EmittedOperation>,
    /// What concerns the document as a whole and was not taken over, one sentence each.
    pub notes: Vec<String>,
}

/// An operation that the spec has.
#[derive(Debug, Clone)]
pub struct EmittedOperation {
    /// The method, in capitals.
    pub method: String,
    /// The path as the document writes it.
    pub path: String,
    /// The name in the document; empty if there is none.
    pub id: String,
    /// The name in the spec.
    pub name: Name,
    /// Each argument with its values, and whether it is required.
    pub arguments: Vec<(String, Shape)>,
    /// The members of a record, each with its values.
    pub fields: Vec<(String, Shape)>,
    /// What of the document was not taken over, and what was not decided.
    pub notes: Vec<String>,
}

/// Makes a spec with the name `slug` of the operations that are `wanted`. `locked` has the names of an earlier
/// import, by [`key`].
pub fn emit(
    document: &Rest,
    decided: &DocumentDecision,
    slug: &str,
    locked: &BTreeMap<String, Name>,
    wanted: &dyn Fn(&str, &str, &Name) -> bool,
) -> Emitted {
    let mut notes = Vec::new();
    let operations = usable(document, decided, &mut notes);
    let decisions: Vec<OperationDecision> = operations
        .iter()
        .map(|(operation, decision)| {
            let mut decision = (*decision).clone();
            if operation.method == "GET" && response::is_file(operation) {
                decision.action.value = crate::decision::Action::Download;
                decision.paging = None;
            }
            decision
        })
        .collect();
    // All operations get names, so that those of some do not depend on which are wanted.
    let mut names = names::assign(&decisions, locked);
    let is_wanted: Vec<bool> = operations
        .iter()
        .zip(&names)
        .map(|((operation, _), name)| wanted(&operation.method, &operation.path, name))
        .collect();
    let operations = only(operations, &is_wanted);
    let decisions = only(decisions, &is_wanted);
    names = only(names, &is_wanted);
    let described = |name: &str| {
        let scheme = document.schemes.iter().find(|scheme| scheme.name == name);
        scheme.map(|scheme| scheme.description.clone()).unwrap_or_default()
    };
    let auth = auth::schemes(&decided.auth, &described);
    notes.extend(auth.notes);
    let schemas = Schemas::new(&document.root, names.iter().map(|name| name.entity.clone()));
    let mut ids = HashSet::new();
    let mut paths: Map<String, Value> = Map::new();
    let mut emitted = Vec::new();
    let mut needs: Vec<(usize, Vec<parameters::Needed>)> = Vec::new();
    for (place, ((operation, _), decision)) in operations.iter().zip(&decisions).enumerate() {
        let Some(name) = names.get(place) else { continue };
        let id = unique(&operation.id, name, &mut ids);
        let made = operation::operation(operation, decision, name, &id, &auth.names, &schemas);
        needs.push((place, made.needed));
        let method = operation.method.to_lowercase();
        let mut path = made.path;
        // Paths that differ in the names of parameters alone are one path for the vendor and two for the document.
        while paths.get(&path).is_some_and(|item| item.get(&method).is_some()) {
            path.push('/');
        }
        if let Some(item) = paths.entry(path).or_insert_with(|| json!({})).as_object_mut() {
            item.insert(method, Value::Object(made.node));
        }
        emitted.push(EmittedOperation {
            method: operation.method.clone(),
            path: operation.path.clone(),
            id: operation.id.clone(),
            name: name.clone(),
            arguments: made.signature.arguments,
            fields: made.signature.fields,
            notes: made.notes,
        });
    }
    mark_for_check(&mut paths, &emitted, &needs);
    let origins = origins(&emitted, &decisions, &needs);
    let entities = entities(document, &operations, &names);
    let mut spec = Map::new();
    let mut put = |key: &str, value: Value| spec.insert(key.to_owned(), value);
    let paths = Value::Object(paths);
    let found = schemas::used(&paths, schemas.components());
    put("openapi", "3.1.0".into());
    put("info", info::info(document, decided, slug, &entities, &origins));
    put("servers", info::servers(&decided.servers, &mut notes));
    put("paths", paths);
    let mut components = Map::new();
    components.insert("securitySchemes".to_owned(), Value::Object(auth.schemes));
    if !found.is_empty() {
        components.insert("schemas".to_owned(), Value::Object(found));
    }
    put("components", Value::Object(components));
    Emitted { spec: Value::Object(spec), operations: emitted, notes }
}

fn only<T>(all: Vec<T>, wanted: &[bool]) -> Vec<T> {
    all.into_iter().zip(wanted).filter(|(_, wanted)| **wanted).map(|(one, _)| one).collect()
}

/// The operations that the dialect can have, each with what was decided about it.
fn usable<'a>(
    document: &'a Rest,
    decided: &'a DocumentDecision,
    notes: &mut Vec<String>,
) -> Vec<(&'a Operation, &'a OperationDecision)> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    let main = decided.servers.first().map(|server| host(&server.url));
    for (operation, decision) in document.operations.iter().zip(&decided.operations) {
        let name = key(&operation.method, &operation.path);
        if !METHODS.contains(&operation.method.as_str()) {
            continue;
        }
        if !seen.insert(name.clone()) {
            continue;
        }
        let elsewhere = operation.servers.iter().map(|server| host(&server.url));
        let elsewhere: Vec<String> = elsewhere.filter(|host| !host.is_empty()).collect();
        if let (Some(main), Some(other)) = (&main, elsewhere.first())
            && !main.is_empty()
            && !elsewhere.contains(main)
        {
            notes.push(format!("`{name}` is left out: it is at {other} and not at {main}."));
            continue;
        }
        found.push((operation, decision));
    }
    found
}

/// The host of an address; empty for an address without one.
fn host(url: &str) -> String {
    let rest = url.split_once("://").map(|(_, rest)| rest).unwrap_or_default();
    rest.split(['/', '?']).next().unwrap_or_default().to_lowercase()
}

fn unique(id: &str, name: &Name, taken: &mut HashSet<String>) -> String {
    let base =
        if id.is_empty() { format!("{}_{}", name.entity, name.action) } else { id.to_owned() };
    numbered(&base, taken)
}

/// The name, with a number behind it if it is taken.
fn numbered(name: &str, taken: &mut HashSet<String>) -> String {
    let mut candidate = name.to_owned();
    let mut number = 2;
    while !taken.insert(candidate.clone()) {
        candidate = format!("{name}_{number}");
        number += 1;
    }
    candidate
}

/// Marks the operation by which credentials are checked: one that only reads and needs no argument.
fn mark_for_check(
    paths: &mut Map<String, Value>,
    emitted: &[EmittedOperation],
    needs: &[(usize, Vec<parameters::Needed>)],
) {
    let needs_nothing =
        |place: usize| needs.get(place).is_some_and(|(_, needed)| needed.is_empty());
    let fits = |place: &usize| {
        let operation = &emitted[*place];
        operation.method == "GET"
            && needs_nothing(*place)
            && operation.name.action != Action::Download
    };
    let rank = |place: &usize| {
        let operation = &emitted[*place];
        (operation.name.action != Action::List, operation.path.matches('/').count(), *place)
    };
    let Some(place) = (0..emitted.len()).filter(fits).min_by_key(rank) else { return };
    let operation = &emitted[place];
    let node = paths
        .get_mut(&operation.path)
        .and_then(|item| item.get_mut("get"))
        .and_then(Value::as_object_mut);
    if let Some(node) = node {
        node.insert("x-airbyte-preferred-for-check".to_owned(), Value::Bool(true));
    }
}

/// Where the arguments that lists need come from.
fn origins(
    emitted: &[EmittedOperation],
    decisions: &[OperationDecision],
    needs: &[(usize, Vec<parameters::Needed>)],
) -> Vec<Origin> {
    // The entity and the key of records by the path that names one of them.
    let mut owners: HashMap<String, (String, String)> = HashMap::new();
    for (operation, decision) in emitted.iter().zip(decisions) {
        let key = decision.primary_key.as_ref().map_or("id", |key| key.value.as_str()).to_owned();
        let owner = (operation.name.entity.clone(), key);
        match operation.name.action {
            Action::Get => {
                owners.insert(generic(&operation.path), owner);
            }
            Action::List => {
                owners.entry(format!("{}/{{}}", generic(&operation.path))).or_insert(owner);
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    let mut known: HashSet<(String, String)> = HashSet::new();
    for (place, needed) in needs {
        let operation = &emitted[*place];
        for need in needed {
            let is_list = operation.name.action == Action::List;
            if !is_list && need.place != airbyte_agent_document::Place::Header {
                continue;
            }
            let prefix = operation.path.find(&format!("{{{}}}", need.name));
            let prefix = prefix.map(|at| generic(&operation.path[..at + need.name.len() + 2]));
            let parent = prefix
                .and_then(|prefix| owners.get(&prefix))
                .filter(|(entity, _)| *entity != operation.name.entity);
            let origin = Origin {
                entity: operation.name.entity.clone(),
                argument: need.name.clone(),
                parent: parent.cloned(),
            };
            if known.insert((origin.entity.clone(), origin.argument.clone())) {
                found.push(origin);
            }
        }
    }
    found
}

/// A path without the names of its parameters.
fn generic(path: &str) -> String {
    let pieces = path.trim_end_matches('/').split('/');
    let pieces: Vec<&str> =
        pieces.map(|piece| if piece.starts_with('{') { "{}" } else { piece }).collect();
    pieces.join("/")
}

/// One sentence for every entity: the vendor's text about the group of operations of that name, or the path.
fn entities(
    document: &Rest,
    operations: &[(&Operation, &OperationDecision)],
    names: &[Name],
) -> BTreeMap<String, String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    // The first tag of each name counts.
    let tags: HashMap<String, &Tag> =
        document.tags.iter().rev().map(|tag| (snake(&tag.name), tag)).collect();
    for ((operation, _), name) in operations.iter().zip(names) {
        if found.contains_key(&name.entity) {
            continue;
        }
        let text =
            tags.get(&name.entity).map(|tag| cut(&tag.description, SHORT)).unwrap_or_default();
        let text = if text.is_empty() {
            format!(
                "{} at the path `{}`.",
                sentence(&words(&name.entity)).trim_end_matches('.'),
                operation.path
            )
        } else {
            sentence(&text)
        };
        found.insert(name.entity.clone(), text);
    }
    found
}

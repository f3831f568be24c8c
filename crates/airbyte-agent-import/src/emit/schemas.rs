//! The schemas that a spec has: those of the document that are used, without what the dialect does not read.

mod clean;
mod members;
mod walk;

pub(crate) use clean::{is_short, refuses};
pub(crate) use members::{Members, choices, types};
pub(crate) use walk::Walk;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use airbyte_agent_document::Definitions;
use serde_json::{Map, Value};

/// What every reference begins with.
const PREFIX: &str = "#/components/schemas/";

/// What a schema is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Purpose {
    /// Arguments: without members that only the vendor sets, and with a description of every member.
    Request,
    /// Records.
    Response,
}

/// Gives the schemas of a document in the form of the dialect, and collects those that they refer to.
pub(crate) struct Schemas<'a> {
    definitions: Definitions<'a>,
    /// Names that no component may have, in small letters.
    reserved: HashSet<String>,
    /// The components by the definition and what it is for.
    wanted: RefCell<BTreeSet<(String, Purpose)>>,
    names: RefCell<HashMap<(String, bool), String>>,
    taken: RefCell<HashSet<String>>,
    /// Whether a definition, or one that it refers to, has members that only the vendor sets.
    with_read_only: RefCell<HashMap<String, bool>>,
}

impl<'a> Schemas<'a> {
    /// Looks up references in `root`. A component that has the name of an entity would be taken for its record, so
    /// that none gets such a name.
    pub(crate) fn new(root: &'a Value, entities: impl IntoIterator<Item = String>) -> Self {
        Self {
            definitions: Definitions::new(root),
            reserved: entities.into_iter().map(|entity| entity.to_lowercase()).collect(),
            wanted: RefCell::default(),
            names: RefCell::default(),
            taken: RefCell::default(),
            with_read_only: RefCell::default(),
        }
    }

    /// A schema of the document in the form of the dialect.
    pub(crate) fn schema(&self, given: &Value, purpose: Purpose) -> Value {
        self.clean(&self.definitions.schema(given), purpose)
    }

    /// The definitions that the schemas given so far refer to, sorted by their names.
    pub(crate) fn components(self) -> Map<String, Value> {
        let mut done: BTreeSet<(String, Purpose)> = BTreeSet::new();
        let mut found: BTreeMap<String, Value> = BTreeMap::new();
        loop {
            let open: Vec<_> = self.wanted.borrow().difference(&done).cloned().collect();
            if open.is_empty() {
                break;
            }
            for (definition, purpose) in open {
                let name = self.component(&definition, purpose);
                let schema = self.definitions.get(&definition).unwrap_or_default();
                let schema = self.clean(&schema, purpose);
                // A schema for arguments is used for records as well.
                if purpose == Purpose::Request || !found.contains_key(&name) {
                    found.insert(name, schema);
                }
                done.insert((definition, purpose));
            }
        }
        found.into_iter().collect()
    }

    /// The name of the component for a definition, which is wanted from now on.
    fn component(&self, definition: &str, purpose: Purpose) -> String {
        let is_own = purpose == Purpose::Request && self.has_read_only(definition);
        self.wanted.borrow_mut().insert((definition.to_owned(), purpose));
        let known = (definition.to_owned(), is_own);
        if let Some(name) = self.names.borrow().get(&known) {
            return name.clone();
        }
        let base = if is_own { format!("{definition}_input") } else { definition.to_owned() };
        let mut taken = self.taken.borrow_mut();
        let mut name = base.clone();
        let mut number = 1;
        while self.reserved.contains(&name.to_lowercase()) || !taken.insert(name.clone()) {
            number += 1;
            name = if number == 2 { format!("{base}_object") } else { format!("{base}_{number}") };
        }
        self.names.borrow_mut().insert(known, name.clone());
        name
    }

    /// Whether a definition, or one that it refers to, has members that only the vendor sets.
    fn has_read_only(&self, definition: &str) -> bool {
        if let Some(known) = self.with_read_only.borrow().get(definition) {
            return *known;
        }
        let mut users: HashMap<String, Vec<String>> = HashMap::new();
        let mut reached: HashSet<String> = HashSet::from([definition.to_owned()]);
        let mut marked: Vec<String> = Vec::new();
        let mut open = vec![definition.to_owned()];
        while let Some(name) = open.pop() {
            if let Some(known) = self.with_read_only.borrow().get(&name) {
                if *known {
                    marked.push(name);
                }
                continue;
            }
            let schema = self.definitions.get(&name).unwrap_or_default();
            let mut references = Vec::new();
            if scan(&schema, &mut references) {
                marked.push(name.clone());
            }
            for reference in references {
                users.entry(reference.clone()).or_default().push(name.clone());
                if reached.insert(reference.clone()) {
                    open.push(reference);
                }
            }
        }
        let mut with: HashSet<String> = marked.iter().cloned().collect();
        while let Some(name) = marked.pop() {
            for user in users.get(&name).into_iter().flatten() {
                if with.insert(user.clone()) {
                    marked.push(user.clone());
                }
            }
        }
        let mut known = self.with_read_only.borrow_mut();
        for name in reached {
            let has = with.contains(&name);
            known.insert(name, has);
        }
        known.get(definition).copied().unwrap_or_default()
    }
}

/// The components that `paths` refer to, and those that these refer to: what was left out of a schema may have been all
/// that referred to another.
pub(crate) fn used(paths: &Value, mut components: Map<String, Value>) -> Map<String, Value> {
    let mut open = Vec::new();
    scan(paths, &mut open);
    let mut found = HashSet::new();
    while let Some(name) = open.pop() {
        if let Some(component) = components.get(&name)
            && found.insert(name)
        {
            scan(component, &mut open);
        }
    }
    components.retain(|name, _| found.contains(name));
    components
}

/// The definition that a reference of [`Definitions`] names.
fn target(schema: &Map<String, Value>) -> Option<&str> {
    schema.get("$ref").and_then(Value::as_str)?.strip_prefix(PREFIX)
}

/// Collects the references in a schema; true if it has a member that only the vendor sets.
fn scan(schema: &Value, references: &mut Vec<String>) -> bool {
    match schema {
        Value::Object(members) => {
            references.extend(target(members).map(str::to_owned));
            let mut found = members.get("readOnly") == Some(&Value::Bool(true));
            for (key, value) in members {
                if !matches!(key.as_str(), "example" | "examples" | "default" | "enum") {
                    found |= scan(value, references);
                }
            }
            found
        }
        Value::Array(items) => {
            items.iter().fold(false, |found, item| scan(item, references) | found)
        }
        _ => false,
    }
}

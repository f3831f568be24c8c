//! What a table is to hold: the columns that the schema of a record gives.

use std::collections::HashSet;

use airbyte_agent_description::{Action, Connector, Entity};
use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::value::ColumnKind;

/// Most columns of a table. Further members of records are only in `_record`.
pub const MOST_COLUMNS: usize = 900;

/// What a table is to hold.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct TableSpec {
    /// Slug of the connector.
    pub connector: String,
    /// Name of the entity.
    pub entity: String,
    /// What one record is.
    pub description: String,
    /// The fields that identify a record within an account, nested ones with dots. If there are none, records
    /// are known by their place in a complete pass.
    pub key: Vec<String>,
    /// JSON Schema of one record, with references resolved; `None` for records of which nothing is known.
    pub schema: Option<Value>,
    /// Fields that get an index, such as those that refer to other tables.
    pub indexed: Vec<String>,
    /// Fields that are left out of the store, nested ones with dots.
    pub left_out: Vec<String>,
    /// Members inside objects that have a column of their own, in addition to being in that of the object.
    pub lifted: Vec<Lifted>,
}

/// A member inside an object that has a column of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lifted {
    /// Name of the column. There is none if the records have a field of this name.
    pub name: String,
    /// The names that lead to the member, from the outside inwards.
    pub path: Vec<String>,
    /// The type of its values.
    pub kind: ColumnKind,
    /// What it means.
    pub description: String,
}

impl TableSpec {
    /// A table for the records of an entity, without a key.
    pub fn new(connector: impl Into<String>, entity: impl Into<String>) -> Self {
        Self { connector: connector.into(), entity: entity.into(), ..Self::default() }
    }

    /// The table for an entity of a connector: columns, descriptions, and an index for each field that refers
    /// to another entity and for `status` and `state`. The schema is that of the records of `list`, of `search`, of `get`, or of the entity,
    /// whichever comes first.
    ///
    /// # Errors
    ///
    /// [`Error::Table`] if the connector has no such entity.
    pub fn of(connector: &Connector, entity: &str, key: &[&str]) -> Result<Self> {
        let known = connector.entity(entity).ok_or_else(|| {
            let names: Vec<&str> = connector.entities.iter().map(|e| e.name.as_ref()).collect();
            let near = airbyte_agent_description::suggestion(entity, &names);
            Error::Table {
                table: format!("{}.{entity}", connector.name),
                why: format!("the connector has no such entity{near}"),
            }
        })?;
        let references = connector.relationships.iter().filter(|known| known.source == entity);
        let references = references.map(|known| known.foreign_key.clone().into_owned());
        // Nearly every query about things that have a state asks for one of them.
        let states = ["status", "state"].into_iter().map(str::to_owned);
        Ok(Self {
            description: known.description.clone().into_owned(),
            key: key.iter().map(|&field| field.to_owned()).collect(),
            schema: with_store_fields(record_schema(known), known),
            indexed: references.chain(states).collect(),
            ..Self::new(connector.name.as_ref(), entity)
        })
    }

    /// The same table with the fields that identify a record.
    #[must_use]
    pub fn key(mut self, fields: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.key = fields.into_iter().map(Into::into).collect();
        self
    }

    /// The same table with the JSON Schema of one record.
    #[must_use]
    pub fn schema(mut self, schema: Value) -> Self {
        self.schema = Some(schema);
        self
    }

    /// The same table with an index for each of these fields.
    #[must_use]
    pub fn indexed(mut self, fields: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.indexed = fields.into_iter().map(Into::into).collect();
        self
    }

    /// The same table without these fields, nested ones with dots.
    #[must_use]
    pub fn left_out(mut self, fields: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.left_out = fields.into_iter().map(Into::into).collect();
        self
    }

    /// The same table with a column for each of these members.
    #[must_use]
    pub fn lifted(mut self, members: impl IntoIterator<Item = Lifted>) -> Self {
        self.lifted = members.into_iter().collect();
        self
    }

    /// Every field that never enters the store: those of the caller's list and those that the schema marks as
    /// secret.
    pub(crate) fn hidden(&self) -> Vec<Vec<String>> {
        let split = |path: &String| path.split('.').map(str::to_owned).collect();
        let mut hidden: Vec<Vec<String>> = self.left_out.iter().map(split).collect();
        if let Some(schema) = &self.schema {
            secrets(schema, &mut Vec::new(), &mut hidden);
        }
        hidden
    }

    /// The columns that the schema gives, in its order.
    pub(crate) fn columns(&self) -> Vec<WantedColumn> {
        let mut members = Vec::new();
        if let Some(schema) = &self.schema {
            properties(schema, 0, &mut members);
        }
        let hidden: HashSet<String> = self
            .hidden()
            .into_iter()
            .filter(|path| path.len() == 1)
            .filter_map(|path| path.into_iter().next())
            .collect();
        let mut known = HashSet::new();
        let mut columns: Vec<WantedColumn> = members
            .into_iter()
            .filter(|(name, _)| !hidden.contains(*name) && known.insert(*name))
            .take(MOST_COLUMNS)
            .map(|(name, schema)| WantedColumn::new(name, schema))
            .collect();
        let is_hidden =
            |lifted: &&Lifted| self.hidden().iter().any(|path| lifted.path.starts_with(path));
        for lifted in self.lifted.iter().filter(|lifted| !is_hidden(lifted)) {
            let is_taken = |column: &WantedColumn| column.name.eq_ignore_ascii_case(&lifted.name);
            if !columns.iter().any(is_taken) {
                columns.push(WantedColumn {
                    name: lifted.name.clone(),
                    property: pointer(&lifted.path),
                    kind: lifted.kind,
                    description: lifted.description.clone(),
                    is_searched: false,
                });
            }
        }
        columns
    }
}

/// A column that a schema asks for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct WantedColumn {
    pub(crate) name: String,
    pub(crate) property: String,
    pub(crate) kind: ColumnKind,
    pub(crate) description: String,
    /// Whether the words of its texts are found by searches.
    pub(crate) is_searched: bool,
}

impl WantedColumn {
    fn new(property: &str, schema: &Value) -> Self {
        let format = schema.get("format").and_then(Value::as_str).unwrap_or_default();
        let kind = kind(schema, 0);
        Self {
            name: property.to_owned(),
            property: property.to_owned(),
            kind,
            description: description(schema).unwrap_or_default().to_owned(),
            is_searched: matches!(kind, ColumnKind::Text | ColumnKind::Json)
                && !matches!(format, "uri" | "url" | "uri-reference")
                && !is_address(property),
        }
    }
}

/// The path as a JSON Pointer, which tells it from the name of a field.
fn pointer(path: &[String]) -> String {
    path.iter().map(|name| format!("/{}", name.replace('~', "~0").replace('/', "~1"))).collect()
}

/// The names that the property of a column leads through: one, or those of a JSON Pointer.
pub(crate) fn path_of(property: &str) -> Vec<String> {
    match property.strip_prefix('/') {
        None => vec![property.to_owned()],
        Some(rest) => {
            rest.split('/').map(|name| name.replace("~1", "/").replace("~0", "~")).collect()
        }
    }
}

/// Whether the values of a field with this name are addresses, which nobody searches by their words.
pub(crate) fn is_address(name: &str) -> bool {
    let name = name.to_lowercase();
    matches!(name.as_str(), "url" | "uri" | "href" | "self" | "link")
        || name.ends_with("_url")
        || name.ends_with("_uri")
        || name.ends_with("_href")
}

fn record_schema(entity: &Entity) -> Option<Value> {
    let operations = [Action::List, Action::Search, Action::Get].into_iter();
    let own = operations
        .filter_map(|action| entity.operation(action))
        .find_map(|operation| operation.response.schema.as_ref());
    own.or(entity.schema.as_ref()).map(airbyte_agent_description::Json::value)
}

/// The schema with the fields by which the context store is searched, where it does not have them.
fn with_store_fields(schema: Option<Value>, entity: &Entity) -> Option<Value> {
    let mut known = Vec::new();
    if let Some(schema) = &schema {
        properties(schema, 0, &mut known);
    }
    let known: HashSet<String> = known.into_iter().map(|(name, _)| name.to_owned()).collect();
    let mut more = Map::new();
    for field in entity.store.iter() {
        let (first, is_nested) = match field.name.split_once('.') {
            Some((first, _)) => (first, true),
            None => (field.name.as_ref(), false),
        };
        if !known.contains(first) && !more.contains_key(first) {
            let kind = if is_nested { "object" } else { field.kind.as_ref() };
            let description = if is_nested { "" } else { field.description.as_ref() };
            more.insert(first.to_owned(), json!({"type": kind, "description": description}));
        }
    }
    match (schema, more.is_empty()) {
        (schema, true) => schema,
        (Some(schema), false) => Some(json!({"allOf": [schema, {"properties": more}]})),
        (None, false) => Some(json!({"properties": more})),
    }
}

/// How deeply schemas are looked into.
const DEEPEST: usize = 12;

fn description(schema: &Value) -> Option<&str> {
    schema.get("description").and_then(Value::as_str)
}

fn alternatives(schema: &Value) -> impl Iterator<Item = &Value> {
    ["allOf", "anyOf", "oneOf"]
        .into_iter()
        .filter_map(|word| schema.get(word).and_then(Value::as_array))
        .flatten()
}

fn properties<'s>(schema: &'s Value, depth: usize, found: &mut Vec<(&'s str, &'s Value)>) {
    if depth > DEEPEST {
        return;
    }
    if let Some(members) = schema.get("properties").and_then(Value::as_object) {
        found.extend(members.iter().map(|(name, member)| (name.as_str(), member)));
    }
    for part in alternatives(schema) {
        properties(part, depth + 1, found);
    }
}

/// The words of JSON Schema for the types that a value may have.
fn types<'s>(schema: &'s Value, depth: usize, found: &mut Vec<&'s str>) {
    if depth > DEEPEST {
        return;
    }
    match schema.get("type") {
        Some(Value::String(name)) => found.push(name),
        Some(Value::Array(names)) => found.extend(names.iter().filter_map(Value::as_str)),
        _ => {}
    }
    if schema.get("properties").is_some() {
        found.push("object");
    }
    for part in alternatives(schema) {
        types(part, depth + 1, found);
    }
}

fn kind(schema: &Value, depth: usize) -> ColumnKind {
    let mut names = Vec::new();
    types(schema, depth, &mut names);
    let has = |name: &str| names.contains(&name);
    let is_moment = || {
        let format =
            |schema: &Value| schema.get("format").and_then(Value::as_str) == Some("date-time");
        format(schema) || alternatives(schema).any(format)
    };
    if has("object") || has("array") {
        ColumnKind::Json
    } else if has("string") {
        let is_only_text =
            !names.iter().any(|name| matches!(*name, "integer" | "number" | "boolean"));
        if is_only_text && is_moment() { ColumnKind::Timestamp } else { ColumnKind::Text }
    } else if has("number") {
        ColumnKind::Real
    } else if has("integer") {
        ColumnKind::Integer
    } else if has("boolean") {
        ColumnKind::Boolean
    } else {
        // Nothing is known: JSON keeps the difference between 1 and "1".
        ColumnKind::Json
    }
}

fn is_secret(schema: &Map<String, Value>) -> bool {
    let is_set = |word: &str| schema.get(word).and_then(Value::as_bool) == Some(true);
    is_set("airbyte_secret")
        || is_set("x-airbyte-secret")
        || is_set("x-agent-secret")
        || is_set("writeOnly")
        || schema.get("format").and_then(Value::as_str) == Some("password")
}

/// Adds the path of every member that is marked as secret. The elements of a list have the path of the list.
fn secrets(schema: &Value, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    if path.len() > DEEPEST {
        return;
    }
    for (name, member) in schema.get("properties").and_then(Value::as_object).into_iter().flatten()
    {
        path.push(name.clone());
        if member.as_object().is_some_and(is_secret) {
            found.push(path.clone());
        } else {
            secrets(member, path, found);
        }
        path.pop();
    }
    if let Some(items) = schema.get("items") {
        secrets(items, path, found);
    }
    for part in alternatives(schema) {
        secrets(part, path, found);
    }
}

/// Removes what is at these paths; a path goes through every element of a list.
pub(crate) fn remove(value: &mut Value, hidden: &[Vec<String>]) {
    for path in hidden {
        remove_path(value, path);
    }
}

fn remove_path(value: &mut Value, path: &[String]) {
    match (value, path) {
        (Value::Array(items), _) => items.iter_mut().for_each(|item| remove_path(item, path)),
        (Value::Object(members), [name]) => {
            members.shift_remove(name);
        }
        (Value::Object(members), [name, rest @ ..]) => {
            if let Some(member) = members.get_mut(name) {
                remove_path(member, rest);
            }
        }
        _ => {}
    }
}

/// The value at a path of fields.
pub(crate) fn at<'v>(record: &'v Map<String, Value>, path: &str) -> Option<&'v Value> {
    if let Some(value) = record.get(path) {
        return Some(value);
    }
    let mut steps = path.split('.');
    let first = record.get(steps.next()?)?;
    steps.try_fold(first, |value, step| value.get(step))
}

//! How requests name a record: the parameter that does so, and the properties that hold the name.

use airbyte_agent_description::{Action, Connector, Location, Operation, Piece};
use serde_json::Value;

use crate::data::{plain, singular};
use crate::decode::scalar_text;

/// How a request names its record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Naming {
    /// No argument names a record, because there is only one.
    Single,
    /// This parameter names the record itself.
    Own(String),
    /// This parameter names something that the record belongs to.
    Parent(String),
}

/// Endings of parameters that name a record.
const ENDINGS: [&str; 9] =
    ["id", "gid", "uuid", "guid", "idorkey", "key", "number", "name", "slug"];

/// How requests for `operation` name their record.
pub(super) fn naming(connector: &Connector, operation: &Operation) -> Naming {
    let required: Vec<&str> = in_path(operation).chain(required_outside_path(operation)).collect();
    let list = connector.entity(&operation.entity).and_then(|entity| {
        let list = entity.operation(Action::List).or_else(|| entity.operation(Action::Search));
        list.filter(|list| list.action != operation.action)
    });
    let of_list = |name: &str| {
        list.and_then(|list| list.parameter(name))
            .is_some_and(|parameter| parameter.required || parameter.location == Location::Path)
    };
    let own: Vec<&str> = required.iter().copied().filter(|name| !of_list(name)).collect();
    let Some(name) = naming_parameter(connector, operation, &own).or_else(|| {
        if list.is_some() { None } else { naming_parameter(connector, operation, &required) }
    }) else {
        return match required.last() {
            Some(name) => Naming::Parent((*name).to_owned()),
            None => Naming::Single,
        };
    };
    if is_parent(connector, &operation.entity, name) {
        Naming::Parent(name.to_owned())
    } else {
        Naming::Own(name.to_owned())
    }
}

fn in_path(operation: &Operation) -> impl Iterator<Item = &str> {
    operation.path.pieces.iter().filter_map(|piece| match piece {
        Piece::Name(name) => Some(name.as_ref()),
        Piece::Text(_) => None,
    })
}

/// Required parameters outside of the path that may name something.
fn required_outside_path(operation: &Operation) -> impl Iterator<Item = &str> {
    let creates = operation.action == Action::Create;
    operation
        .parameters
        .iter()
        .filter(move |parameter| {
            parameter.required
                && !creates
                && matches!(
                    parameter.location,
                    Location::Query | Location::GraphQl | Location::Body
                )
                && parameter.default.is_none()
        })
        .map(|parameter| parameter.name.as_ref())
}

/// The one of these parameters that names the record: one that is called so, otherwise the last.
fn naming_parameter<'n>(
    connector: &Connector,
    operation: &Operation,
    names: &[&'n str],
) -> Option<&'n str> {
    let own = |name: &&&str| {
        let name = plain(name);
        ENDINGS.contains(&name.as_str()) || stem(&name) == Some(singular(&plain(&operation.entity)))
    };
    let ending = |name: &&&str| {
        let name = plain(name);
        ENDINGS.iter().any(|ending| name.ends_with(ending))
            && !is_parent(connector, &operation.entity, &name)
    };
    let path: Vec<&str> = in_path(operation).collect();
    let in_path = || names.iter().rev().filter(|name| path.contains(name));
    let all = || names.iter().rev();
    in_path()
        .find(own)
        .or_else(|| in_path().next())
        .or_else(|| all().find(own))
        .or_else(|| all().find(ending))
        .or_else(|| all().next())
        .copied()
}

/// The name of a parameter without the ending which says that it names something.
fn stem(name: &str) -> Option<String> {
    ENDINGS
        .iter()
        .filter_map(|ending| name.strip_suffix(ending))
        .filter(|stem| !stem.is_empty())
        .min_by_key(|stem| stem.len())
        .map(str::to_owned)
}

/// Whether a parameter names a record of another entity.
fn is_parent(connector: &Connector, entity: &str, name: &str) -> bool {
    let Some(stem) = stem(&plain(name)) else { return false };
    let own = singular(&plain(entity));
    if own == stem || own.ends_with(&stem) {
        return false;
    }
    connector.entities.iter().any(|other| singular(&plain(&other.name)) == stem)
}

/// Whether a parameter takes a name that people give (a login, a branch, a tag) and not an identifier
/// that the vendor gives.
pub(super) fn is_given_name(parameter: &str) -> bool {
    let parameter = plain(parameter);
    let by_vendor = ["id", "gid", "uuid", "guid", "idorkey", "key", "number", "ts", "identifier"];
    !by_vendor.iter().any(|ending| parameter.ends_with(ending))
}

/// Whether a name says itself that nothing is called so, such as `missing-branch`.
pub(super) fn is_absent_name(name: &str) -> bool {
    let name = plain(name);
    let words = ["missing", "unknown", "notfound", "nonexistent", "notexist", "nosuch", "nope"];
    words.iter().any(|word| name.contains(word))
}

/// Properties that hold a name which people give.
const GIVEN_NAMES: [&str; 9] =
    ["login", "username", "slug", "name", "tagname", "oid", "sha", "path", "email"];

/// Whether a property of this name may hold what `parameter` takes.
fn may_hold(parameter: &str, name: &str) -> bool {
    let (parameter, name) = (plain(parameter), plain(name));
    name == parameter
        || ENDINGS.iter().any(|ending| parameter.ends_with(ending) && name == *ending)
        || matches!(name.as_str(), "id" | "gid" | "uuid" | "ts" | "databaseid")
        || parameter.ends_with("idorkey") && name == "key"
        || is_given_name(&parameter) && GIVEN_NAMES.contains(&name.as_str())
}

/// Properties in which a record shows the name by which a parameter takes it.
fn usual_properties(parameter: &str) -> &'static [&'static str] {
    let has = |words: &[&str]| words.iter().any(|word| parameter.contains(word));
    if !is_given_name(parameter) {
        &["id", "gid", "uuid"]
    } else if has(&["sha", "oid", "commit"]) {
        &["oid", "sha"]
    } else if has(&["tag"]) {
        &["tagname", "name"]
    } else if has(&["path"]) {
        &["path"]
    } else if has(&["slug"]) {
        &["slug"]
    } else if has(&["email"]) {
        &["email"]
    } else {
        &["login", "username", "name", "slug"]
    }
}

/// Gives a record the name by which it was requested.
pub(super) fn rename_record(record: &mut Value, parameter: &str, name: &str) {
    let Some(record) = record.as_object_mut() else { return };
    let wanted = plain(parameter);
    let by = |key: &str| record.keys().find(|known| plain(known) == key).cloned();
    let key = by(&wanted).or_else(|| usual_properties(&wanted).iter().find_map(|usual| by(usual)));
    let slot = match key {
        Some(key) => record.get_mut(&key),
        None => record.values_mut().filter_map(Value::as_object_mut).find_map(|o| o.get_mut("id")),
    };
    if let Some(slot @ Value::String(_)) = slot {
        *slot = name.into();
    }
}

/// Whether `record` is the one that `parameter` names `wanted`.
pub(super) fn is_named(record: &Value, parameter: &str, wanted: &str) -> bool {
    let equal = |value: &Value| scalar_text(value).is_some_and(|text| text == wanted);
    let Some(record) = record.as_object() else { return false };
    let direct = record.iter().any(|(name, value)| may_hold(parameter, name) && equal(value));
    direct
        || record.values().filter_map(Value::as_object).any(|inner| {
            let mut named = inner.iter().filter(|(name, _)| plain(name) == "id");
            named.any(|(_, value)| equal(value))
        })
}

//! The name of each operation: an entity and an action that no other operation has. Names do not depend on the
//! order of the document, and those of an earlier import stay.

use std::collections::{BTreeMap, HashMap, HashSet};

use airbyte_agent_description::Action;

use super::texts::snake;
use crate::decision::{self, OperationDecision};

/// The name of an operation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name {
    /// Name of the entity that the operation works on.
    pub entity: String,
    /// What is done with it.
    pub action: Action,
}

/// How an operation is called in lock files and messages: its method and path.
pub fn key(method: &str, path: &str) -> String {
    format!("{method} {path}")
}

/// The names of the operations, in their order. `locked` has the names of an earlier import, by [`key`].
pub(crate) fn assign(
    decisions: &[OperationDecision],
    locked: &BTreeMap<String, Name>,
) -> Vec<Name> {
    let mut names: Vec<Option<Name>> = Vec::new();
    let mut taken: HashSet<Name> = HashSet::new();
    for decision in decisions {
        let name = locked.get(&key(&decision.method, &decision.path)).cloned();
        // A lock file that was edited may have a name twice; the first operation gets it.
        names.push(name.filter(|name| taken.insert(name.clone())));
    }
    let mut entities: HashMap<(String, String), String> = HashMap::new();
    for (decision, name) in decisions.iter().zip(&names) {
        if let Some(name) = name {
            let parts = Parts::of(decision);
            entities.entry((parts.entity, parts.collection)).or_insert_with(|| name.entity.clone());
        }
    }
    for unit in units(decisions, &names) {
        let sibling = entities.get(&(unit.entity.clone(), unit.collection.clone())).cloned();
        let is_free = |entity: &str| {
            unit.members.iter().all(|(_, action)| {
                !taken.contains(&Name { entity: entity.to_owned(), action: *action })
            })
        };
        let entity = sibling.into_iter().chain(unit.candidates).find(|entity| is_free(entity));
        let entity = entity.unwrap_or_else(|| {
            let numbered = (2_u32..).map(|number| format!("{}_{number}", unit.entity));
            numbered.into_iter().find(|entity| is_free(entity)).unwrap_or_default()
        });
        entities.entry((unit.entity, unit.collection)).or_insert_with(|| entity.clone());
        for (place, action) in unit.members {
            let name = Name { entity: entity.clone(), action };
            taken.insert(name.clone());
            names[place] = Some(name);
        }
    }
    let name =
        |name: Option<Name>| name.unwrap_or(Name { entity: String::new(), action: Action::Get });
    names.into_iter().map(name).collect()
}

/// Operations that keep a common entity: those of one collection.
struct Unit {
    entity: String,
    collection: String,
    /// Other entities that the unit may get, the shortest first.
    candidates: Vec<String>,
    /// The places of the operations, with their actions.
    members: Vec<(usize, Action)>,
}

/// What the name of an operation is made of.
struct Parts {
    entity: String,
    /// The path without what names one record.
    collection: String,
    /// The pieces of the path that are no parameters, in `snake_case`.
    literals: Vec<String>,
    /// The names of the parameters in the path.
    parameters: Vec<String>,
    action: Action,
}

impl Parts {
    fn of(decision: &OperationDecision) -> Self {
        let (literals, parameters) = pieces(&decision.path);
        let mut entity = snake(&decision.entity.value);
        if entity.is_empty() {
            entity = literals.last().cloned().unwrap_or_else(|| "records".to_owned());
        }
        let action = action(decision.action.value, &decision.method);
        let mut collection = decision.path.trim_end_matches('/');
        if decision.action.value == decision::Action::Other {
            // The verb makes an entity of its own: `orders` and `cancel` are `orders_cancel`.
            let verb = literals
                .last()
                .filter(|verb| !same(verb, &entity) && !entity.ends_with(verb.as_str()));
            if let Some(verb) = verb {
                entity = format!("{entity}_{verb}");
            }
        } else {
            while let Some((rest, last)) = collection.rsplit_once('/') {
                if !(last.starts_with('{') && last.ends_with('}')) {
                    break;
                }
                collection = rest;
            }
        }
        let collection =
            collection.split('/').map(|piece| if piece.starts_with('{') { "{}" } else { piece });
        let collection = collection.collect::<Vec<_>>().join("/");
        Self { entity, collection, literals, parameters, action }
    }
}

/// The action of the dialect.
pub(crate) fn action(action: decision::Action, method: &str) -> Action {
    match action {
        decision::Action::List => Action::List,
        decision::Action::Get => Action::Get,
        decision::Action::Create => Action::Create,
        decision::Action::Update => Action::Update,
        decision::Action::Delete => Action::Delete,
        decision::Action::Search => Action::Search,
        decision::Action::Download => Action::Download,
        decision::Action::Other => match method {
            "GET" | "HEAD" | "OPTIONS" => Action::Get,
            "PUT" | "PATCH" => Action::Update,
            "DELETE" => Action::Delete,
            _ => Action::Create,
        },
    }
}

/// The literal pieces of a path without its version, and its parameters.
fn pieces(path: &str) -> (Vec<String>, Vec<String>) {
    let mut literals = Vec::new();
    let mut parameters = Vec::new();
    for segment in path.split('/') {
        let mut rest = segment;
        while let Some((before, tail)) = rest.split_once('{') {
            literals.push(before.trim_matches(['(', ')', '=', '\'', '.', '@', ':']).to_owned());
            let (parameter, after) = tail.split_once('}').unwrap_or((tail, ""));
            parameters.push(parameter.to_owned());
            rest = after.trim_matches(['(', ')', '=', '\'', '.', ':', ',']);
        }
        literals.extend(rest.split(':').map(str::to_owned));
    }
    let literals = literals.into_iter().map(|literal| snake(&literal));
    let mut literals: Vec<String> = literals.filter(|literal| !literal.is_empty()).collect();
    let is_prefix = |literal: &String| {
        let digits =
            literal.strip_prefix('v').or_else(|| literal.strip_prefix('n')).unwrap_or(literal);
        matches!(literal.as_str(), "api" | "rest")
            || (digits.starts_with(|c: char| c.is_ascii_digit())
                && digits.chars().all(|c| c.is_ascii_digit() || c == '_'))
    };
    let prefixes = literals.iter().take_while(|literal| is_prefix(literal)).count();
    if prefixes < literals.len() {
        literals.drain(..prefixes);
    }
    (literals, parameters)
}

fn units(decisions: &[OperationDecision], names: &[Option<Name>]) -> Vec<Unit> {
    let mut open: Vec<(usize, Parts)> = decisions
        .iter()
        .enumerate()
        .filter(|(place, _)| names[*place].is_none())
        .map(|(place, decision)| (place, Parts::of(decision)))
        .collect();
    // The shortest path gets the plain name, whatever the order of the document.
    let rank = |place: usize| {
        let decision = &decisions[place];
        let method =
            ["GET", "POST", "PATCH", "PUT", "DELETE"].iter().position(|m| *m == decision.method);
        (decision.path.matches('/').count(), decision.path.len(), decision.path.clone(), method)
    };
    open.sort_by_cached_key(|(place, _)| rank(*place));
    let mut units: Vec<Unit> = Vec::new();
    let mut places: HashMap<(String, String), usize> = HashMap::new();
    for (place, parts) in open {
        let unit = (parts.entity.clone(), parts.collection.clone());
        if let Some(known) = places.get(&unit) {
            let members = &mut units[*known].members;
            if members.iter().all(|(_, action)| *action != parts.action) {
                members.push((place, parts.action));
                continue;
            }
            // A second operation of the same kind in one collection gets an entity of its own.
            let mut candidates = own_candidates(&parts, &decisions[place].method);
            candidates.extend(candidates_of(&parts).into_iter().skip(1));
            units.push(Unit {
                collection: format!("{} {place}", parts.collection),
                members: vec![(place, parts.action)],
                entity: parts.entity,
                candidates,
            });
            continue;
        }
        places.insert(unit, units.len());
        let mut candidates = candidates_of(&parts);
        candidates.extend(own_candidates(&parts, &decisions[place].method));
        units.push(Unit {
            entity: parts.entity,
            collection: parts.collection,
            members: vec![(place, parts.action)],
            candidates,
        });
    }
    units
}

/// Entities that tell two operations of one collection apart: by the last parameter, then by the method.
fn own_candidates(parts: &Parts, method: &str) -> Vec<String> {
    let by = parts
        .parameters
        .last()
        .map(|name| snake(name))
        .filter(|name| !matches!(name.as_str(), "" | "id"));
    let by = by.map(|name| format!("{}_by_{name}", parts.entity));
    let verb = match method {
        "PUT" => "replace",
        "PATCH" => "patch",
        "POST" => "post",
        "DELETE" => "delete",
        _ => "get",
    };
    by.into_iter().chain([format!("{}_{verb}", parts.entity)]).collect()
}

/// Entities that tell a collection apart: by what its path has behind the entity, then by its parents.
fn candidates_of(parts: &Parts) -> Vec<String> {
    let entity = &parts.entity;
    let literals = &parts.literals;
    let position = literals.iter().rposition(|literal| same(literal, entity));
    let mut found = vec![entity.clone()];
    let tail: &[String] = position.map_or(&[], |position| &literals[position + 1..]);
    if let Some(last) = tail.last() {
        found.push(format!("{entity}_{last}"));
        found.push(format!("{entity}_{}", tail.join("_")));
    }
    let parents = match position {
        Some(position) => &literals[..position],
        None => literals.split_last().map_or(&literals[..], |(_, parents)| parents),
    };
    let mut name = entity.clone();
    for parent in parents.iter().rev() {
        let parent = singular(parent);
        if !name.starts_with(&format!("{parent}_")) {
            name = format!("{parent}_{name}");
            found.push(name.clone());
        }
        if let Some(last) = tail.last() {
            found.push(format!("{name}_{last}"));
        }
    }
    if position.is_none()
        && let Some(last) = literals.last().filter(|last| !entity.ends_with(last.as_str()))
    {
        found.push(format!("{entity}_{last}"));
    }
    found.push(literals.join("_"));
    found.retain(|name| name.starts_with(|c: char| c.is_ascii_lowercase()));
    found
}

/// Whether two names mean the same: also one in the plural and one in the singular.
fn same(one: &str, other: &str) -> bool {
    one == other || singular(one) == singular(other)
}

/// The singular of a name in the plural, as far as its ending says.
pub(crate) fn singular(name: &str) -> String {
    for (ending, instead) in
        [("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh")]
    {
        if let Some(stem) = name.strip_suffix(ending).filter(|stem| stem.len() > 1) {
            return format!("{stem}{instead}");
        }
    }
    match name.strip_suffix('s') {
        Some(stem) if stem.len() > 1 && !stem.ends_with(['s', 'u', 'i']) => stem.to_owned(),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::{Action as Kind, Decided};

    fn decided<T>(value: T) -> Decided<T> {
        Decided { value, confidence: 1.0, evidence: Vec::new() }
    }

    fn decision((method, path, entity, action): (&str, &str, &str, Kind)) -> OperationDecision {
        OperationDecision {
            method: method.to_owned(),
            path: path.to_owned(),
            entity: decided(entity.to_owned()),
            action: decided(action),
            list: decided(action == Kind::List),
            records: None,
            paging: None,
            primary_key: None,
            changed_at: None,
            changed_since: None,
            read_only: decided(false),
            destructive: decided(false),
            idempotent: decided(false),
            open_questions: Vec::new(),
        }
    }

    const DOCUMENT: [(&str, &str, &str, Kind, &str); 14] = [
        ("GET", "/v1/issues", "issues", Kind::List, "issues.list"),
        ("GET", "/v1/projects/{id}/issues", "issues", Kind::List, "project_issues.list"),
        ("POST", "/v1/projects/{id}/issues", "issues", Kind::Create, "project_issues.create"),
        ("GET", "/v1/issues/{id}", "issues", Kind::Get, "issues.get"),
        ("GET", "/v1/issues/{key}/{field}", "issues", Kind::Get, "issues_by_field.get"),
        ("PATCH", "/v1/issues/{id}", "issues", Kind::Update, "issues.update"),
        ("PUT", "/v1/issues/{id}", "issues", Kind::Update, "issues_replace.update"),
        ("POST", "/v1/orders/{id}/cancel", "orders", Kind::Other, "orders_cancel.create"),
        ("POST", "/v1/orders/{id}:refund", "orders", Kind::Other, "orders_refund.create"),
        ("POST", "/v1/orders", "orders", Kind::Create, "orders.create"),
        ("POST", "/v1/orders/batch", "orders", Kind::Create, "orders_batch.create"),
        ("GET", "/v1/orgs/{org}/teams/{team}/members", "members", Kind::List, "team_members.list"),
        ("GET", "/v1/orgs/{org}/members", "members", Kind::List, "members.list"),
        ("GET", "/v1/users/{id}/members", "members", Kind::List, "user_members.list"),
    ];

    fn names(
        rows: &[(&str, &str, &str, Kind, &str)],
        locked: &BTreeMap<String, Name>,
    ) -> Vec<String> {
        let decisions: Vec<_> =
            rows.iter().map(|row| decision((row.0, row.1, row.2, row.3))).collect();
        let names = assign(&decisions, locked);
        names.into_iter().map(|name| format!("{}.{}", name.entity, name.action)).collect()
    }

    #[test]
    fn names_are_told_apart_by_what_distinguishes_the_paths() {
        let found = names(&DOCUMENT, &BTreeMap::new());
        let expected: Vec<_> = DOCUMENT.iter().map(|row| row.4.to_owned()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn names_do_not_depend_on_the_order_of_the_document() {
        let mut rows = DOCUMENT;
        for _ in 0..rows.len() {
            rows.rotate_left(1);
            let expected: Vec<_> = rows.iter().map(|row| row.4.to_owned()).collect();
            assert_eq!(names(&rows, &BTreeMap::new()), expected);
        }
        rows.reverse();
        let expected: Vec<_> = rows.iter().map(|row| row.4.to_owned()).collect();
        assert_eq!(names(&rows, &BTreeMap::new()), expected);
    }

    #[test]
    fn names_of_an_earlier_import_stay_and_their_collection_gets_them_too() {
        let name = Name { entity: "tickets".to_owned(), action: Action::List };
        let locked = BTreeMap::from([("GET /v1/issues".to_owned(), name)]);
        let found = names(&DOCUMENT, &locked);
        assert_eq!(found[0], "tickets.list");
        assert_eq!(found[3], "tickets.get");
        assert_eq!(found[1], "issues.list", "nothing else has the name now");
    }
}

//! What is different in a newer document, by what two imports remember.

use std::collections::BTreeMap;
use std::fmt;

use crate::lock::{Lock, LockedOperation, moved};
use crate::shape::Shape;

/// A difference between two imports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The operation: its method and path.
    pub operation: String,
    /// What kind of difference it is.
    pub kind: ChangeKind,
    /// Whether calls that worked may fail, or results may be others.
    pub is_breaking: bool,
    /// The difference in one sentence for people, with the operation that it concerns.
    pub text: String,
}

/// The kinds of differences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// The operation is new.
    Added,
    /// The operation is gone.
    Removed,
    /// The operation takes or returns something else.
    Changed,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            ChangeKind::Added => "added",
            ChangeKind::Removed => "removed",
            ChangeKind::Changed => "changed",
        };
        let mark = if self.is_breaking { "breaking, " } else { "" };
        write!(f, "{mark}{kind}: {}", self.operation)?;
        if self.text.is_empty() { Ok(()) } else { write!(f, ": {}", self.text) }
    }
}

/// The differences between an earlier import and a newer one, those that break calls first.
pub fn changes(old: &Lock, new: &Lock) -> Vec<Change> {
    let mut found = Vec::new();
    let moved = moved(ids(old), ids(new));
    for (now, before) in &moved {
        found.push(Change {
            operation: (*now).to_owned(),
            kind: ChangeKind::Changed,
            is_breaking: false,
            text: format!("it was at {before}"),
        });
        if let (Some(before), Some(after)) = (old.operations.get(*before), new.operations.get(*now))
        {
            compare(now, before, after, &mut found);
        }
    }
    for (key, before) in &old.operations {
        match new.operations.get(key) {
            Some(after) => compare(key, before, after, &mut found),
            None if moved.values().any(|known| known == key) => {}
            None => found.push(Change {
                operation: key.clone(),
                kind: ChangeKind::Removed,
                is_breaking: true,
                text: format!("it was {}.{}", before.entity, before.action),
            }),
        }
    }
    for (key, after) in &new.operations {
        if !old.operations.contains_key(key) && !moved.contains_key(key.as_str()) {
            found.push(Change {
                operation: key.clone(),
                kind: ChangeKind::Added,
                is_breaking: false,
                text: format!("{}.{}", after.entity, after.action),
            });
        }
    }
    found.sort_by_key(|change| !change.is_breaking);
    found
}

/// The operations with their names in the document.
fn ids(lock: &Lock) -> impl Iterator<Item = (&str, &str)> {
    lock.operations.iter().map(|(key, operation)| (key.as_str(), operation.id.as_str()))
}

fn compare(key: &str, before: &LockedOperation, after: &LockedOperation, found: &mut Vec<Change>) {
    let mut tell = |is_breaking: bool, text: String| {
        found.push(Change {
            operation: key.to_owned(),
            kind: ChangeKind::Changed,
            is_breaking,
            text,
        });
    };
    if (&before.entity, &before.action) != (&after.entity, &after.action) {
        let name =
            |operation: &LockedOperation| format!("{}.{}", operation.entity, operation.action);
        tell(true, format!("it was {} and is {}", name(before), name(after)));
    }
    let shown = |place: &Option<String>| place.clone().unwrap_or_else(|| "nowhere".to_owned());
    if before.records != after.records {
        tell(
            true,
            format!(
                "the records were at {} and are at {}",
                shown(&before.records),
                shown(&after.records)
            ),
        );
    }
    if before.paging != after.paging {
        tell(
            true,
            format!(
                "the list continued by {} and continues by {}",
                shown(&before.paging),
                shown(&after.paging)
            ),
        );
    }
    arguments(&before.arguments, &after.arguments, &mut tell);
    fields(&before.fields, &after.fields, &mut tell);
}

fn arguments(
    before: &BTreeMap<String, Shape>,
    after: &BTreeMap<String, Shape>,
    tell: &mut dyn FnMut(bool, String),
) {
    for (name, old) in before {
        let Some(new) = after.get(name) else {
            tell(true, format!("the argument `{name}` is gone"));
            continue;
        };
        if old.types != new.types {
            let widened = new.types.is_empty()
                || (!old.types.is_empty() && old.types.iter().all(|kind| new.types.contains(kind)));
            tell(!widened, format!("the argument `{name}` was {old} and is {new}"));
        } else if old.choices != new.choices {
            let lost: Vec<&String> =
                old.choices.iter().filter(|choice| !new.choices.contains(choice)).collect();
            let narrowed = !new.choices.is_empty() && (old.choices.is_empty() || !lost.is_empty());
            tell(narrowed, format!("the argument `{name}` was {old} and is {new}"));
        }
        if old.is_required != new.is_required {
            let now = if new.is_required { "required" } else { "optional" };
            tell(new.is_required, format!("the argument `{name}` is {now} now"));
        }
    }
    for (name, new) in after {
        if !before.contains_key(name) {
            tell(new.is_required, format!("the argument `{name}` is new ({new})"));
        }
    }
}

fn fields(
    before: &BTreeMap<String, Shape>,
    after: &BTreeMap<String, Shape>,
    tell: &mut dyn FnMut(bool, String),
) {
    for (name, old) in before {
        match after.get(name) {
            None => tell(true, format!("the field `{name}` is gone")),
            Some(new) if old.types != new.types => {
                tell(true, format!("the field `{name}` was {old} and is {new}"));
            }
            Some(new) if old.choices != new.choices => {
                tell(false, format!("the field `{name}` was {old} and is {new}"));
            }
            Some(_) => {}
        }
    }
    for (name, new) in after {
        if !before.contains_key(name) {
            tell(false, format!("the field `{name}` is new ({new})"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::{FORMAT, LockedDocument};

    fn lock(operations: &[(&str, &str, &[(&str, &str)])]) -> Lock {
        let locked = operations.iter().map(|(key, paging, arguments)| {
            let arguments =
                arguments.iter().map(|(name, shape)| ((*name).to_owned(), shape.parse().unwrap()));
            let operation = LockedOperation {
                entity: "users".to_owned(),
                action: "list".to_owned(),
                id: String::new(),
                records: Some("$.data".to_owned()),
                paging: Some((*paging).to_owned()),
                arguments: arguments.collect(),
                fields: BTreeMap::from([("id".to_owned(), "string".parse().unwrap())]),
            };
            ((*key).to_owned(), operation)
        });
        let operations = locked.collect();
        Lock {
            format: FORMAT,
            slug: "acme".to_owned(),
            document: LockedDocument::default(),
            spec_sha256: String::new(),
            operations,
        }
    }

    #[test]
    fn differences_that_break_calls_are_told_from_others() {
        let old = [("GET /a", "one page", &[("x", "string [\"a\",\"b\"]"), ("y", "integer")][..])];
        for (new, expected) in [
            (vec![], "breaking, removed: GET /a: it was users.list"),
            (vec![old[0], ("GET /b", "one page", &[][..])], "added: GET /b: users.list"),
            (
                vec![("GET /a", "unknown", old[0].2)],
                "breaking, changed: GET /a: the list continued by one page and continues by unknown",
            ),
            (
                vec![("GET /a", "one page", &[("x", "string [\"a\",\"b\"]")][..])],
                "breaking, changed: GET /a: the argument `y` is gone",
            ),
            (
                vec![("GET /a", "one page", &[("x", "string [\"a\"]"), ("y", "integer")][..])],
                "breaking, changed: GET /a: the argument `x` was string [\"a\",\"b\"] and is string [\"a\"]",
            ),
            (
                vec![(
                    "GET /a",
                    "one page",
                    &[("x", "string [\"a\",\"b\",\"c\"]"), ("y", "integer")][..],
                )],
                "changed: GET /a: the argument `x` was string [\"a\",\"b\"] and is string [\"a\",\"b\",\"c\"]",
            ),
            (
                vec![("GET /a", "one page", &[("x", "string [\"a\",\"b\"]"), ("y", "string")][..])],
                "breaking, changed: GET /a: the argument `y` was integer and is string",
            ),
            (
                vec![(
                    "GET /a",
                    "one page",
                    &[("x", "string [\"a\",\"b\"]"), ("y", "integer, required")][..],
                )],
                "breaking, changed: GET /a: the argument `y` is required now",
            ),
            (
                vec![(
                    "GET /a",
                    "one page",
                    &[("x", "string [\"a\",\"b\"]"), ("y", "integer"), ("z", "string, required")][..],
                )],
                "breaking, changed: GET /a: the argument `z` is new (string, required)",
            ),
            (
                vec![(
                    "GET /a",
                    "one page",
                    &[("x", "string [\"a\",\"b\"]"), ("y", "integer"), ("z", "string")][..],
                )],
                "changed: GET /a: the argument `z` is new (string)",
            ),
            (old.to_vec(), ""),
        ] {
            let found: Vec<String> =
                changes(&lock(&old), &lock(&new)).iter().map(ToString::to_string).collect();
            assert_eq!(found.join("\n"), expected);
        }
    }

    #[test]
    fn records_and_fields_that_moved_break_callers() {
        let old = lock(&[("GET /a", "one page", &[])]);
        let mut new = old.clone();
        let operation = new.operations.get_mut("GET /a").unwrap();
        operation.records = Some("$.items".to_owned());
        operation.fields = BTreeMap::from([("name".to_owned(), "string".parse().unwrap())]);
        let found: Vec<String> = changes(&old, &new).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "breaking, changed: GET /a: the records were at $.data and are at $.items",
                "breaking, changed: GET /a: the field `id` is gone",
                "changed: GET /a: the field `name` is new (string)",
            ]
        );
    }
}

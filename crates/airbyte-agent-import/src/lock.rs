//! What an import remembers for the next one: the document, and the name and the decisions of every operation.
//! It is a file beside the spec, which people compare but do not edit.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::decision::{Decided, DocumentDecision, Paging};
use crate::emit::{EmittedOperation, Name, key};
use crate::shape::Shape;

/// The version of the form of the file. A program that finds another version does not read the file.
pub const FORMAT: u32 = 1;

/// What an import remembers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lock {
    /// The form of this file, [`FORMAT`].
    pub format: u32,
    /// The name of the connector.
    pub slug: String,
    /// The document that was imported.
    pub document: LockedDocument,
    /// The SHA-256 of the spec as it was written, by which changes by hand are noticed; empty before it is written.
    pub spec_sha256: String,
    /// The operations by [`key`].
    pub operations: BTreeMap<String, LockedOperation>,
}

/// The document that was imported.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockedDocument {
    /// The name of the file.
    pub file: String,
    /// The version that the document states.
    pub version: String,
    /// The SHA-256 of the file.
    pub sha256: String,
}

/// What was decided about an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockedOperation {
    /// The entity in the spec.
    pub entity: String,
    /// The action in the spec.
    pub action: String,
    /// The name in the document; empty if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// Where the records stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<String>,
    /// How the list continues, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paging: Option<String>,
    /// The arguments with their values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub arguments: BTreeMap<String, Shape>,
    /// The fields of a record with their values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Shape>,
}

impl Lock {
    /// What to remember of these operations.
    pub(crate) fn new(
        slug: &str,
        document: LockedDocument,
        decided: &DocumentDecision,
        operations: &[EmittedOperation],
    ) -> Self {
        let decisions: BTreeMap<String, _> = decided
            .operations
            .iter()
            .map(|decision| (key(&decision.method, &decision.path), decision))
            .collect();
        let locked = operations.iter().map(|operation| {
            let name = key(&operation.method, &operation.path);
            let decision = decisions.get(&name);
            let paging = decision.and_then(|decision| decision.paging.as_ref());
            let records = decision.and_then(|decision| decision.records.as_ref());
            let is_list = operation.name.action.is_array();
            let operation = LockedOperation {
                entity: operation.name.entity.clone(),
                action: operation.name.action.to_string(),
                id: operation.id.clone(),
                records: records.map(|records| records.value.clone()),
                paging: paging.filter(|_| is_list).map(in_words),
                arguments: operation.arguments.iter().cloned().collect(),
                fields: operation.fields.iter().cloned().collect(),
            };
            (name, operation)
        });
        Self {
            format: FORMAT,
            slug: slug.to_owned(),
            document,
            spec_sha256: String::new(),
            operations: locked.collect(),
        }
    }

    /// Reads the text of a lock file.
    ///
    /// # Errors
    ///
    /// A message for a text that is no lock file, or one of another version.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lock: Self =
            serde_json::from_str(text).map_err(|error| format!("it is no lock file: {error}"))?;
        if lock.format == FORMAT {
            return Ok(lock);
        }
        Err(format!(
            "its format is {}, and this program reads {FORMAT}; import without it, with `--force`",
            lock.format
        ))
    }

    /// The text of the lock file.
    pub fn to_text(&self) -> String {
        serde_json::to_string_pretty(self).map(|text| text + "\n").unwrap_or_default()
    }

    /// The names of the operations of a document, by [`key`]: those of the operations that are remembered, also if they
    /// are at other paths by now. `operations` are those of the document, by [`key`] with their names in it.
    pub fn names_in(&self, operations: &[(String, String)]) -> BTreeMap<String, Name> {
        let mut names = self.names();
        let old =
            self.operations.iter().map(|(key, operation)| (key.as_str(), operation.id.as_str()));
        let new = operations.iter().map(|(key, id)| (key.as_str(), id.as_str()));
        for (now, before) in moved(old, new) {
            if let Some(name) = names.remove(before) {
                names.insert(now.to_owned(), name);
            }
        }
        names
    }

    /// The names of the operations, by [`key`].
    pub fn names(&self) -> BTreeMap<String, Name> {
        let name = |operation: &LockedOperation| {
            Some(Name { entity: operation.entity.clone(), action: operation.action.parse().ok()? })
        };
        let names = self
            .operations
            .iter()
            .filter_map(|(key, operation)| Some((key.clone(), name(operation)?)));
        names.collect()
    }
}

/// Where operations have moved: the new key with the old one. Both lists have keys of operations with their names in the
/// document. Of what is not at its place any more, an operation is the same if nothing else has its path without the
/// names of parameters, or without the version, or its name.
pub(crate) fn moved<'a>(
    old: impl Iterator<Item = (&'a str, &'a str)>,
    new: impl Iterator<Item = (&'a str, &'a str)>,
) -> BTreeMap<&'a str, &'a str> {
    let (mut old, mut new): (BTreeMap<_, _>, BTreeMap<_, _>) = (old.collect(), new.collect());
    let kept: Vec<&str> = old.keys().filter(|key| new.contains_key(*key)).copied().collect();
    for key in kept {
        old.remove(key);
        new.remove(key);
    }
    let mut found = BTreeMap::new();
    let marks: [fn(&str, &str) -> String; 3] =
        [|key, _| generic(key, false), |key, _| generic(key, true), named];
    for mark in marks {
        let unique = |all: &BTreeMap<&'a str, &'a str>| {
            let mut by_mark: BTreeMap<String, Option<&'a str>> = BTreeMap::new();
            for (key, id) in all {
                let same = by_mark.entry(mark(key, id));
                same.and_modify(|known| *known = None).or_insert(Some(*key));
            }
            by_mark.remove("");
            by_mark
        };
        let before = unique(&old);
        for (mark, now) in unique(&new) {
            if let (Some(now), Some(Some(before))) = (now, before.get(&mark)) {
                found.insert(now, *before);
                new.remove(now);
                old.remove(before);
            }
        }
    }
    found
}

/// A key without the names of parameters, and without versions in the path.
fn generic(key: &str, any_version: bool) -> String {
    let is_version = |piece: &str| {
        let digits = piece.strip_prefix('v').unwrap_or_default();
        digits.starts_with(|digit: char| digit.is_ascii_digit())
            && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    };
    let (method, path) = key.split_once(' ').unwrap_or(("", key));
    let pieces = path.split('/').filter(|piece| !any_version || !is_version(piece));
    let pieces = pieces.map(|piece| match (piece.find('{'), piece.rfind('}')) {
        (Some(start), Some(end)) if start < end => {
            format!("{}{{}}{}", &piece[..start], &piece[end + 1..])
        }
        _ => piece.to_owned(),
    });
    format!("{method} {}", pieces.collect::<Vec<_>>().join("/"))
}

/// The name of an operation with its method and the last piece of its path that is no parameter: a path that ends with
/// another word does something else, whatever its name. Empty without a name.
fn named(key: &str, id: &str) -> String {
    let method = key.split(' ').next().unwrap_or_default();
    let last = key.rsplit('/').find(|piece| !piece.contains('{')).unwrap_or_default();
    if id.is_empty() { String::new() } else { format!("{method} {id} {last}") }
}

/// The SHA-256 of a text in hexadecimal digits.
pub fn sha256(text: &[u8]) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text);
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How a list continues, in words.
pub fn in_words(paging: &Decided<Paging>) -> String {
    match &paging.value {
        Paging::Token { parameter, from, .. } => format!("token from {from} into {parameter}"),
        Paging::LastRecord { parameter, from, .. } => {
            format!("{from} of the last record into {parameter}")
        }
        Paging::Offset { parameter, .. } => format!("number of records passed in {parameter}"),
        Paging::Page { parameter, start, .. } => {
            format!("number of the page in {parameter}, from {start}")
        }
        Paging::Link { from, .. } => format!("address in {from}"),
        Paging::None => "one page".to_owned(),
        Paging::Unknown => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_that_moved_are_recognised() {
        for (old, new, expected) in [
            // Only names of parameters are different.
            (
                [("GET /a/{id}", ""), ("GET /b", "")],
                [("GET /a/{a_id}", ""), ("GET /b", "")],
                vec![("GET /a/{a_id}", "GET /a/{id}")],
            ),
            // Only the version is different.
            (
                [("GET /v1/a", ""), ("GET /v1/b", "")],
                [("GET /v2/a", ""), ("GET /b", "")],
                vec![("GET /b", "GET /v1/b"), ("GET /v2/a", "GET /v1/a")],
            ),
            // An operation that is also at its old place is another one.
            (
                [("GET /v1/a", "x"), ("GET /c", "")],
                [("GET /v1/a", "x"), ("GET /v2/a", "x")],
                vec![],
            ),
            // The operation has the same name and stands at another path.
            (
                [("GET /a", "list"), ("GET /b", "get")],
                [("GET /x/a", "list"), ("POST /b", "get")],
                vec![("GET /x/a", "GET /a")],
            ),
            (
                [("POST /a/{id}/cancel", "end"), ("GET /b", "")],
                [("POST /a/{id}/archive", "end"), ("GET /b", "")],
                vec![],
            ),
            // Where two operations could be meant, none is taken.
            ([("GET /v1/a", ""), ("GET /v2/a", "")], [("GET /v3/a", ""), ("GET /c", "")], vec![]),
        ] {
            let found = moved(old.into_iter(), new.into_iter());
            assert_eq!(found.into_iter().collect::<Vec<_>>(), expected, "{new:?}");
        }
    }
}

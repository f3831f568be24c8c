//! What an import remembers for the next one: the document, and the name and the decisions of every operation.
//! It is a file beside the spec, which people compare but do not edit.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::decision::{Decided, DocumentDecision, Paging};
use crate::emit::{EmittedOperation, Name, key};
use crate::shape::Shape;

/// The form of the file. A program that finds another one does not read it.
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

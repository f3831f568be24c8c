//! Identifiers of records, and which properties hold one.

use super::plain;
use crate::hash::{base36, mix, stable, uuid};

/// The identifier of a record, as a text.
pub(super) fn identifier(connector: &str, entity: &str, index: u64) -> String {
    let short: String = plain(entity).chars().filter(char::is_ascii_alphanumeric).take(3).collect();
    let seed = mix(stable(&[connector, entity, "id"]).wrapping_add(index));
    format!("{short}_{}{}", base36(seed, 11), base36(index, 3))
}

/// The identifier of a record, as a number.
pub(super) fn numeric_identifier(connector: &str, entity: &str, index: u64) -> u64 {
    (stable(&[connector, entity, "id"]) % 90_000 + 10_000) * 10_000 + index
}

/// The identifier of a record as a UUID.
pub(super) fn uuid_identifier(connector: &str, entity: &str, index: u64) -> String {
    uuid(mix(stable(&[connector, entity, "uuid"]).wrapping_add(index)))
}

/// Whether a property of this plain name identifies the record that has it.
pub(super) fn is_identifier(name: &str) -> bool {
    matches!(name, "id" | "gid" | "uuid" | "guid" | "nodeid" | "identifier")
}

/// The three texts by which a record may be requested, whichever property shows them.
pub(crate) fn identifiers(connector: &str, entity: &str, index: u64) -> [String; 3] {
    [
        identifier(connector, entity, index),
        numeric_identifier(connector, entity, index).to_string(),
        uuid_identifier(connector, entity, index),
    ]
}

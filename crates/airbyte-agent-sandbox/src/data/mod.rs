//! Deterministic records that fit a JSON Schema and look like those of a real account.

pub(crate) mod dates;
mod facts;
mod generate;
mod guess;
mod identifier;
mod number;
mod property;
mod schema;
mod shape;
mod text;
mod vocabulary;

pub(crate) use dates::{format_instant, parse_instant};
pub(crate) use facts::Facts;
pub(crate) use generate::Generator;
pub(crate) use identifier::identifiers;
pub(crate) use schema::{merge_all_of, type_of};
pub(crate) use shape::{property_types, schema_of_fields, schema_of_selection};

/// A name without case and separators, so that `ownerId` and `owner_id` are the same.
pub(crate) fn plain(name: &str) -> String {
    if name.is_ascii() {
        let bytes = name.bytes().filter(u8::is_ascii_alphanumeric);
        return bytes.map(|byte| char::from(byte.to_ascii_lowercase())).collect();
    }
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The singular of an English plural, as far as names of entities go.
pub(crate) fn singular(name: &str) -> String {
    if let Some(stem) = name.strip_suffix("ies").filter(|stem| stem.len() > 1) {
        return format!("{stem}y");
    }
    for ending in ["sses", "shes", "ches", "xes", "zes"] {
        if name.ends_with(ending) {
            return name[..name.len() - 2].to_owned();
        }
    }
    if name.ends_with("ss") || name.ends_with("us") || name.ends_with("is") {
        return name.to_owned();
    }
    name.strip_suffix('s').unwrap_or(name).to_owned()
}

/// Whether a property of this name identifies the record that has it.
pub(crate) fn is_identifier(name: &str) -> bool {
    identifier::is_identifier(&plain(name))
}

/// How many records the entities of a vendor have at the start.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Population {
    /// Most records of an entity; `None` for as many as usual.
    pub(crate) most: Option<u64>,
    /// Number of records that a list below a record of another entity shows; `None` for all of its entity.
    pub(crate) below: Option<u64>,
    /// Whether lists select by the time of change as the description says for copies.
    pub(crate) selects_by_change: bool,
}

/// Number of records that an entity usually has at the start: between 250 and 300.
fn initial_count(connector: &str, entity: &str) -> u64 {
    250 + crate::hash::stable(&[connector, entity, "count"]) % 51
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_case_and_separators() {
        assert_eq!(plain("Owner-Id"), plain("owner_id"));
        for (many, one) in [
            ("companies", "company"),
            ("boxes", "box"),
            ("issues", "issue"),
            ("address", "address"),
            ("status", "status"),
            ("branches", "branch"),
        ] {
            assert_eq!(singular(many), one);
        }
    }
}

//! Deterministic records that fit a schema and look like the real thing.

pub(crate) mod dates;
mod guess;
mod make;
mod shape;
mod words;
mod world;

pub(crate) use dates::instant;
pub(crate) use make::{Maker, identifiers};
pub(crate) use shape::{of_fields, of_selection, property_types};
pub(crate) use world::World;

/// A name without case and separators: `ownerId` and `owner_id` are the same.
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

/// Whether a property of this name identifies a record.
pub(crate) fn is_identifier(name: &str) -> bool {
    words::is_identifier(&plain(name))
}

/// Number of records that an entity has at the start: between 250 and 300.
pub(crate) fn count(connector: &str, entity: &str) -> u64 {
    250 + crate::hash::stable(&[connector, entity, "count"]) % 51
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_their_dress() {
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

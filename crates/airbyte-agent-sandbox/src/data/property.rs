//! The property for which a value is made.

use super::dates;

/// The property for which a value is made.
#[derive(Clone, Copy)]
pub(super) struct Property<'a> {
    pub(super) connector: &'a str,
    /// The entity, or the entity and the path to the nested object that has the property.
    pub(super) entity: &'a str,
    /// Number of the record.
    pub(super) index: u64,
    pub(super) name: &'a str,
    /// The name without case and separators.
    pub(super) plain: &'a str,
    /// A number that differs from property to property of a record.
    pub(super) seed: u64,
}

/// The instant that the property holds, in seconds since 1970. A record is created first; everything
/// else happens to it within three days.
pub(super) fn moment(property: Property<'_>) -> u64 {
    let created = dates::created(property.index);
    let is_first = property.plain.starts_with("creat");
    if is_first { created } else { created + 600 + property.seed % 259_200 }
}

/// Whether a name that ends like that of an instant is one: `created_at` and `startTime` are, `format`
/// is not.
pub(super) fn is_dated(name: &str) -> bool {
    ["_at", "At", "_time", "Time", "_on", "On"].iter().any(|end| name.ends_with(end))
}

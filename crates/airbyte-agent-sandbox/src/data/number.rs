//! Numbers and flags of records, chosen by the name of their property.

use super::property::{Property, is_dated, moment};
use crate::hash::mix;

/// An integer that suits the property; `format` is that of its schema.
pub(super) fn integer(property: Property<'_>, format: &str) -> i64 {
    let Property { index, seed, .. } = property;
    let name = property.plain;
    let ends = |all: &[&str]| all.iter().any(|end| name.ends_with(end));
    let small = mix(seed.wrapping_add(index));
    let seconds = moment(property);
    let instant = ["created", "updated", "modified", "timestamp", "date", "started", "canceled"];
    let value = if is_dated(property.name) || ends(&instant) || ends(&["periodstart", "periodend"])
    {
        let in_millis = format == "int64-millis" || ends(&["ms", "millis", "milliseconds"]);
        if in_millis { seconds * 1_000 } else { seconds }
    } else if ends(&["amount", "price", "balance", "cents", "total", "cost", "spend"]) {
        small % 90_000 + 1_000
    } else if name == "number" {
        index + 1
    } else if ends(&["bytes", "size"]) {
        small % 900_000 + 1_000
    } else if ends(&["month"]) {
        small % 12 + 1
    } else if ends(&["year"]) {
        2_020 + small % 6
    } else if ends(&["duration", "seconds"]) {
        small % 3_600 + 60
    } else if ends(&["id"]) {
        small % 900_000_000 + 100_000
    } else {
        small % 50
    };
    i64::try_from(value).unwrap_or(0)
}

/// A boolean that suits the property.
pub(super) fn boolean(property: Property<'_>) -> bool {
    let name = property.plain;
    let ends = |all: &[&str]| all.iter().any(|end| name.ends_with(end));
    let draw = mix(property.seed.wrapping_add(property.index));
    if ends(&["success", "ok", "enabled", "active"]) {
        name == "success" || name == "ok" || !draw.is_multiple_of(10)
    } else if ends(&["private", "archived", "deleted", "trashed", "disabled", "locked", "draft"]) {
        draw.is_multiple_of(11)
    } else {
        draw.is_multiple_of(2)
    }
}

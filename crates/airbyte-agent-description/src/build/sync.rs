//! How records are copied into a store.

use std::borrow::Cow;

use super::setters;
use crate::{
    FieldFilter, Json, JsonPath, ParentValue, SyncChange, SyncDeletions, SyncOrder, SyncParent,
    SyncSource, SyncTime, Text,
};

/// A list whose records are identified by the values at these places.
pub const fn sync(key: &'static [JsonPath]) -> SyncSource {
    SyncSource {
        key: Cow::Borrowed(key),
        per_parent: false,
        parents: Cow::Borrowed(&[]),
        arguments: Cow::Borrowed(&[]),
        needs: Cow::Borrowed(&[]),
        scope: Cow::Borrowed(&[]),
        change: None,
        deletions: SyncDeletions::FullPass,
        conditional: false,
    }
}

impl SyncSource {
    setters! {
        /// The entities whose records give arguments of the list.
        parents(list: &'static [SyncParent]) parents = Cow::Borrowed(list);
        /// The same key under two parents means two records.
        per_parent() per_parent = true;
        /// Arguments with the same values in every call.
        arguments(list: &'static [(Text, Json)]) arguments = Cow::Borrowed(list);
        /// Arguments that only the caller can give.
        needs(names: &'static [Text]) needs = Cow::Borrowed(names);
        /// Arguments that say which part of an account is listed.
        scope(names: &'static [Text]) scope = Cow::Borrowed(names);
        /// How changed records are recognized and requested.
        change(change: SyncChange) change = Some(change);
        /// The vendor answers "not modified" if a page of the list is still what the caller knows.
        conditional() conditional = true;
        /// A member with this value marks deleted records.
        deleted_where(field: JsonPath, value: &'static str) deletions =
            SyncDeletions::Flag { field, equals: Some(Json(Cow::Borrowed(value))) };
        /// A member that is set marks deleted records.
        deleted_if(field: JsonPath) deletions = SyncDeletions::Flag { field, equals: None };
        /// The records of another entity name deleted records.
        deleted_by(entity: &'static str, key: &'static [JsonPath]) deletions =
            SyncDeletions::Feed { entity: Cow::Borrowed(entity), key: Cow::Borrowed(key) };
    }
}

/// A parent and the arguments that its records give.
pub const fn sync_parent(
    entity: &'static str,
    arguments: &'static [(Text, ParentValue)],
) -> SyncParent {
    SyncParent { entity: Cow::Borrowed(entity), arguments: Cow::Borrowed(arguments) }
}

/// The change of records, which a place of the record shows in this form.
pub const fn sync_change(field: JsonPath, format: SyncTime) -> SyncChange {
    SyncChange {
        field,
        format,
        filter: Cow::Borrowed(&[]),
        filter_format: format,
        order: SyncOrder::Unknown,
        overlap_seconds: SyncChange::OVERLAP_SECONDS,
    }
}

impl SyncChange {
    /// The overlap of runs if a spec does not say another, in seconds.
    pub const OVERLAP_SECONDS: u64 = 60;

    setters! {
        /// Arguments by which only records changed since a time are listed.
        filter(list: &'static [(Text, Json)]) filter = Cow::Borrowed(list);
        /// How the filter writes the time.
        filter_format(format: SyncTime) filter_format = format;
        /// Records are listed in this order of their change.
        order(order: SyncOrder) order = order;
        /// How much earlier than the latest known change the next run begins, in seconds.
        overlap_seconds(seconds: u64) overlap_seconds = seconds;
    }
}

/// A field by which records can be requested.
pub const fn field_filter(field: JsonPath) -> FieldFilter {
    FieldFilter {
        field,
        equals: Cow::Borrowed(&[]),
        any_of: Cow::Borrowed(&[]),
        most: FieldFilter::MOST,
        from: Cow::Borrowed(&[]),
        to: Cow::Borrowed(&[]),
        format: SyncTime::Iso8601,
        get: None,
        unless: None,
    }
}

impl FieldFilter {
    /// Most values of one call with `any_of` if a spec does not say another number.
    pub const MOST: u64 = 50;

    setters! {
        /// Arguments by which the records are listed that have a certain value.
        equals(list: &'static [(Text, Json)]) equals = Cow::Borrowed(list);
        /// Arguments by which the records are listed that have one of several values.
        any_of(list: &'static [(Text, Json)]) any_of = Cow::Borrowed(list);
        /// Most values of one call with `any_of`.
        most(number: u64) most = number;
        /// Arguments by which the records are listed whose value is not smaller.
        from(list: &'static [(Text, Json)]) from = Cow::Borrowed(list);
        /// Arguments by which the records are listed whose value is not larger.
        to(list: &'static [(Text, Json)]) to = Cow::Borrowed(list);
        /// How the arguments of `from` and `to` write the value.
        format(format: SyncTime) format = format;
        /// The argument with which `get` finds the record that has a certain value.
        get(argument: &'static str) get = Some(Cow::Borrowed(argument));
        /// The member that marks records which `get` finds and the list does not have.
        unless(member: JsonPath) unless = Some(member);
    }
}

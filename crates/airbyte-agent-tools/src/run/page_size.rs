//! The page size that is requested for a number of records.

use serde_json::{Map, Value, json};

use airbyte_agent_description::{Kind, Operation};

/// Requests pages no larger than the number of records that the call wants, or else than the `most` that it
/// is given, unless the call sets the page size itself.
pub(super) fn request_page_size(
    operation: &Operation,
    wanted: Option<u64>,
    most: usize,
    arguments: &mut Map<String, Value>,
) {
    let Some(size) = &operation.paging.size else { return };
    let is_smaller = |most: &u64| size.default.is_none_or(|default| default > *most);
    let most = u64::try_from(most).ok().filter(|most| *most < u64::MAX).filter(is_smaller);
    let Some(wanted) = wanted.or(most) else { return };
    if operation.argument(arguments, &size.parameter).is_some() {
        return;
    }
    let Some(schema) = operation.argument_schema(&size.parameter) else { return };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "page sizes")]
    let bound = |bound: Option<f64>| bound.filter(|b| *b >= 1.0).map(|b| b as u64);
    // A page larger than the default one is requested only where the largest size is known.
    let largest = size.maximum.or(bound(schema.maximum)).or(size.default);
    let Some(largest) = largest else { return };
    let requested = wanted.min(largest).max(bound(schema.minimum).unwrap_or(1));
    let is_text = !schema.kinds.contains(&Kind::Integer) && schema.kinds.contains(&Kind::String);
    let value = if is_text { requested.to_string().into() } else { json!(requested) };
    operation.set_argument(arguments, &size.parameter, value);
}

/// The parameter of the page size and the size that a call requests.
pub(super) fn requested_page_size<'c>(
    operation: &'c Operation,
    arguments: &'c Map<String, Value>,
) -> Option<(&'c str, &'c Value)> {
    let name = operation.paging.size.as_ref()?.parameter.as_ref();
    Some((name, operation.argument(arguments, name)?))
}

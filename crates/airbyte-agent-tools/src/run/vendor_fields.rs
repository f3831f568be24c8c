//! Hands the fields that a call names, or else the default fields of the entity, to the vendor's own
//! selection, where an operation has one: many vendors send little more than identifiers unless they are
//! asked.

use serde_json::Value;

use crate::decision::PermittedCall;
use crate::result::view::ALL;
use airbyte_agent_description::{FieldPath, FieldSelection, Json, Kind, Next, field_path};

/// The place of the names in a wrapped selection.
const PLACE: &str = "{fields}";

/// Asks the vendor for the fields that will be shown, unless the caller has passed its argument: then everything
/// that comes is shown. Says whether it was asked for default fields only, so that it sends no others.
pub(super) fn request(call: &mut PermittedCall<'_>) -> bool {
    let operation = call.permitted.operation();
    let Some(selection) = &operation.field_selection else { return false };
    place_inside(selection, operation.response.schema.as_ref(), &mut call.controls.fields);
    if call.arguments.contains_key(selection.parameter.as_ref()) {
        // What the caller has selected is all that comes, and is what the caller wants to see.
        if call.controls.fields.is_empty() {
            call.controls.fields.push(ALL.to_owned());
        }
        return false;
    }
    let parameter = operation.parameter(&selection.parameter);
    // The platform does not know additions.
    let Some(parameter) = parameter.filter(|parameter| !parameter.is_addition) else {
        return false;
    };
    let is_default = call.controls.fields.is_empty();
    let wanted: Vec<String> = match call.controls.fields.as_slice() {
        [] if !operation.action.is_array() => return false,
        [] => call.permitted.default_fields().iter().map(ToString::to_string).collect(),
        named => named.iter().map(|name| without_range(name)).collect(),
    };
    let Some(mut names) = names(selection, &wanted) else { return false };
    // The list goes on behind this field of its last record.
    if let Next::LastRecord { field, .. } = &operation.paging.next {
        let field = field.to_string();
        add(&mut names, format!("{}{}", selection.prefix, field.trim_start_matches("$.")));
    }
    let value = if parameter.schema.kinds.contains(&Kind::Array) {
        Value::from(names)
    } else if selection.wrap.is_empty() {
        names.join(",").into()
    } else {
        selection.wrap.replace(PLACE, &names.join(",")).into()
    };
    call.arguments.insert(selection.parameter.to_string(), value);
    is_default
}

/// The names as the vendor writes them; `None` where nothing need be asked for.
fn names(selection: &FieldSelection, wanted: &[String]) -> Option<Vec<String>> {
    let inside = selection.inside.as_ref();
    let all = || (!selection.all.is_empty()).then(|| vec![selection.all.to_string()]);
    let mut names = Vec::new();
    for name in wanted {
        if name == ALL || (!inside.is_empty() && name == inside) {
            return all();
        }
        let path = match name.strip_prefix(inside) {
            _ if inside.is_empty() => name.as_str(),
            Some(rest) if rest.starts_with('.') => &rest[1..],
            // Fields outside are sent in any case.
            _ => continue,
        };
        let depth = selection.depth.map_or(usize::MAX, |depth| depth as usize);
        let parts: Vec<&str> = path.split('.').take(depth).collect();
        add(&mut names, format!("{}{}", selection.prefix, parts.join(&selection.separator)));
    }
    if names.is_empty() {
        return None;
    }
    selection.add.iter().for_each(|name| add(&mut names, name.to_string()));
    Some(names)
}

fn add(names: &mut Vec<String>, name: String) {
    if !names.contains(&name) {
        names.push(name);
    }
}

/// The name without the part of the text that is wanted.
fn without_range(name: &str) -> String {
    name.split('[').next().unwrap_or_default().trim().to_owned()
}

/// Understands names as the vendor itself writes them: those that a record does not have, and the member
/// with its fields does or may have, are meant there.
fn place_inside(selection: &FieldSelection, schema: Option<&Json>, fields: &mut [String]) {
    let inside = selection.inside.as_ref();
    let Some(schema) = schema.filter(|_| !inside.is_empty() && !fields.is_empty()) else { return };
    let schema = schema.value();
    for name in fields.iter_mut().filter(|name| name.as_str() != ALL) {
        let path = without_range(name);
        let within = format!("{inside}.{path}");
        if path != inside
            && field_path(&schema, &path) == FieldPath::Missing
            && field_path(&schema, &within) != FieldPath::Missing
        {
            name.insert_str(0, &format!("{inside}."));
        }
    }
}

#[cfg(test)]
mod tests {
    use airbyte_agent_description::build::field_selection;
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_written_as_the_vendor_does() {
        let plain = field_selection("fields");
        let inside = plain.clone().inside("properties").depth(1).all("*all");
        let tree = plain.clone().separator("/").prefix("items/").add(&[]);
        for (selection, wanted, expected) in [
            (&plain, &["id", "owner.email", "id"][..], Some(&["id", "owner.email"][..])),
            (&plain, &[], None),
            (&plain, &["*"], None),
            (&inside, &["id", "properties.name", "properties.a.b"], Some(&["name", "a"])),
            (&inside, &["id"], None),
            (&inside, &["properties"], Some(&["*all"])),
            (&inside, &["*"], Some(&["*all"])),
            (&tree, &["owner.email"], Some(&["items/owner/email"])),
        ] {
            let wanted: Vec<String> = wanted.iter().map(ToString::to_string).collect();
            let expected: Option<Vec<String>> =
                expected.map(|names| names.iter().map(ToString::to_string).collect());
            assert_eq!(names(selection, &wanted), expected, "{wanted:?}");
        }
    }

    #[test]
    fn names_of_the_vendor_are_meant_inside() {
        let schema = Json::new(&json!({"properties": {
            "id": {}, "properties": {"type": "object"}, "archived": {},
        }}));
        let mut fields = ["id", "jobtitle[0:9]", "properties.email", "*"].map(str::to_owned);
        let selection = field_selection("properties").inside("properties");
        place_inside(&selection, Some(&schema), &mut fields);
        assert_eq!(fields, ["id", "properties.jobtitle[0:9]", "properties.email", "*"]);
    }
}

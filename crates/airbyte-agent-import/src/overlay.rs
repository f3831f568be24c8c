//! Corrections by hand, which stand in a file beside the spec and survive imports. The file has the form of an
//! `OpenAPI` Overlay: `actions` with `target`, and `update` or `remove`.

mod target;

use airbyte_agent_spec::PAGINATION_STYLES;
use serde_json::Value;

use self::target::Target;

/// Why an action cannot be applied.
enum Refusal {
    /// The action is not written as overlays are.
    Wrong(String),
    /// The spec has nothing at the target of the action.
    Missing(String),
}

impl From<String> for Refusal {
    fn from(message: String) -> Self {
        Self::Wrong(message)
    }
}

/// Applies the corrections of an overlay to a spec. Gives the actions that match nothing, if the spec has only a part of
/// the operations of the document, so that they may be about others.
///
/// # Errors
///
/// One message for every action that is wrong, or matches nothing in a whole spec.
pub(crate) fn apply(
    spec: &mut Value,
    text: &str,
    is_part: bool,
) -> Result<Vec<String>, Vec<String>> {
    let overlay = airbyte_agent_spec::read(text)
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    let (mut problems, mut unmatched) = (Vec::new(), Vec::new());
    for key in overlay.as_object().into_iter().flat_map(|members| members.keys()) {
        if !matches!(key.as_str(), "overlay" | "info" | "extends" | "actions")
            && !key.starts_with("x-")
        {
            problems.push(format!("there is no key `{key}` in an overlay; it has `actions`"));
        }
    }
    let Some(actions) = overlay.get("actions").and_then(Value::as_array) else {
        problems.push(
            "`actions` is missing: a list of entries with `target`, and `update` or `remove`"
                .to_owned(),
        );
        return Err(problems);
    };
    for (place, action) in actions.iter().enumerate() {
        match act(spec, action) {
            Err(Refusal::Missing(message)) if is_part => {
                unmatched.push(format!("action {}: {message}", place + 1));
            }
            Err(Refusal::Wrong(message) | Refusal::Missing(message)) => {
                problems.push(format!("action {}: {message}", place + 1));
            }
            Ok(()) => {}
        }
    }
    if problems.is_empty() { Ok(unmatched) } else { Err(problems) }
}

fn act(spec: &mut Value, action: &Value) -> Result<(), Refusal> {
    let target = action.get("target").and_then(Value::as_str);
    let target = target.ok_or_else(|| "`target` is missing".to_owned())?;
    let unknown = action.as_object().into_iter().flat_map(|members| members.keys());
    let mut unknown = unknown
        .filter(|key| !matches!(key.as_str(), "target" | "update" | "remove" | "description"));
    if let Some(key) = unknown.find(|key| !key.starts_with("x-")) {
        return Err(format!("there is no key `{key}`; expected `update` or `remove`").into());
    }
    let places = Target::parse(target)?.find(spec).map_err(Refusal::Missing)?;
    let removes = action.get("remove") == Some(&Value::Bool(true));
    match (removes, action.get("update")) {
        (true, None) => {
            // Elements are removed from the end of a list, so that the positions of the others stay valid.
            for place in places.iter().rev() {
                remove(spec, place);
            }
            Ok(())
        }
        (false, Some(update)) => {
            for place in &places {
                if let Some(node) = spec.pointer_mut(place) {
                    match node {
                        Value::Array(items) => items.push(update.clone()),
                        node => merge(node, update, place)?,
                    }
                }
            }
            Ok(())
        }
        _ => Err(format!("`{target}`: give either `update` or `remove: true`").into()),
    }
}

fn remove(spec: &mut Value, place: &str) {
    let Some((parent, last)) = place.rsplit_once('/') else { return };
    let last = last.replace("~1", "/").replace("~0", "~");
    match spec.pointer_mut(parent) {
        Some(Value::Object(members)) => {
            members.shift_remove(&last);
        }
        Some(Value::Array(items)) => {
            if let Some(place) = last.parse::<usize>().ok().filter(|place| *place < items.len()) {
                items.remove(place);
            }
        }
        _ => {}
    }
}

/// The key of a spec that has one of several styles.
const PAGINATION: &str = "x-agent-pagination";

/// Merges as a JSON Merge Patch does: objects member by member, `null` removes, all else replaces. An object does not
/// replace a list, which nobody means. A style of pagination replaces any other, so that a correction stays good if the
/// next import decides otherwise.
fn merge(node: &mut Value, update: &Value, place: &str) -> Result<(), String> {
    let Value::Object(update) = update else {
        *node = update.clone();
        return Ok(());
    };
    let is_pagination = place.ends_with(PAGINATION);
    if node.is_array() && !is_pagination {
        return Err(format!(
            "`{place}` is a list, which an object cannot be merged with: make it the `target` of an action of its own, \
             whose `update` is one more element"
        ));
    }
    if !node.is_object() {
        *node = Value::Object(serde_json::Map::new());
    }
    let Value::Object(node) = node else { return Ok(()) };
    if is_pagination {
        let is_style = |name: &String| PAGINATION_STYLES.contains(&name.as_str());
        if update.iter().any(|(name, value)| is_style(name) && !value.is_null()) {
            node.retain(|name, _| !is_style(name) || update.contains_key(name));
        }
    }
    for (name, value) in update {
        if value.is_null() {
            node.shift_remove(name);
        } else {
            let inner = format!("{place}/{}", name.replace('~', "~0").replace('/', "~1"));
            merge(node.entry(name.clone()).or_insert(Value::Null), value, &inner)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn spec() -> Value {
        json!({
            "info": {"title": "Acme"},
            "paths": {
                "/users": {"get": {
                    "summary": "List", "x-agent-pagination": {"unknown": "?"},
                    "parameters": [{"name": "limit", "in": "query"}, {"name": "old", "in": "query"}],
                }},
                "/users/{id}": {"get": {}, "delete": {}},
            },
        })
    }

    #[test]
    fn a_style_of_pagination_replaces_any_other() {
        for (before, update, expected) in [
            (json!({"unknown": "?"}), "{page: {into: p}}", json!({"page": {"into": "p"}})),
            (
                json!({"none": "?"}),
                "{unknown: null, page: {into: p}}",
                json!({"page": {"into": "p"}}),
            ),
            (
                json!({"cursor": {"from": "$.a", "into": "c"}, "size": {"parameter": "limit"}}),
                "{cursor: {into: d}}",
                json!({"cursor": {"from": "$.a", "into": "d"}, "size": {"parameter": "limit"}}),
            ),
            (
                json!({"none": "?"}),
                "{size: {parameter: n}}",
                json!({"none": "?", "size": {"parameter": "n"}}),
            ),
            (json!([{"none": "?"}]), "{page: {into: p}}", json!({"page": {"into": "p"}})),
        ] {
            let mut spec = json!({"paths": {"/a": {"get": {"x-agent-pagination": before}}}});
            let text =
                format!("actions: [{{target: GET /a, update: {{x-agent-pagination: {update}}}}}]");
            apply(&mut spec, &text, false).unwrap();
            assert_eq!(spec["paths"]["/a"]["get"]["x-agent-pagination"], expected, "{update}");
        }
    }

    #[test]
    fn corrections_are_merged_appended_and_removed() {
        let text = r"
overlay: 1.0.0
actions:
  - target: $.info
    update: {title: Acme Work, x-agent-date-format: Unix seconds.}
  - target: GET /users
    update: {x-agent-pagination: {unknown: null, page: {into: page}}}
  - target: $.paths['/users'].get.parameters
    update: {name: page, in: query}
  - target: $.paths['/users'].get.parameters[?(@.name == 'old')]
    remove: true
  - target: /paths/~1users~1{id}/delete
    remove: true
  - target: $.paths.*.get
    update: {tags: [a]}
";
        let mut spec = spec();
        apply(&mut spec, text, false).unwrap();
        let list = &spec["paths"]["/users"]["get"];
        assert_eq!(
            spec["info"],
            json!({"title": "Acme Work", "x-agent-date-format": "Unix seconds."})
        );
        assert_eq!(list["x-agent-pagination"], json!({"page": {"into": "page"}}));
        assert_eq!(
            list["parameters"],
            json!([{"name": "limit", "in": "query"}, {"name": "page", "in": "query"}])
        );
        assert_eq!(spec["paths"]["/users/{id}"], json!({"get": {"tags": ["a"]}}));
        assert_eq!(list["summary"], "List");
    }

    #[test]
    fn an_entry_that_matches_nothing_names_what_is_nearest() {
        for (action, expected) in [
            (
                "{target: GET /user, remove: true}",
                "there is no operation `GET /user`; did you mean `GET /users`?",
            ),
            (
                "{target: PUT /users, remove: true}",
                "there is no operation `PUT /users`; did you mean `GET /users`?",
            ),
            (
                "{target: '$.paths[''/users''].gett', remove: true}",
                "`gett` is not in `/paths/~1users`; did you mean `get`?",
            ),
            (
                "{target: /info/titel, remove: true}",
                "`titel` is not in `/info`; did you mean `title`?",
            ),
            (
                "{target: '$.paths[''/users''].get.parameters[?(@.name == ''lim'')]', remove: true}",
                "nothing in `/paths/~1users/get/parameters` has `name` with the value `lim`; did you mean `limit`?",
            ),
            ("{target: '$.info'}", "`$.info`: give either `update` or `remove: true`"),
            (
                "{target: '$..x', remove: true}",
                "`$..x` is not understood: expected a form like `$.paths['/users'].get`, `/paths/~1users/get` or `GET /users`",
            ),
            (
                "{target: '$.info', upate: {}}",
                "there is no key `upate`; expected `update` or `remove`",
            ),
            ("{remove: true}", "`target` is missing"),
            (
                "{target: GET /users, update: {parameters: {name: page, in: query}}}",
                "`/paths/~1users/get/parameters` is a list, which an object cannot be merged with: make it the `target` of an action of its own, whose `update` is one more element",
            ),
        ] {
            let problems = apply(&mut spec(), &format!("actions: [{action}]"), false).unwrap_err();
            assert_eq!(problems, [format!("action 1: {expected}")]);
        }
        // If the spec has a part of the document only, the actions for the rest are returned.
        let text =
            "actions: [{target: GET /orders, remove: true}, {target: GET /users, remove: true}]";
        let unmatched = apply(&mut spec(), text, true).unwrap();
        assert!(
            matches!(&unmatched[..], [one] if one.starts_with("action 1: there is no operation `GET /orders`"))
        );
        let problems = apply(&mut spec(), "action: []", false).unwrap_err();
        assert_eq!(problems.len(), 2, "{problems:?}");
    }
}

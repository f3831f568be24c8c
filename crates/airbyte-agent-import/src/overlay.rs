//! Corrections by hand, which stand in a file beside the spec and survive imports. The file has the form of an
//! `OpenAPI` Overlay: `actions` with `target`, and `update` or `remove`.

mod target;

use serde_json::Value;

use self::target::Target;

/// Applies the corrections of an overlay to a spec.
///
/// # Errors
///
/// One message for every action that is wrong or matches nothing.
pub(crate) fn apply(spec: &mut Value, text: &str) -> Result<(), Vec<String>> {
    let overlay = airbyte_agent_spec::read(text)
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    let mut problems = Vec::new();
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
        if let Err(problem) = act(spec, action) {
            problems.push(format!("action {}: {problem}", place + 1));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn act(spec: &mut Value, action: &Value) -> Result<(), String> {
    let target = action.get("target").and_then(Value::as_str).ok_or("`target` is missing")?;
    let unknown = action.as_object().into_iter().flat_map(|members| members.keys());
    let mut unknown = unknown
        .filter(|key| !matches!(key.as_str(), "target" | "update" | "remove" | "description"));
    if let Some(key) = unknown.find(|key| !key.starts_with("x-")) {
        return Err(format!("there is no key `{key}`; expected `update` or `remove`"));
    }
    let places = Target::parse(target)?.find(spec)?;
    let removes = action.get("remove") == Some(&Value::Bool(true));
    match (removes, action.get("update")) {
        (true, None) => {
            // From the end, so that the places of list elements stay right.
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
                        node => merge(node, update),
                    }
                }
            }
            Ok(())
        }
        _ => Err(format!("`{target}`: give either `update` or `remove: true`")),
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

/// Merges as a JSON Merge Patch does: objects member by member, `null` removes, all else replaces.
fn merge(node: &mut Value, update: &Value) {
    let Value::Object(update) = update else {
        *node = update.clone();
        return;
    };
    if !node.is_object() {
        *node = Value::Object(serde_json::Map::new());
    }
    let Value::Object(node) = node else { return };
    for (name, value) in update {
        if value.is_null() {
            node.shift_remove(name);
        } else {
            merge(node.entry(name.clone()).or_insert(Value::Null), value);
        }
    }
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
        apply(&mut spec, text).unwrap();
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
        ] {
            let problems = apply(&mut spec(), &format!("actions: [{action}]")).unwrap_err();
            assert_eq!(problems, [format!("action 1: {expected}")]);
        }
        let problems = apply(&mut spec(), "action: []").unwrap_err();
        assert_eq!(problems.len(), 2, "{problems:?}");
    }
}

//! Paths in pieces.

use super::facts::Step;

/// First pieces of paths that say nothing about what the operation is about.
const PREFIXES: [&str; 9] =
    ["api", "apis", "rest", "public", "services", "odata", "json", "rpc", "webapi"];

/// Endings that choose the form of the response.
const ENDINGS: [&str; 4] = [".json", ".xml", ".php", ".aspx"];

/// The pieces of a path that name something: no versions, no prefixes, no endings.
pub(crate) fn steps(path: &str) -> Vec<Step> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let mut steps: Vec<Step> = Vec::new();
    for piece in path.split('/').filter(|piece| !piece.is_empty()) {
        split(piece, &mut steps);
    }
    // A number at the end is the id of a record, which a document made of examples has in the place of a parameter.
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    if !steps.is_empty() && !last.is_empty() && last.chars().all(|c| c.is_ascii_digit()) {
        steps.push(Step::Parameter("id".to_owned()));
    }
    // A prefix counts as one only if something follows that is no parameter.
    while let [Step::Name(first), Step::Name(_), ..] = steps.as_slice() {
        if !PREFIXES.contains(&first.to_lowercase().as_str()) {
            break;
        }
        steps.remove(0);
    }
    steps
}

/// Adds the steps of one piece, which may have parameters and names next to each other: `{id}.json`,
/// `{name}:cancel`, whose verb keeps its colon, `users('{id}')`, `users.list`.
fn split(piece: &str, steps: &mut Vec<Step>) {
    let mut rest = piece;
    while let Some(open) = rest.find('{') {
        let (before, behind) = rest.split_at(open);
        add(before, steps);
        let Some(close) = behind.find('}') else {
            rest = behind.trim_start_matches('{');
            continue;
        };
        let name = behind.get(1..close).unwrap_or_default();
        if !is_version(name) {
            steps.push(Step::Parameter(name.trim_start_matches('+').to_owned()));
        }
        rest = behind.get(close + 1..).unwrap_or_default();
    }
    add(rest, steps);
}

fn add(text: &str, steps: &mut Vec<Step>) {
    let mut text = text.trim_matches(|c: char| "()'\"=,;.".contains(c));
    for ending in ENDINGS {
        text = text.strip_suffix(ending).unwrap_or(text);
    }
    if text.trim_start_matches('.').eq_ignore_ascii_case("json") && !steps.is_empty() {
        return;
    }
    for text in text.split(['(', ')']).filter(|text| !text.is_empty()) {
        let (name, method) = text.split_once(':').unwrap_or((text, ""));
        if name.contains(char::is_alphanumeric) && !is_version(name) {
            steps.push(Step::Name(name.to_owned()));
        }
        if method.contains(char::is_alphanumeric) {
            steps.push(Step::Name(format!(":{method}")));
        }
    }
}

/// Whether a piece is a version: `v1`, `1.0`, `v2beta1`, `2023-01-01`, `apiVersion`.
fn is_version(text: &str) -> bool {
    let lower = text.to_lowercase();
    if ["apiversion", "api_version", "api-version"].contains(&lower.as_str()) {
        return true;
    }
    let rest = lower.strip_prefix('v').unwrap_or(&lower);
    let digits = rest.chars().take_while(char::is_ascii_digit).count();
    let behind = rest.get(digits..).unwrap_or_default();
    let has_v = rest.len() < lower.len();
    let is_number = |text: &str| text.chars().all(|c| c.is_ascii_digit() || ".-_".contains(c));
    digits > 0
        && (is_number(behind)
            || has_v && ["alpha", "beta", "rc", "p"].iter().any(|stage| behind.starts_with(stage)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_divided_into_what_they_name() {
        for (path, expected) in [
            ("/v1/projects/{id}/issues", "projects {id} issues"),
            ("/api/v2.1/users.json", "users"),
            ("/users/{id}.json", "users {id}"),
            ("/v1/{name}:cancel", "{name} :cancel"),
            (
                "/me/messages/{message-id}/microsoft.graph.forward()",
                "me messages {message-id} microsoft.graph.forward",
            ),
            ("/users.list", "users.list"),
            ("/2010-04-01/Accounts/{Sid}/Calls.json", "Accounts {Sid} Calls"),
            ("/rest/api/3/issue/{key}", "issue {key}"),
            ("/api", "api"),
            ("/tasks/0", "tasks {id}"),
            ("/api/2/tasks", "tasks"),
            ("/", ""),
        ] {
            let shown = steps(path)
                .iter()
                .map(|step| match step {
                    Step::Name(name) => name.clone(),
                    Step::Parameter(name) => format!("{{{name}}}"),
                })
                .collect::<Vec<_>>()
                .join(" ");
            assert_eq!(shown, expected, "{path}");
        }
    }
}

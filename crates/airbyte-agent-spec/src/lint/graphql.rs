//! GraphQL bodies: the document, the variables and the parameters fit together.

use std::collections::HashSet;

use airbyte_agent_description::Selection;

use crate::lower::{Cx, Op, default_selection, graphql_document, placeholders, variables};
use crate::names::hint;
use airbyte_agent_yaml::Node;

pub(super) fn check<'a>(cx: &Cx<'a>, op: Op<'a>) {
    let Some(settings) = op.graphql() else { return };
    if op.effective_path().contains(':') {
        cx.report.warning(
            op.node,
            "the path that tells operations apart would be requested as it stands; give \
             `x-airbyte-path-override: {path: /graphql}`",
        );
    }
    let document = graphql_document(settings);
    let place = settings.get("query").unwrap_or(settings);
    if let Some(message) = unbalanced(&document) {
        cx.report.error(place, message);
    }
    if let Some(fields) = settings.get("default_fields")
        && let Err(message) = Selection::parse(&default_selection(fields))
    {
        cx.report.error(fields, format!("`default_fields` is no selection of fields: {message}"));
    }
    let declared = signature(&document);
    for (name, node) in variables(settings) {
        if !declared.is_empty() && !declared.iter().any(|(known, _)| known == name) {
            let known = declared.iter().map(|(known, _)| known.as_str());
            cx.report.error(
                node,
                format!("the document declares no variable `${name}`{}", hint(name, known)),
            );
        }
    }
    for (name, needed) in &declared {
        if *needed && !variables(settings).iter().any(|(known, _)| known == name) {
            cx.report
                .error(place, format!("the document needs `${name}`; fill it under `variables`"));
        }
    }
    let optional = settings.texts("x-agent-optional");
    for name in optional.iter().filter(|name| !name.contains('.')) {
        let place = settings.get("x-agent-optional").unwrap_or(settings);
        if declared.iter().any(|(known, needed)| known == name && *needed) {
            cx.report.error(
                place,
                format!("the document needs `${name}`, so it cannot be left out; remove its `!`"),
            );
        }
        if document.contains(&format!("(if: ${name})")) {
            cx.report
                .error(place, format!("`${name}` decides a directive, which cannot be left out"));
        }
    }
    unused(cx, op, settings, &document);
}

/// Reports parameters that no part of the request uses.
fn unused<'a>(cx: &Cx<'a>, op: Op<'a>, settings: &'a Node, document: &str) {
    let used: HashSet<String> = placeholders(settings).into_iter().map(|p| p.name).collect();
    let report_unused = |node: &'a Node, name: &str| {
        let selects = name == "fields" && document.contains("{{ fields }}");
        if !used.contains(name) && !selects {
            cx.report.warning(node, format!("no variable uses `{name}`; it would have no effect"));
        }
    };
    for parameter in op.node.get("parameters").map(Node::items).unwrap_or_default() {
        if parameter.text("in") == "query" {
            report_unused(parameter, &parameter.text("name"));
        }
    }
    let content = op.node.at(&["requestBody", "content"]).map(Node::members).unwrap_or_default();
    for (_, media) in content.iter().take(1) {
        let Some(schema) = media.get("schema") else { continue };
        for (name, node) in cx.properties(schema) {
            report_unused(node, name);
        }
    }
}

/// Variables of the document, and whether they must be given.
fn signature(document: &str) -> Vec<(String, bool)> {
    let head = document.split('{').next().unwrap_or_default();
    // A default may be an object, whose brace would end the head too early.
    let Some(inside) = head.split_once('(').map(|(_, rest)| rest) else { return Vec::new() };
    let mut found = Vec::new();
    for part in inside.split('$').skip(1) {
        let Some((name, rest)) = part.split_once(':') else { continue };
        let kind: String = rest.chars().take_while(|c| !matches!(c, ',' | '$')).collect();
        let needed = kind.split('=').next().unwrap_or_default().trim_end_matches([')', ' ', '\n']);
        let needed = needed.trim().ends_with('!') && !kind.contains('=');
        found.push((name.trim().to_owned(), needed));
    }
    found
}

/// Says which brace or parenthesis is not closed, or closes nothing.
fn unbalanced(text: &str) -> Option<String> {
    let mut open: Vec<(char, usize)> = Vec::new();
    let mut in_text = false;
    for (index, line) in text.lines().enumerate() {
        let mut letters = line.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' if in_text => {
                    letters.next();
                }
                '"' => in_text = !in_text,
                _ if in_text => {}
                '#' => break,
                '{' | '(' | '[' => open.push((letter, index + 1)),
                '}' | ')' | ']' => {
                    let wanted = match letter {
                        '}' => '{',
                        ')' => '(',
                        _ => '[',
                    };
                    match open.pop() {
                        Some((found, _)) if found == wanted => {}
                        Some((found, line)) => {
                            return Some(format!(
                                "`{letter}` in line {} of the document does not close `{found}` of line {line}",
                                index + 1
                            ));
                        }
                        None => {
                            return Some(format!(
                                "`{letter}` in line {} of the document closes nothing",
                                index + 1
                            ));
                        }
                    }
                }
                _ => {}
            }
        }
    }
    let (letter, line) = open.pop()?;
    Some(format!("`{letter}` in line {line} of the document is never closed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_read() {
        let names = |text| {
            let found: Vec<_> = signature(text);
            found
                .into_iter()
                .map(|(n, needed)| if needed { n + "!" } else { n })
                .collect::<Vec<_>>()
        };
        assert_eq!(names("query A($a: ID!, $b: [Int!], $c: Int = 3) { x }"), ["a!", "b", "c"]);
        assert_eq!(names("{ viewer { id } }"), [""; 0]);
        assert_eq!(names("mutation M(\n  $input: In!\n) {\n x }"), ["input!"]);
    }

    #[test]
    fn unclosed_marks_are_found() {
        assert_eq!(unbalanced("query { a(b: \"}\") { {{ fields }} } }"), None);
        for text in ["query { a", "query { a } }", "query ( a }"] {
            assert!(unbalanced(text).is_some(), "{text}");
        }
    }
}

//! Expressions in a spec: whether they compile, and use only names that exist when they are rendered.

use crate::lower::Cx;
use crate::names::hint;
use airbyte_agent_yaml::Node;

/// The place of an expression, which decides which names it may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// `value_template` of a scoping entry.
    Scoping,
    /// `x-airbyte-record-filter`
    Filter,
    /// `x-airbyte-record-transform`
    Transform,
    /// A default or probe default.
    Default,
}

impl Place {
    fn variables(self) -> &'static [&'static str] {
        match self {
            Self::Scoping => &["value", "config", "param"],
            Self::Filter | Self::Transform => &["record", "config"],
            Self::Default => &["config"],
        }
    }

    fn functions(self) -> &'static [&'static str] {
        match self {
            Self::Default => &["now_utc", "duration", "max", "min"],
            Self::Scoping | Self::Filter | Self::Transform => &[],
        }
    }
}

const FILTERS: [&str; 4] = ["replace", "lower", "upper", "trim"];
const METHODS: [&str; 8] =
    ["split", "strftime", "lower", "upper", "strip", "startswith", "endswith", "replace"];
const WORDS: [&str; 13] = [
    "not", "and", "or", "in", "is", "if", "else", "elif", "none", "None", "true", "false",
    "defined",
];

/// Reports what is wrong with the expression in `node`.
pub(crate) fn check<'a>(cx: &Cx<'a>, node: &'a Node, place: Place) {
    let text = node.plain();
    if let Err(message) = airbyte_agent_description::expression::compile(&text) {
        cx.report.error(node, format!("the expression does not compile: {message}"));
        return;
    }
    for (role, name) in used(&text) {
        let (what, known) = match role {
            Role::Variable => ("variable", place.variables()),
            Role::Function => ("function", place.functions()),
            Role::Filter => ("filter", &FILTERS[..]),
            Role::Method => ("method", &METHODS[..]),
        };
        if !known.contains(&name.as_str()) {
            let expected = match known {
                [] => "none is available here".to_owned(),
                known => format!("expected {}", known.join(", ")),
            };
            let hint = hint(&name, known.iter().copied());
            cx.report.error(node, format!("unknown {what} `{name}`; {expected}{hint}"));
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Variable,
    Function,
    Filter,
    Method,
}

/// The names that an expression uses. Loops and other statements do not occur in specs.
fn used(text: &str) -> Vec<(Role, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
        let inner = &rest[start + 2..];
        let end = inner.find("}}").into_iter().chain(inner.find("%}")).min();
        let code = &inner[..end.unwrap_or(inner.len())];
        scan(code, &mut found);
        rest = &inner[code.len()..];
    }
    found
}

fn scan(code: &str, found: &mut Vec<(Role, String)>) {
    let letters: Vec<char> = code.chars().collect();
    let mut at = 0;
    // The last character before a name, white space aside, tells the role of the name.
    let mut before = ' ';
    while at < letters.len() {
        let letter = letters[at];
        if letter == '\'' || letter == '"' {
            at += 1;
            while at < letters.len() && letters[at] != letter {
                at += if letters[at] == '\\' { 2 } else { 1 };
            }
            at += 1;
            before = '"';
        } else if letter.is_alphabetic() || letter == '_' {
            let start = at;
            while at < letters.len() && (letters[at].is_alphanumeric() || letters[at] == '_') {
                at += 1;
            }
            let name: String = letters[start..at].iter().collect();
            let called = letters[at..].iter().find(|c| !c.is_whitespace()) == Some(&'(');
            let role = match before {
                '.' if called => Some(Role::Method),
                '.' => None,
                '|' => Some(Role::Filter),
                _ if WORDS.contains(&name.as_str()) => None,
                _ if called => Some(Role::Function),
                _ => Some(Role::Variable),
            };
            found.extend(role.map(|role| (role, name)));
            before = 'a';
        } else {
            if !letter.is_whitespace() {
                before = letter;
            }
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_with_their_role() {
        use Role::{Filter, Function, Method, Variable};
        let cases: [(&str, &[(Role, &str)]); 6] = [
            ("{{ not record.isPrivate }}", &[(Variable, "record")]),
            (
                "{{ record.value | replace('customers/', '') }}",
                &[(Variable, "record"), (Filter, "replace")],
            ),
            (
                "{{ value.split('/')[0] if '/' in value else none }}",
                &[(Variable, "value"), (Method, "split"), (Variable, "value")],
            ),
            (
                "{{ (now_utc() - duration('P7D')).strftime('%Y') }}",
                &[(Function, "now_utc"), (Function, "duration"), (Method, "strftime")],
            ),
            ("urn:li:{{ record.id }}", &[(Variable, "record")]),
            ("plain {words}", &[]),
        ];
        for (text, expected) in cases {
            let found = used(text);
            let found: Vec<_> = found.iter().map(|(role, name)| (*role, name.as_str())).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}

//! Places inside a JSON document.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::{List, Text};

/// A place inside a JSON document: `$`, then names, indexes and "each".
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JsonPath {
    /// Steps from the root; none is the root itself.
    pub steps: List<Step>,
}

/// One step of a [`JsonPath`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The member of an object with this name.
    Key(Text),
    /// The element of an array at this index, from zero.
    Index(usize),
    /// Every element of an array or every value of an object.
    Each,
}

impl JsonPath {
    /// Parses `$`, `$.a.b`, `$.a[0].b`, `$.a[*].b`, and `$['a.b']` for names with other characters than letters, digits,
    /// `_`, `-`, `@` and `$`; `None` for any other form.
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = text.trim().strip_prefix('$')?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('.') {
                let end = after.find(['.', '[']).unwrap_or(after.len());
                let name = &after[..end];
                if !is_plain(name) {
                    return None;
                }
                steps.push(Step::Key(name.to_owned().into()));
                rest = &after[end..];
            } else {
                let after = rest.strip_prefix('[')?;
                if let Some(quoted) = after.strip_prefix('\'') {
                    let (name, behind) = quoted.split_once("']")?;
                    if name.is_empty() || name.contains('\'') {
                        return None;
                    }
                    steps.push(Step::Key(name.to_owned().into()));
                    rest = behind;
                    continue;
                }
                let end = after.find(']')?;
                steps.push(match &after[..end] {
                    "*" => Step::Each,
                    index => Step::Index(index.parse().ok()?),
                });
                rest = &after[end + 1..];
            }
        }
        Some(Self { steps: steps.into() })
    }

    /// Whether the path can match more than once.
    pub fn is_multiple(&self) -> bool {
        self.steps.contains(&Step::Each)
    }

    /// Every value the path leads to, in document order.
    pub fn find<'v>(&self, root: &'v Value) -> Vec<&'v Value> {
        let mut found = vec![root];
        for step in self.steps.iter() {
            found = match step {
                Step::Key(key) => {
                    found.into_iter().filter_map(|v| v.as_object()?.get(key.as_ref())).collect()
                }
                Step::Index(index) => {
                    found.into_iter().filter_map(|v| v.as_array()?.get(*index)).collect()
                }
                Step::Each => found
                    .into_iter()
                    .flat_map(|v| -> Vec<&Value> {
                        match v {
                            Value::Array(items) => items.iter().collect(),
                            Value::Object(map) => map.values().collect(),
                            _ => Vec::new(),
                        }
                    })
                    .collect(),
            };
        }
        found
    }

    /// The first value the path leads to.
    pub fn first<'v>(&self, root: &'v Value) -> Option<&'v Value> {
        self.find(root).into_iter().next()
    }
}

/// Whether a name may stand behind a dot.
fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '@' | '$');
    !name.is_empty() && name.chars().all(plain)
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        for step in self.steps.iter() {
            match step {
                Step::Key(key) if is_plain(key) => write!(f, ".{key}")?,
                Step::Key(key) => write!(f, "['{key}']")?,
                Step::Index(index) => write!(f, "[{index}]")?,
                Step::Each => f.write_str("[*]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_forms_of_the_dialect_are_understood_and_no_other() {
        for text in [
            "$",
            "$.a",
            "$.a.b_c",
            "$.a[0]",
            "$.a.b[0].c",
            "$.a[*].b",
            "$[*][*]",
            "$['@odata.nextLink']",
            "$.a['b c'][0].d",
        ] {
            let path = JsonPath::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(path.to_string(), text);
        }
        for text in [
            "",
            "a",
            "$a",
            "$..a",
            "$.a[?(@.b)]",
            "$.a[1:2]",
            "$.a['b",
            "$['']",
            "$['a'b']",
            "$.",
            "$.a[",
        ] {
            assert_eq!(JsonPath::parse(text), None, "{text}");
        }
        assert_eq!(JsonPath::parse("$.a['b']"), JsonPath::parse("$.a.b"));
    }

    #[test]
    fn each_walks_arrays_and_objects() {
        let root = json!({"x": [1, 2], "y": [3]});
        let path = JsonPath::parse("$[*][*]").unwrap();
        assert_eq!(path.find(&root), [&json!(1), &json!(2), &json!(3)]);
        assert_eq!(JsonPath::parse("$.x[9]").unwrap().first(&root), None);
    }
}

//! YAML: the same document as in JSON.

use std::io::{self, Write};

use airbyte_agent_yaml::{Style, write};

use super::ResultDocument;

/// Writes the members `data`, `meta` and, where it is set, `next`.
pub(super) fn write_document(out: &mut impl Write, document: &ResultDocument) -> io::Result<()> {
    out.write_all(write(&document.to_json(), Style::Lines).as_bytes())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn blocks_nest_and_texts_stay_texts() {
        let document = ResultDocument {
            data: json!([
                {"id": 1, "name": "Ada L.", "no": "no", "tags": ["a", "1"], "in": {"x": null}},
                {"empty": [], "none": {}, "text": "a: b\nc", "deep": [[1, 2], {"k": true}]},
                7, [],
            ]),
            meta: Value::Null,
            next: Some(json!("c")),
            total: None,
            errors: Vec::new(),
        };
        let mut out = Vec::new();
        write_document(&mut out, &document).unwrap();
        let expected = "\
data:
  - id: 1
    name: Ada L.
    'no': 'no'
    tags:
      - a
      - '1'
    in:
      x: null
  - empty: []
    none: {}
    text: \"a: b\\nc\"
    deep:
      -
        - 1
        - 2
      - k: true
  - 7
  - []
meta: null
next: c
";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}

//! No text makes the crate panic: every line of a spec removed or replaced, one at a time.

#![allow(missing_docs)]

use airbyte_agent_spec::Spec;

const SMALL: &str = include_str!("fixtures/small.yaml");

#[test]
fn damaged_specs_are_told_not_crashed_on() {
    let lines: Vec<&str> = SMALL.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        let key = line.split_once(':').map_or(*line, |(key, _)| key);
        for value in
            [None, Some(""), Some("[]"), Some("{}"), Some("7"), Some("'{{ $'"), Some("[{}]")]
        {
            let changed = value.map(|value| format!("{key}: {value}"));
            let text: Vec<&str> = lines[..index]
                .iter()
                .copied()
                .chain(changed.as_deref())
                .chain(lines[index + 1..].iter().copied())
                .collect();
            if let Ok(spec) = Spec::parse(&text.join("\n")) {
                let refused = spec.lower().is_err();
                let found = spec.lint();
                let error = |p: &&airbyte_agent_spec::Problem| p.severity.as_str() == "error";
                assert!(!refused || found.iter().any(|p| error(&p)), "{line} -> {value:?}");
            }
        }
    }
}

//! The descriptions in the connector crates are those that their specs are lowered to today. They are
//! generated from the lowered description, so that a difference is a mistake in how it is written as Rust,
//! or a crate that was not generated anew.

use std::fs;
use std::path::Path;

#[test]
fn every_generated_description_equals_its_lowered_spec() {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../specs");
    let generated = airbyte_agent::registry();
    for connector in generated {
        let lowered = airbyte_agent_spec::load(&specs.join(format!("{}.yaml", connector.name)));
        let lowered = lowered.unwrap_or_else(|error| panic!("{error}"));
        // The parts that differ are easier to find than a difference in the whole.
        for (operation, expected) in connector.operations().zip(lowered.operations()) {
            assert!(operation == expected, "{}: {}", connector.name, expected.place());
        }
        assert!(**connector == lowered, "{}", connector.name);
    }
    let is_spec = |name: &str| name.strip_suffix(".yaml").is_some_and(|name| name != "platform");
    let names = fs::read_dir(specs).unwrap().map(|entry| entry.unwrap().file_name());
    let count = names.filter(|name| name.to_str().is_some_and(is_spec)).count();
    assert_eq!(generated.len(), count, "every spec has a crate");
}

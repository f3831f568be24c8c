//! The description that the fixture crate holds as constants is the description that was baked.

#![allow(clippy::unwrap_used, reason = "tests stop where they fail")]

use std::fs;
use std::path::Path;

use airbyte_agent_spec::Spec;

#[rustfmt::skip]
#[allow(clippy::unreadable_literal, reason = "numbers as the spec has them")]
#[allow(clippy::wildcard_imports, reason = "a description names most of its types")]
#[allow(unreachable_pub, reason = "the crate exports it, this test does not")]
#[path = "feature/src/description/mod.rs"]
mod description;

#[test]
fn nothing_is_lost_between_spec_and_constants() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../crates/airbyte-agent-spec/tests/fixtures/feature.yaml");
    let spec = Spec::parse(&fs::read_to_string(path).unwrap()).unwrap();
    let lowered = spec.lower().unwrap();
    for (baked, lowered) in description::DESCRIPTION.operations().zip(lowered.operations()) {
        assert_eq!(baked, lowered);
    }
    assert_eq!(description::DESCRIPTION, lowered);
}

//! `regen` on the workspace itself and on invented ones.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop where they fail")]

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use xtask::regen::{Mode, State, regen};
use xtask::{conformance, graphql, lint, new, platform, specs, umbrella};

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn root(slugs: &[&str]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("specs")).unwrap();
    fs::create_dir_all(root.path().join("crates")).unwrap();
    for slug in slugs {
        new::new(root.path(), slug).unwrap();
    }
    root
}

fn run(root: &Path, mode: Mode) -> Vec<(String, Result<State, String>)> {
    regen(root, &specs::slugs(root, &[]).unwrap(), mode)
        .into_iter()
        .map(|(slug, state)| (slug, state.map_err(|error| error.to_string())))
        .collect()
}

#[test]
fn the_committed_crates_are_what_regen_makes() {
    let root = workspace();
    for (slug, state) in run(&root, Mode::Check) {
        assert_eq!(state, Ok(State::Fresh), "run `cargo xtask regen {slug}`");
    }
    assert!(matches!(conformance::list(&root, Mode::Check), Ok(State::Fresh)));
    assert!(matches!(umbrella::write(&root, Mode::Check), Ok(State::Fresh)));
    assert_eq!(platform::write(&root, Mode::Check).unwrap(), State::Fresh);
}

#[test]
fn graphql_documents_are_compared_with_a_schema() {
    let root = root(&[]);
    let spec = include_str!("viewer.yaml");
    fs::write(root.path().join("specs/viewer.yaml"), spec).unwrap();
    let check = |schema: &str| {
        let file = root.path().join("schema.graphql");
        fs::write(&file, schema).unwrap();
        graphql::check(root.path(), &format!("viewer={}", file.display()))
    };
    for (fields, expected) in [
        ("viewer(id: ID!): Viewer", None),
        ("viewer(id: ID): Viewer twice: Int twice: Int", None),
        ("viewer(id: Int!): Viewer", Some("viewer.get")),
        ("other: Viewer", Some("viewer")),
    ] {
        let schema = format!("type Query {{ {fields} }} type Viewer {{ login: String }}");
        let report = check(&schema).unwrap();
        assert_eq!(report.checked, 1);
        assert_eq!(report.defects.is_some(), fields.contains("twice"));
        match expected {
            None => assert_eq!(report.problems, Vec::<String>::new(), "{fields}"),
            Some(word) => assert!(report.problems[0].contains(word), "{:?}", report.problems),
        }
    }
    assert!(check("no schema").is_err());
    assert!(graphql::check(root.path(), "viewer").unwrap_err().contains("SLUG=FILE"));
}

#[test]
fn a_new_spec_makes_a_crate_and_lacks_its_identifier_only() {
    let root = root(&["blue-door"]);
    let report = lint::lint(&specs::path(root.path(), "blue-door")).unwrap();
    let problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(problems[0].contains("identifier of the template"), "{problems:?}");
    let state = run(root.path(), Mode::Write).remove(0).1;
    assert!(matches!(state, Ok(State::Written(_))), "{state:?}");
    let connector = root.path().join("crates/airbyte-agent-blue-door/src/connector.rs");
    assert!(fs::read_to_string(connector).unwrap().contains("pub struct BlueDoorConnector"));
    assert_eq!(run(root.path(), Mode::Check)[0].1, Ok(State::Fresh));
    assert!(!root.path().join(".regen").exists());
}

#[test]
fn names_that_are_not_slugs_and_existing_specs_are_refused() {
    let root = root(&["taken"]);
    for name in ["", "A", "9a", "a--b", "a-", "a_b", "a/b", "../a"] {
        assert!(matches!(new::new(root.path(), name), Err(new::Error::Name(_))), "{name}");
    }
    assert!(matches!(new::new(root.path(), "taken"), Err(new::Error::Exists(_))));
}

#[test]
fn one_bad_spec_does_not_keep_others_from_being_written() {
    let root = root(&["alpha", "omega"]);
    let path = root.path();
    fs::write(
        path.join("specs/middle.yaml"),
        "openapi: 3.1.0\ninfo: {title: M, version: '1'}\npaths: {}\n",
    )
    .unwrap();
    let alpha = fs::read_to_string(specs::path(path, "alpha")).unwrap();
    fs::write(path.join("specs/other.yaml"), &alpha).unwrap();
    let states = run(path, Mode::Write);
    let names: Vec<&str> = states.iter().map(|(slug, _)| slug.as_str()).collect();
    assert_eq!(names, ["alpha", "middle", "omega", "other"]);
    assert!(matches!(states[0].1, Ok(State::Written(_))));
    assert!(states[1].1.as_ref().unwrap_err().contains("specs/middle.yaml:3:"), "{states:?}");
    assert!(matches!(states[2].1, Ok(State::Written(_))));
    assert!(states[3].1.as_ref().unwrap_err().contains("`alpha`"), "{states:?}");
    assert!(!path.join("crates/airbyte-agent-middle").exists());
}

#[test]
fn files_that_are_no_longer_generated_are_removed_and_others_stay() {
    let root = root(&["alpha"]);
    run(root.path(), Mode::Write);
    let folder = root.path().join("crates/airbyte-agent-alpha");
    let stale = folder.join("src/entities/gone.rs");
    let foreign = folder.join("tests/own.rs");
    fs::write(
        &stale,
        "// Generated by `cargo xtask regen alpha` from specs/alpha.yaml; do not edit.\n",
    )
    .unwrap();
    fs::create_dir_all(foreign.parent().unwrap()).unwrap();
    fs::write(&foreign, "// by hand\n").unwrap();
    fs::write(folder.join("src/lib.rs"), "broken").unwrap();
    let Ok(State::Stale(files)) = run(root.path(), Mode::Check).remove(0).1 else {
        panic!("expected stale files");
    };
    let named =
        ["src/lib.rs", "src/entities/gone.rs"].map(|f| format!("crates/airbyte-agent-alpha/{f}"));
    assert_eq!(files, named);
    assert!(matches!(run(root.path(), Mode::Write)[0].1, Ok(State::Written(_))));
    assert!(!stale.exists());
    assert_eq!(fs::read_to_string(foreign).unwrap(), "// by hand\n");
    assert_eq!(run(root.path(), Mode::Check)[0].1, Ok(State::Fresh));
}

#[test]
fn an_unknown_connector_is_named_with_those_there_are() {
    let root = root(&["alpha", "beta"]);
    let error = specs::slugs(root.path(), &["gamma".to_owned()]).unwrap_err().to_string();
    assert_eq!(error, "there is no specs/gamma.yaml; known: alpha, beta");
}

#[test]
fn the_api_of_the_platform_is_not_a_connector() {
    let root = root(&["alpha"]);
    fs::write(root.path().join("specs/platform.yaml"), "openapi: 3.0.3\n").unwrap();
    assert_eq!(specs::slugs(root.path(), &[]).unwrap(), ["alpha"]);
}

#[test]
fn conformance_tests_are_listed_and_removed_with_their_specs() {
    let root = root(&["alpha", "blue-door"]);
    let folder = root.path().join("crates/airbyte-agent-cli/tests/operations/connectors");
    run(root.path(), Mode::Write);
    assert!(matches!(conformance::list(root.path(), Mode::Check), Ok(State::Stale(_))));
    assert!(matches!(conformance::list(root.path(), Mode::Write), Ok(State::Written(_))));
    let list = fs::read_to_string(folder.join("mod.rs")).unwrap();
    assert!(list.contains("mod alpha;") && list.contains("mod blue_door;"), "{list}");
    fs::write(folder.join("alpha.rs"), "broken").unwrap();
    let name = "crates/airbyte-agent-cli/tests/operations/connectors/alpha.rs";
    assert_eq!(run(root.path(), Mode::Check)[0].1, Ok(State::Stale(vec![name.to_owned()])));
    run(root.path(), Mode::Write);
    fs::remove_file(specs::path(root.path(), "alpha")).unwrap();
    fs::write(folder.join("own.rs"), "// by hand\n").unwrap();
    assert!(matches!(conformance::list(root.path(), Mode::Write), Ok(State::Written(_))));
    assert!(!folder.join("alpha.rs").exists() && folder.join("own.rs").exists());
    assert!(matches!(conformance::list(root.path(), Mode::Check), Ok(State::Fresh)));
}

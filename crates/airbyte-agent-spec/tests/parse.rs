//! Texts that are no spec, and what is said about them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use airbyte_agent_spec::{Spec, load};

const SMALL: &str = include_str!("fixtures/small.yaml");

#[test]
fn what_is_no_spec_gets_one_clear_error() {
    for (text, expected) in [
        ("", "1:1: error: the file is empty; expected an OpenAPI 3.1 document"),
        ("just words", "1:1: error: expected an OpenAPI 3.1 document (a mapping), found a text"),
        ("[1, 2]", "1:1: error: expected an OpenAPI 3.1 document (a mapping), found a list"),
        ("a: 1", "1:1: error: expected an OpenAPI 3.1 document; `openapi: 3.1.0` is missing"),
        (
            "openapi: 3.0.3",
            "1:1: error: expected `openapi: 3.1.0`, found version `3.0.3` (at /openapi)",
        ),
        (
            "swagger: '2.0'",
            "1:1: error: this is OpenAPI 2.0; expected an OpenAPI 3.1 document (`openapi: 3.1.0`)",
        ),
        ("openapi: 3.1.0", "1:1: error: `info` with `title` and `version` is missing"),
        (
            "openapi: 3.1.0\ninfo: {title: x}",
            "1:1: error: `paths` is missing; a spec has at least one path",
        ),
        (
            "openapi: 3.1.0\ninfo: {title: x}\npaths: {}",
            "3:1: error: `paths` must hold at least one path (at /paths)",
        ),
        ("a: {", "2:1: error: not valid YAML: "),
        (
            "a: 1\nb: 2\na: 3",
            "3:1: error: the key `a` stands twice in this mapping, first in line 1; keep one",
        ),
        ("a: &x {b: 1}\nc:\n  <<: *x", "3:3: error: merge keys (`<<`) are not part of YAML 1.2"),
        ("a: !!float 1", "1:4: error: the tag"),
        ("a: 1\n---\nb: 2", "2:1: error: a second document starts here"),
        ("a: .inf", "1:4: error: .inf cannot be written in JSON"),
        ("? {a: 1}\n: 2", "1:3: error: a key must be a plain text"),
    ] {
        let problems = Spec::parse(text).err().unwrap_or_default();
        let shown: Vec<_> = problems.iter().map(ToString::to_string).collect();
        assert!(matches!(&shown[..], [one] if one.starts_with(expected)), "{text}: {shown:#?}");
    }
}

#[test]
fn nesting_and_aliases_have_limits() {
    let deep = format!("a: {}1{}", "[".repeat(200), "]".repeat(200));
    let mut wide = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..9 {
        let previous = format!("*a{}", level - 1);
        wide += &format!("a{level}: &a{level} [{}]\n", vec![previous; 10].join(", "));
    }
    for (text, expected) in [(deep, "nested deeper"), (wide, "make the document too large")] {
        let problems = Spec::parse(&text).err().unwrap_or_default();
        assert!(problems.iter().any(|p| p.message.contains(expected)), "{problems:#?}");
    }
}

#[test]
fn words_that_older_readers_misread_are_told() {
    let text = SMALL.replace("default: eu", "default: no");
    let found: Vec<_> =
        Spec::parse(&text).unwrap().lint().iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        ["15:25: warning: readers of YAML 1.1 take `no` for true or false; put it in quotes"]
    );
}

#[test]
fn json_is_read_as_well_and_means_the_same() {
    let spec = Spec::parse(SMALL).unwrap();
    let json = serde_json::to_string_pretty(spec.document()).unwrap();
    let again = Spec::parse(&json).unwrap();
    assert_eq!(again.document(), spec.document());
    assert_eq!(again.lower().unwrap(), spec.lower().unwrap());
}

#[test]
fn a_file_is_loaded_or_every_problem_listed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("spec.yaml");
    assert!(load(&file).unwrap_err().to_string().starts_with("cannot read "));
    std::fs::write(&file, SMALL).unwrap();
    assert_eq!(load(&file).unwrap().name, "small");
    let broken = SMALL
        .replace("x-airbyte-action: create", "x-airbyte-action: make")
        .replace("$.users", "users");
    std::fs::write(&file, broken).unwrap();
    let error = load(&file).unwrap_err();
    let name = file.display();
    let lines: Vec<_> = error.to_string().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 2, "{lines:#?}");
    assert!(lines[0].starts_with(&format!("{name}:42:7: error: `users` is no path")), "{lines:#?}");
    assert!(
        lines[1].starts_with(&format!("{name}:65:7: error: unknown action `make`")),
        "{lines:#?}"
    );
}

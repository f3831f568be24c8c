//! `drift`: one change of a vendor's document or of a spec, and the differences that it must cause.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod forms;
mod graphql;
mod real;
mod reasons;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use xtask::drift::{self, Report};

const SPEC: &str = include_str!("acme.yaml");
const VENDOR: &str = include_str!("vendor.yaml");

/// Compares a spec with documents, whose names and texts are given.
fn compare(spec: &str, documents: &[(&str, &str)]) -> Report {
    let folder = tempfile::tempdir().unwrap();
    let files: Vec<PathBuf> =
        documents.iter().map(|(name, text)| written(folder.path(), name, text)).collect();
    let spec = written(folder.path(), "spec.yaml", spec);
    drift::drift(&spec, &files).unwrap()
}

/// Writes a file with this text, compressed if its name says so.
fn written(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    let is_packed = name.rsplit('.').next() == Some("gz");
    let bytes = if is_packed { packed(text.as_bytes()) } else { text.as_bytes().to_vec() };
    fs::write(&path, bytes).unwrap();
    path
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The ids of differences without a reason.
fn ids(report: &Report) -> Vec<String> {
    let open = report.differences.iter().filter(|difference| difference.reason.is_none());
    open.map(|difference| difference.finding.full_id()).collect()
}

/// The text with a part of it replaced, which must occur once.
#[track_caller]
fn with(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "{from:?} must occur once");
    text.replace(from, to)
}

#[test]
fn a_connector_that_is_as_its_vendor_says_is_clean() {
    let report = compare(SPEC, &[("acme.yaml", VENDOR)]);
    assert_eq!(ids(&report), [""; 0]);
    assert!(report.is_clean());
    assert_eq!(report.compared, ["users.list", "users.create", "users.get"]);
}

#[test]
fn every_change_of_the_vendor_is_noticed() {
    for (from, to, expected) in [
        // The operation.
        ("/users/{user_id}:", "/people/{user_id}:", vec!["users.get/operation-unknown"]),
        ("    post:\n", "    put:\n", vec!["users.create/method-differs"]),
        (
            "    post:\n",
            "    post:\n      deprecated: true\n",
            vec!["users.create/operation-deprecated"],
        ),
        // Its arguments.
        (
            "{name: after, in: query",
            "{name: from, in: query",
            vec!["users.list/argument-unknown:after"],
        ),
        (
            "{name: after, in: query",
            "{name: after, in: cookie",
            vec!["users.list/argument-misplaced:after"],
        ),
        (
            "{name: after, in: query,",
            "{name: after, in: query, required: true,",
            vec!["users.list/argument-required:after"],
        ),
        (
            "        - {name: after, in: query",
            "        - {name: team, in: query, required: true}\n        - {name: after, in: query",
            vec!["users.list/argument-missing:team"],
        ),
        (
            "{name: after, in: query,",
            "{name: after, in: query, deprecated: true,",
            vec!["users.list/argument-deprecated:after"],
        ),
        (
            "{name: role, in: query, schema: {$ref: '#/components/schemas/Role'}}",
            "{name: role, in: query, schema: {type: string, enum: [admin, owner]}}",
            vec!["users.list/enum-narrower:role", "users.list/enum-unknown:role"],
        ),
        (
            "{name: role, in: query, schema: {$ref: '#/components/schemas/Role'}}",
            "{name: role, in: query, schema: {type: string}}",
            vec!["users.list/enum-own:role"],
        ),
        (
            "{name: after, in: query, schema: {type: string}}",
            "{name: after, in: query, schema: {type: string, enum: [a]}}",
            vec!["users.list/enum-missing:after"],
        ),
        ("enum: ['1', '2']", "enum: ['1', '3']", vec!["users.list/enum-unknown:Acme-Version"]),
        (
            "maximum: 100, default: 20",
            "maximum: 50, default: 20",
            vec!["users.list/page-size:limit", "users.list/limit-wider:limit"],
        ),
        (
            "maximum: 100, default: 20",
            "maximum: 200, default: 20",
            vec!["users.list/limit-narrower:limit"],
        ),
        (
            "maximum: 100, default: 20",
            "maximum: 100, default: 10",
            vec!["users.list/page-default:limit"],
        ),
        (
            "{type: integer, minimum: 1, maximum: 100, default: 20}",
            "{type: string}",
            vec!["users.list/type-narrower:limit"],
        ),
        // The body.
        ("      required: [name]\n", "", vec!["users.create/argument-optional:name"]),
        ("required: [name]", "required: [name, age]", vec!["users.create/argument-required:age"]),
        (
            "required: [name]",
            "required: [name, age, id]",
            vec!["users.create/argument-required:age"],
        ),
        (
            "        age: {type: integer}",
            "        age: {type: string}",
            vec!["users.create/type-differs:age"],
        ),
        (
            "        age: {type: integer}",
            "        age: {type: number}",
            vec!["users.create/type-narrower:age"],
        ),
        ("        age: {type: integer}\n", "", vec!["users.create/argument-unknown:age"]),
        (
            "application/json: {schema: {$ref: '#/components/schemas/NewUser'}}",
            "application/x-www-form-urlencoded: {schema: {$ref: '#/components/schemas/NewUser'}}",
            vec!["users.create/media-type"],
        ),
        (
            "Address: {type: object, required: [city],",
            "Address: {type: object,",
            vec!["users.create/argument-optional:address.city"],
        ),
        (
            "Address: {type: object, required: [city], properties: {",
            "Address: {type: object, required: [city, zip], properties: {zip: {}, ",
            vec![
                "users.create/argument-missing:address.zip",
                "users.list/field-missing:address.zip",
                "users.create/field-missing:address.zip",
                "users.get/field-missing:address.zip",
            ],
        ),
        // The response.
        (
            "users: {type: array, items:",
            "people: {type: array, items:",
            vec!["users.list/records-absent:$.users"],
        ),
        (
            "{next: {type: string, nullable: true}, total",
            "{token: {type: string, nullable: true}, total",
            vec!["users.list/paging-absent:next"],
        ),
        (
            "total: {type: integer}",
            "count: {type: integer}",
            vec!["users.list/metadata-absent:total"],
        ),
        ("headers: {X-Quota:", "headers: {X-Limit:", vec!["users.list/metadata-absent:quota"]),
        (
            "        hidden: {type: boolean}\n",
            "",
            vec![
                "users.list/filter-absent:$.hidden",
                "users.list/field-unknown:hidden",
                "users.create/field-unknown:hidden",
                "users.get/field-unknown:hidden",
            ],
        ),
        (
            "        hidden: {type: boolean}\n",
            "        hidden: {type: integer}\n",
            vec![
                "users.list/field-type:hidden",
                "users.create/field-type:hidden",
                "users.get/field-type:hidden",
            ],
        ),
        (
            "        hidden: {type: boolean}\n",
            "        hidden: {type: boolean, deprecated: true}\n",
            vec![
                "users.list/field-deprecated:hidden",
                "users.create/field-deprecated:hidden",
                "users.get/field-deprecated:hidden",
            ],
        ),
    ] {
        let report = compare(SPEC, &[("acme.yaml", &with(VENDOR, from, to))]);
        assert_eq!(ids(&report), expected, "{from} -> {to}");
        assert!(!report.is_clean());
    }
}

#[test]
fn a_single_record_is_not_a_list() {
    let (start, get) = VENDOR.split_once("  /users/{user_id}:").unwrap();
    let user = "schema: {$ref: '#/components/schemas/User'}";
    let list = "schema: {type: array, items: {$ref: '#/components/schemas/User'}}";
    let changed = format!("{start}  /users/{{user_id}}:{}", with(get, user, list));
    let report = compare(SPEC, &[("acme.yaml", &changed)]);
    assert_eq!(ids(&report), ["users.get/field-type:$"]);
}

#[test]
fn the_exit_code_says_how_it_ended() {
    let folder = tempfile::tempdir().unwrap();
    let spec = written(folder.path(), "spec.yaml", SPEC);
    let same = written(folder.path(), "same.yaml", VENDOR);
    let other = with(VENDOR, "{name: after, in: query", "{name: from, in: query");
    let other = written(folder.path(), "other.yaml", &other);
    let run = |arguments: &[&Path]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command.arg("drift").arg(&spec).arg("--json");
        for path in arguments {
            command.arg("--document").arg(path);
        }
        let output = command.output().unwrap();
        let lines = String::from_utf8(output.stdout).unwrap().lines().count();
        (output.status.code(), lines, output.stderr.is_empty())
    };
    assert_eq!(run(&[&same]), (Some(0), 1, true));
    assert_eq!(run(&[&other]), (Some(1), 2, true));
    assert_eq!(run(&[&same, &folder.path().join("none.yaml")]), (Some(2), 0, false));
    assert_eq!(run(&[]), (Some(2), 0, false));
}

#[test]
fn of_several_documents_the_one_of_the_requested_version_counts() {
    let newer = with(VENDOR, "version: '2'", "version: '3'");
    let newer = with(&newer, "{name: after, in: query", "{name: from, in: query");
    assert_eq!(ids(&compare(SPEC, &[("2.yaml", VENDOR), ("3.yaml", &newer)])), [""; 0]);
    let spec = with(SPEC, "default: '2'", "default: '3'");
    let report = compare(&spec, &[("2.yaml", VENDOR), ("3.yaml", &newer)]);
    assert_eq!(
        ids(&report),
        ["users.list/argument-unknown:after", "users.list/enum-unknown:Acme-Version"]
    );
    // If no document is of the version, the one that fits best counts.
    let spec = with(SPEC, ", default: '2'", "");
    let report = compare(&spec, &[("3.yaml", &newer), ("2.yaml", VENDOR)]);
    assert_eq!(ids(&report), ["users.list/enum-missing:Acme-Version"]);
}

#[test]
fn what_cannot_be_compared_is_told() {
    let vague =
        with(VENDOR, "            application/json; charset=utf-8:", "            text/plain:");
    let report = compare(SPEC, &[("acme.yaml", &vague)]);
    assert_eq!(report.notes["the document does not describe the response"], ["users.list"]);
    let lost = with(
        VENDOR,
        "      page: {$ref: '#/components/schemas/Page'}",
        "      page: {$ref: 'page.yaml'}",
    );
    let report = compare(SPEC, &[("acme.yaml", &lost)]);
    assert!(
        report.table().contains("references of the document lead nowhere"),
        "{}",
        report.table()
    );
    let broken = compare(SPEC, &[("acme.graphql", "type Query { a: Int a: Int }")]);
    assert!(broken.table().contains("acme.graphql is not valid itself: "), "{}", broken.table());
    let report = compare(SPEC, &[("acme.graphql", "type Query { a: Int }")]);
    assert_eq!((report.compared.len(), report.skipped.len()), (0, 3));
    assert!(report.table().contains("not compared, no document describes operations with paths"));
}

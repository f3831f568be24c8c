//! Vendors' documents: imported to files, and taken by `--spec` as they are.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::run::{Folder, Outcome, PROGRAM, run};
use crate::vendor::{Answer, Vendor};

/// A document of the kind that vendors publish.
pub(crate) fn garden() -> String {
    let path = "../airbyte-agent-import/tests/fixtures/garden.yaml";
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path).display().to_string()
}

fn import(args: &[&str]) -> Outcome {
    let garden = garden();
    run(&[&["import", garden.as_str()], args].concat())
}

#[test]
fn an_import_writes_files_that_the_next_one_knows() {
    let folder = Folder::new("import");
    let (spec, report) = (folder.file("garden.yaml"), folder.file("report.jsonl"));
    let outcome = import(&["-o", &spec, "--report", &report]).succeeded();
    assert!(outcome.stdout.contains("15 operations"), "{outcome:?}");
    assert!(outcome.stdout.contains("visits.list: "), "{outcome:?}");
    let lines = fs::read_to_string(&report).unwrap();
    assert_eq!(lines.lines().count(), 15);
    for line in lines.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(line["method"].is_string() && line["evidence"].is_array(), "{line}");
    }
    let text = fs::read_to_string(&spec).unwrap();
    assert_eq!(import(&["-o", &spec]).code, 0, "what an import wrote may be written over");
    assert_eq!(fs::read_to_string(&spec).unwrap(), text);

    // What was edited by hand is not lost.
    fs::write(&spec, format!("{text}# mine\n")).unwrap();
    let outcome = import(&["-o", &spec]);
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(outcome.message().contains("garden.overlay.yaml"), "{outcome:?}");
    assert!(fs::read_to_string(&spec).unwrap().ends_with("# mine\n"));
    import(&["-o", &spec, "--force"]).succeeded();
    assert_eq!(fs::read_to_string(&spec).unwrap(), text);

    // Corrections survive, and one that fits nothing is told, before anything is written.
    let overlay = folder.file("garden.overlay.yaml");
    fs::write(&overlay, "actions: [{target: GET /visits, update: {summary: Mine}}]").unwrap();
    import(&["-o", &spec]).succeeded();
    let corrected = fs::read_to_string(&spec).unwrap();
    assert!(corrected.contains("summary: Mine"));
    fs::write(&overlay, "actions: [{target: GET /visit, update: {summary: Mine}}]").unwrap();
    let outcome = import(&["-o", &spec]);
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(outcome.message().contains("did you mean `GET /visits`?"), "{outcome:?}");
    assert_eq!(fs::read_to_string(&spec).unwrap(), corrected);
    let names: Vec<_> =
        fs::read_dir(folder.file("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 4, "no file is left over: {names:?}");
}

#[test]
fn what_cannot_be_imported_is_refused_before_anything_is_written() {
    let folder = Folder::new("import-refused");
    let spec = folder.file("other.yaml");
    fs::write(&spec, "openapi: 3.1.0").unwrap();
    let text = folder.file("text.json");
    fs::write(&text, "no document").unwrap();
    for (args, part) in [
        (vec!["-o", spec.as_str()], "was not written by an import"),
        (vec!["-o", &folder.file("new.yaml"), "--only", "/trees"], "none of the 15 operations"),
        (vec!["-o", &folder.file("new.yaml"), "--slug", "My Garden"], "`My Garden` is no name"),
        (vec!["-o", "/no/such/folder/new.yaml"], "cannot be written"),
    ] {
        let outcome = import(&args);
        assert_eq!(outcome.code, 2, "{args:?}: {outcome:?}");
        assert!(outcome.message().contains(part), "{args:?}: {outcome:?}");
    }
    for file in [text.as_str(), "/no/such/file.json"] {
        let outcome = run(&["import", file, "-o", &folder.file("new.yaml")]);
        assert_eq!(
            (outcome.code, Path::new(&folder.file("new.yaml")).exists()),
            (2, false),
            "{outcome:?}"
        );
    }
}

#[cfg(unix)]
#[test]
fn the_commands_of_the_report_work() {
    let folder = Folder::new("import-try");
    let outcome = import(&["-o", &folder.file("garden.yaml")]).succeeded();
    let (_, commands) = outcome.stdout.split_once("To try:").unwrap();
    let commands: Vec<&str> =
        commands.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(commands.len(), 5, "{commands:?}");
    for command in commands {
        let line = command.replacen("airbyte-agent", PROGRAM, 1);
        let mut shell = std::process::Command::new("sh");
        let output =
            shell.arg("-c").arg(&line).stdin(std::process::Stdio::null()).output().unwrap();
        let outcome = Outcome::from(output);
        assert_eq!(outcome.code, 0, "{command}: {outcome:?}");
    }
}

#[test]
fn a_document_is_taken_by_every_command_that_takes_a_spec() {
    let garden = garden();
    for args in [
        &["describe", "--spec", &garden, "plants", "list"][..],
        &["search", "--spec", &garden, "cancel", "an", "order"],
        &["check", "--spec", &garden, "--sandbox"],
        &["exec", "--spec", &garden, "plants", "list", "--sandbox", "--all"],
        &["exec", "--spec", &garden, "bed_plants", "list", "-p", "bed_id=1", "--sandbox", "--all"],
        &[
            "exec",
            "--spec",
            &garden,
            "orders_cancel",
            "create",
            "-p",
            "id=x",
            "--dry-run",
            "--sandbox",
        ],
    ] {
        let outcome = run(args).succeeded();
        let notes =
            outcome.stderr.lines().filter(|line| line.contains("imported in memory")).count();
        assert_eq!(notes, 1, "{outcome:?}");
    }
    let outcome = run(&["exec", "--spec", &garden, "plants", "lst", "--sandbox"]);
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert_eq!(outcome.stderr.matches("imported in memory").count(), 1, "{outcome:?}");
}

/// Runs an operation of the document against a vendor that always answers alike, as far as `answer` says.
fn read_all(operation: &[&str], answer: fn(usize) -> Value) -> (Outcome, usize) {
    let vendor = Vendor::new(move |_, index| Answer::json(200, &answer(index)));
    let (garden, url) = (garden(), vendor.url.clone());
    let fixed =
        ["exec", "--spec", &garden, "--via", &url, "--credentials", r#"{"key": "k"}"#, "--all"];
    let outcome = run(&[&fixed, operation].concat());
    (outcome, vendor.seen().len())
}

#[test]
fn a_list_that_does_not_move_is_an_error_and_never_a_loop() {
    for (operation, answer, requests, part) in [
        // The vendor hands out the same token again.
        (
            &["plants", "list"][..],
            (|_| json!({"plants": [{"id": "1"}], "next_page_token": "t"})) as fn(usize) -> Value,
            2,
            "twice",
        ),
        // The same records under a new token.
        (
            &["plants", "list"],
            |index| json!({"plants": [{"id": "1"}], "next_page_token": format!("t{index}")}),
            2,
            "same page twice",
        ),
        // The number of the page is ignored.
        (&["beds", "list"], |_| json!([{"id": 1}, {"id": 2}]), 2, "same page twice"),
        // The number of records passed is ignored.
        (
            &["bed_plants", "list", "-p", "bed_id=1"],
            |_| json!({"data": [{"id": "1"}], "total": 9}),
            2,
            "same page twice",
        ),
        // The id of the last record is ignored.
        (&["orders", "list"], |_| json!({"data": [{"id": "1"}], "has_more": true}), 2, "twice"),
        // Nobody knows how the list continues.
        (
            &["visits", "list"],
            |_| json!({"visits": [{"id": "1"}], "next_cursor": "x"}),
            1,
            "x-agent-pagination",
        ),
    ] {
        let (outcome, seen) = read_all(operation, answer);
        assert_ne!(outcome.code, 0, "{operation:?}: {outcome:?}");
        assert!(outcome.message().contains(part), "{operation:?}: {outcome:?}");
        assert_eq!(seen, requests, "{operation:?}");
        assert!(outcome.stdout.contains("\"id\""), "the records that came are given: {outcome:?}");
    }
}

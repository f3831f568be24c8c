//! Tests of the program on a terminal, which `script` (util-linux) emulates.

#![cfg(target_os = "linux")]

use std::process::{Command, Stdio};

use crate::run::{PROGRAM, spec};
use crate::vendor::{Answer, Vendor};
use serde_json::json;

/// The output on a terminal of 60 columns and 20 lines; `None` if `script` is not installed.
fn shown(args: &str, variables: &[(&str, &str)]) -> Option<String> {
    let mut command = Command::new("script");
    let line = format!("stty cols 60 rows 20; '{PROGRAM}' {args}");
    command.args(["-qec", &line, "/dev/null"]).stdin(Stdio::null());
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "CLICOLOR", "COLUMNS", "PAGER", "LESS"] {
        command.env_remove(name);
    }
    command.env("TERM", "xterm").env("AIRBYTE_CONFIG_DIR", "/nonexistent");
    command.envs(variables.iter().copied());
    let output = command.output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).replace('\r', ""))
}

fn bare(text: &str) -> String {
    console::strip_ansi_codes(text).into_owned()
}

#[test]
fn a_list_is_a_table_with_colours_that_fits() {
    let things: Vec<_> = (1..4)
        .map(|id| {
            json!({"id": id, "name": format!("thing {id}"), "state": "open", "self": "x",
                   "description": "words ".repeat(30), "size": id * 100})
        })
        .collect();
    let vendor = Vendor::always(Answer::json(200, &json!({"things": things, "next": "c1"})));
    let (spec, url) = (spec(), &vendor.url);
    let args =
        format!(r#"exec --spec {spec} things list --via {url} --credentials '{{"token": "x"}}'"#);
    let Some(table) = shown(&args, &[]) else { return };
    assert!(table.contains("\u{1b}[1mid"), "{table}");
    let table = bare(&table);
    assert!(table.starts_with("id  name     state"), "{table}");
    assert!(table.lines().all(|line| line.starts_with("There is more") || line.len() <= 64));
    assert!(table.contains("Not shown: self. Choose with --select"), "{table}");
    assert!(table.contains("There is more: --all, or --resume "), "{table}");
    let plain = shown(&args, &[("NO_COLOR", "1")]).unwrap();
    assert_eq!(plain, bare(&plain));
    let all = bare(&shown(&format!("{args} --all --max 2"), &[]).unwrap());
    assert!(all.contains("2 records, 1 page, "), "{all}");
}

#[test]
fn a_log_on_a_terminal_tells_what_was_sent() {
    let vendor = Vendor::always(Answer::json(200, &json!({"things": [], "next": null})));
    let (spec, url) = (spec(), &vendor.url);
    let args = format!(
        r#"exec -v --spec {spec} things list --via {url} --credentials '{{"token": "x"}}'"#
    );
    let Some(told) = shown(&args, &[]) else { return };
    assert!(told.contains("airbyte_agent.request"), "{told}");
    assert!(!told.contains("panicked"), "{told}");
}

#[test]
fn the_manual_goes_through_the_pager() {
    let describe = "describe github issues list";
    let Some(paged) = shown(describe, &[("PAGER", "head -n 3")]) else { return };
    assert_eq!(bare(&paged).lines().count(), 3, "{paged}");
    assert!(paged.contains("\u{1b}[1mNAME"), "{paged}");
    let whole = |line, variables: &[_]| bare(&shown(line, variables).unwrap()).lines().count();
    assert!(whole("describe --no-pager github issues list", &[("PAGER", "head -n 3")]) > 50);
    assert!(whole(describe, &[("PAGER", "cat")]) > 50);
    assert!(whole(describe, &[("PAGER", "no-such-pager")]) > 50);
    assert!(whole("describe --output json github issues list", &[("PAGER", "head -n 3")]) > 50);
}

#[test]
fn failures_are_told_in_words_unless_a_programs_format_is_wanted() {
    let Some(told) = shown("exec gitub issues list", &[]) else { return };
    let told = bare(&told);
    assert!(
        told.starts_with("error: there is no connector 'gitub', did you mean 'github'?\nhint: ")
    );
    assert!(!told.contains('{'), "{told}");
    let line = shown("exec gitub issues list --output json", &[]).unwrap();
    assert!(line.starts_with(r#"{"error":{"kind":"usage""#), "{line}");
}

/// Whoever may write a record, or a spec, writes to a stranger's terminal.
#[test]
fn nothing_that_others_wrote_controls_the_terminal() {
    let evil = "\u{1b}]52;c;ZXZpbA==\u{7}\u{9b}31m\u{202e}x\u{2066}\r\u{8}";
    let things = json!([{"id": 1, (evil): evil, "name": evil}, {"id": 2, (evil): evil}]);
    let list = Vendor::always(Answer::json(200, &json!({"things": things, "next": null})));
    let failing = Vendor::always(Answer::json(400, &json!({"message": evil})));
    let folder = crate::run::Folder::new("terminal");
    let text = std::fs::read_to_string(spec()).unwrap();
    let quoted = json!(format!("An invented vendor {evil}")).to_string();
    let text = text.replace("An invented vendor for tests of the program.", &quoted);
    let evil_spec = folder.file("evil.yaml");
    std::fs::write(&evil_spec, text.replace("title: Acme", &format!("title: {quoted}"))).unwrap();
    let exec = |vendor: &Vendor, more: &str| {
        let (spec, url) = (spec(), &vendor.url);
        format!(
            "exec --spec {spec} things list --via {url} --credentials '{{\"token\": \"x\"}}' {more}"
        )
    };
    let mut lines: Vec<String> = ["json", "jsonl", "yaml", "csv", "tsv", "table"]
        .iter()
        .map(|format| exec(&list, &format!("--output {format}")))
        .collect();
    lines.push(exec(&failing, ""));
    lines.push(exec(&failing, "--output json -vv"));
    for pager in ["", "--no-pager"] {
        lines.push(format!("describe --spec {evil_spec} {pager}"));
        lines.push(format!("describe --spec {evil_spec} {pager} things list"));
    }
    lines.push(format!("describe --spec {evil_spec} --output json"));
    for line in lines {
        let Some(shown) = shown(&line, &[("PAGER", "cat -u")]) else { return };
        let bare = bare_of_colours(&shown);
        let found = bare.chars().find(|c| {
            (c.is_control() && !matches!(c, '\n' | '\t'))
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        });
        assert_eq!(found, None, "{line}: {shown:?}");
    }
}

/// The text without the colours of the program.
fn bare_of_colours(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("\u{1b}[") {
        out.push_str(before);
        let end = behind.find(|c: char| !c.is_ascii_digit() && c != ';').unwrap_or(behind.len());
        if let Some(after) = behind[end..].strip_prefix('m') {
            rest = after;
        } else {
            out.push('\u{1b}');
            rest = behind;
        }
    }
    out + rest
}

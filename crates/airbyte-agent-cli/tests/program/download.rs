//! Tests of downloads: a file is saved completely or not at all, or written to standard output.

use std::path::Path;

use crate::run::{Folder, acme, at_once};
use crate::vendor::{Answer, Vendor};

const DOWNLOAD: [&str; 4] = ["files", "download", "-p", "id=1"];

#[test]
fn a_file_is_saved() {
    let folder = Folder::new("save");
    let path = folder.file("a/b.bin");
    let vendor = Vendor::always(Answer::text(200, "the bytes"));
    let outcome = acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &path]].concat()).succeeded();
    assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), ("", ""));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "the bytes");
}

#[test]
fn an_existing_file_is_left_alone() {
    let folder = Folder::new("exists");
    let path = folder.file("b.bin");
    std::fs::write(&path, "mine").unwrap();
    let vendor = Vendor::always(Answer::text(200, "the bytes"));
    let outcome = acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &path]].concat());
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(outcome.message().contains("exists already"), "{outcome:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    assert!(vendor.seen().is_empty());
}

#[test]
fn standard_output_takes_the_bytes() {
    let vendor = Vendor::always(Answer::text(200, "the bytes"));
    for more in [&["--out", "-"][..], &[]] {
        let outcome = acme(&vendor.url, &[&DOWNLOAD[..], more].concat()).succeeded();
        assert_eq!((outcome.stdout.as_str(), outcome.stderr.as_str()), ("the bytes", ""));
    }
}

#[test]
fn a_file_that_breaks_off_leaves_nothing_behind() {
    let folder = Folder::new("cut");
    let path = folder.file("b.bin");
    let vendor = Vendor::always(Answer::text(200, "the by").cut());
    let outcome = acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &path]].concat());
    assert_eq!(outcome.code, 8, "{outcome:?}");
    let folder = Path::new(&path).parent().unwrap();
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
}

#[test]
fn a_missing_file_is_not_found() {
    let folder = Folder::new("missing");
    let path = folder.file("b.bin");
    let vendor = Vendor::always(Answer::text(404, "gone"));
    let outcome = acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &path]].concat());
    assert_eq!(outcome.code, 5, "{outcome:?}");
    assert!(!Path::new(&path).exists());
}

/// A vendor that serves `CONTENT` in parts, and breaks off after the number of bytes in `cuts`.
fn serves(tag: &'static str, cuts: &'static [usize]) -> Vendor {
    Vendor::new(move |seen, before| {
        let from = seen
            .header("range")
            .filter(|_| seen.header("if-range").is_none_or(|known| known == tag))
            .map(|range| range.strip_prefix("bytes=").unwrap().trim_end_matches('-'));
        let from: usize = from.map_or(0, |from| from.parse().unwrap());
        let rest = &CONTENT[from..];
        let sent = cuts.get(before).map_or(rest, |cut| &rest[..*cut]);
        let status = if from > 0 { 206 } else { 200 };
        let mut answer = Answer::text(status, sent).header("etag", tag);
        if from > 0 {
            let range = format!("bytes {from}-{}/{}", CONTENT.len() - 1, CONTENT.len());
            answer = answer.header("content-range", &range);
        }
        answer.announced = Some(rest.len());
        answer
    })
}

const CONTENT: &str = "0123456789abcdefghij";

#[test]
fn a_break_is_mended_in_the_same_call() {
    let folder = Folder::new("mend");
    let path = folder.file("b.bin");
    let vendor = serves("\"v1\"", &[5, 3]);
    acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &path]].concat()).succeeded();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), CONTENT);
    let ranges: Vec<Option<String>> =
        vendor.seen().iter().map(|seen| seen.header("range").map(str::to_owned)).collect();
    assert_eq!(ranges, [None, Some("bytes=5-".to_owned()), Some("bytes=8-".to_owned())]);
    assert_eq!(vendor.seen()[1].header("if-range"), Some("\"v1\""));
    assert_eq!(vendor.seen()[0].header("accept-encoding"), Some("identity"));
    assert_eq!(std::fs::read_dir(Path::new(&path).parent().unwrap()).unwrap().count(), 1);
}

/// Downloads until the connection has failed too often. Returns the folder and the path.
fn broken(name: &str) -> (Folder, String) {
    let folder = Folder::new(name);
    let path = folder.file("b.bin");
    let vendor = serves("\"v1\"", &[5, 0, 0, 0, 0]);
    let outcome = acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &path]].concat());
    assert_eq!(
        (outcome.code, outcome.error()["kind"].as_str()),
        (8, Some("network")),
        "{outcome:?}"
    );
    let hint = outcome.error()["hint"].as_str().unwrap().to_owned();
    assert!(hint.contains("5 bytes are kept") && hint.contains("b.bin.part"), "{outcome:?}");
    assert!(!Path::new(&path).exists());
    assert_eq!(std::fs::read_to_string(format!("{path}.part")).unwrap(), "01234");
    (folder, path)
}

#[test]
fn a_later_call_goes_on_where_one_broke_off() {
    let (_folder, path) = broken("later");
    let vendor = serves("\"v1\"", &[]);
    acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &path]].concat()).succeeded();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), CONTENT);
    assert_eq!(vendor.seen()[0].header("range"), Some("bytes=5-"));
    assert_eq!(std::fs::read_dir(Path::new(&path).parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn a_file_that_has_changed_is_fetched_anew() {
    let (_folder, path) = broken("changed");
    std::fs::write(format!("{path}.part"), "XXXXX").unwrap();
    let vendor = serves("\"v2\"", &[]);
    acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &path]].concat()).succeeded();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), CONTENT);
    assert_eq!(vendor.seen()[0].header("if-range"), Some("\"v1\""));
}

#[test]
fn a_server_without_parts_and_one_that_refuses_them_send_the_whole_file() {
    at_once([200, 416], |status| {
        let (_folder, path) = broken(&format!("whole-{status}"));
        let vendor = Vendor::new(move |seen, _| match seen.header("range") {
            Some(_) if status == 416 => Answer::text(416, "no such range"),
            _ => Answer::text(200, CONTENT),
        });
        acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &path]].concat()).succeeded();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), CONTENT);
    });
}

#[test]
fn half_a_file_of_another_call_is_not_gone_on_with() {
    let (_folder, path) = broken("other");
    let vendor = serves("\"v1\"", &[]);
    let other = ["files", "download", "-p", "id=2", "--out", &path];
    acme(&vendor.url, &other).succeeded();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), CONTENT);
    assert_eq!(vendor.seen()[0].header("range"), None);
}

#[test]
fn an_existing_file_is_overwritten_by_force_only_and_a_folder_never() {
    let folder = Folder::new("force");
    let path = folder.file("b.bin");
    std::fs::write(&path, "mine").unwrap();
    let vendor = Vendor::always(Answer::text(200, "the bytes"));
    acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &path, "--force"]].concat()).succeeded();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "the bytes");
    let folder = Path::new(&path).parent().unwrap().display().to_string();
    let outcome = acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &folder, "--force"]].concat());
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(outcome.message().contains("is a folder"), "{outcome:?}");
}

//! Files: saved whole or not at all, or written to standard output.

use std::path::Path;

use crate::run::{Folder, acme};
use crate::vendor::{Answer, Vendor};

const DOWNLOAD: [&str; 4] = ["files", "download", "-p", "id=1"];

#[test]
fn a_file_is_saved() {
    let folder = Folder::new("save");
    let path = folder.file("a/b.bin");
    let vendor = Vendor::always(Answer::text(200, "the bytes"));
    let ran = acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &path]].concat()).succeeded();
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "the bytes");
}

#[test]
fn an_existing_file_is_left_alone() {
    let folder = Folder::new("exists");
    let path = folder.file("b.bin");
    std::fs::write(&path, "mine").unwrap();
    let vendor = Vendor::always(Answer::text(200, "the bytes"));
    let ran = acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &path]].concat());
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.message().contains("exists already"), "{ran:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    assert!(vendor.seen().is_empty());
}

#[test]
fn standard_output_takes_the_bytes() {
    let vendor = Vendor::always(Answer::text(200, "the bytes"));
    for more in [&["--out", "-"][..], &[]] {
        let ran = acme(&vendor.url, &[&DOWNLOAD[..], more].concat()).succeeded();
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("the bytes", ""));
    }
}

#[test]
fn a_file_that_breaks_off_leaves_nothing_behind() {
    let folder = Folder::new("cut");
    let path = folder.file("b.bin");
    let vendor = Vendor::always(Answer::text(200, "the by").cut());
    let ran = acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &path]].concat());
    assert_eq!(ran.code, 8, "{ran:?}");
    let folder = Path::new(&path).parent().unwrap();
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
}

#[test]
fn a_missing_file_is_not_found() {
    let folder = Folder::new("missing");
    let path = folder.file("b.bin");
    let vendor = Vendor::always(Answer::text(404, "gone"));
    let ran = acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &path]].concat());
    assert_eq!(ran.code, 5, "{ran:?}");
    assert!(!Path::new(&path).exists());
}

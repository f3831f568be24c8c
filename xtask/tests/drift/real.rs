//! The connectors of this workspace, compared with the real documents of their vendors where these are.

#![allow(clippy::print_stderr, reason = "who reads the output learns what was not tested")]

use std::path::{Path, PathBuf};

use xtask::drift::{self, Folder, VARIABLE};
use xtask::specs;

#[test]
fn connectors_are_as_their_vendors_say() {
    let Some(folder) = std::env::var_os(VARIABLE) else {
        eprintln!("skipped: {VARIABLE} names no folder with documents of vendors");
        return;
    };
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let slugs = specs::slugs(root, &[]).unwrap();
    let folder = Folder::read(Path::new(&folder)).unwrap();
    for file in folder.others(&slugs) {
        eprintln!("not compared: {} belongs to no connector", file.display());
    }
    let mut open = Vec::new();
    for slug in &slugs {
        let documents: Vec<PathBuf> =
            folder.of(slug, &slugs).into_iter().map(Path::to_owned).collect();
        if documents.is_empty() {
            eprintln!("not compared: there is no document of {slug}");
            continue;
        }
        match drift::drift(&specs::path(root, slug), &documents) {
            Ok(report) if report.is_clean() => eprintln!("{}", report.summary()),
            Ok(report) => open.push(report.table()),
            Err(error) => open.push(format!("{slug}: {error}")),
        }
    }
    assert!(open.is_empty(), "{}", open.join("\n"));
}

//! The connectors of this workspace, compared with the real documents of their vendors, if these
//! are available.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use xtask::drift::{self, Folder, VARIABLE};
use xtask::specs;

/// Prints what was not tested, even if the test passes: test runs hide only what is printed with
/// macros.
fn say(text: &str) {
    io::stderr().write_all(format!("{text}\n").as_bytes()).unwrap();
}

#[test]
fn connectors_are_as_their_vendors_say() {
    let Some(folder) = std::env::var_os(VARIABLE) else {
        say(&format!("skipped: {VARIABLE} names no folder with documents of vendors"));
        return;
    };
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    let slugs = specs::slugs(root, &[]).unwrap();
    let folder = Folder::read(Path::new(&folder)).unwrap();
    for file in folder.others(&slugs) {
        say(&format!("not compared: {} belongs to no connector", file.display()));
    }
    let mut compared = 0;
    let mut open = Vec::new();
    for slug in &slugs {
        let documents: Vec<PathBuf> =
            folder.of(slug, &slugs).into_iter().map(Path::to_owned).collect();
        if documents.is_empty() {
            say(&format!("not compared: there is no document of {slug}"));
            continue;
        }
        compared += 1;
        match drift::drift(&specs::path(root, slug), &documents) {
            Ok(report) if report.is_clean() => say(&report.summary()),
            Ok(report) => open.push(report.table()),
            Err(error) => open.push(format!("{slug}: {error}")),
        }
    }
    assert!(compared > 0, "{VARIABLE} names a folder without a document of any connector");
    assert!(open.is_empty(), "{}", open.join("\n"));
}

#[test]
fn folders_are_searched_for_documents() {
    let folder = tempfile::tempdir().unwrap();
    for path in ["acme.yaml", "README.md", "in/acme-2.json.gz", "blue/users.graphql", "red.json"] {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "").unwrap();
    }
    let found = Folder::read(folder.path()).unwrap();
    let slugs = ["acme", "blue", "green"].map(str::to_owned);
    let names = |files: Vec<&Path>| -> Vec<String> {
        let below = files.into_iter().map(|file| file.strip_prefix(folder.path()).unwrap());
        below.map(|path| path.display().to_string()).collect()
    };
    assert_eq!(names(found.of("acme", &slugs)), ["acme.yaml", "in/acme-2.json.gz"]);
    assert_eq!(names(found.of("blue", &slugs)), ["blue/users.graphql"]);
    assert_eq!(names(found.of("green", &slugs)), [""; 0]);
    assert_eq!(names(found.others(&slugs)), ["red.json"]);
}

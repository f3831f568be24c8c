//! The crates made from a spec that uses every feature, from one full of odd names and schemas, and from a
//! vendor's document, are committed under `tests/feature`, `tests/odd` and `tests/imported`, where example targets of these
//! names compile them. These tests compare them with what is made today. After a change that is
//! meant: `UPDATE_EXPECT=1 cargo test -p airbyte-agent-codegen --test feature`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop where they fail")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use airbyte_agent_codegen::{Package, generate};
use airbyte_agent_spec::Spec;

const FEATURE: &str = "../crates/airbyte-agent-spec/tests/fixtures/feature.yaml";
const ODD: &str = "tests/specs/odd.yaml";

/// A document of the kind that vendors publish.
const DOCUMENT: &str = "../crates/airbyte-agent-import/tests/fixtures/garden.yaml";

fn package(spec: &str) -> Package {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(spec);
    let text = fs::read_to_string(&path).unwrap();
    let text = if airbyte_agent_import::is_spec(&text) {
        text
    } else {
        airbyte_agent_import::load(&path).unwrap().into_text()
    };
    let spec = Spec::parse(&text).unwrap();
    generate(&spec.lower().unwrap(), spec.document()).unwrap()
}

fn read(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            read(&path, &format!("{name}/"), files);
        } else {
            files.insert(name, fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn the_feature_spec_makes_the_committed_crate() {
    compare(FEATURE, "tests/feature");
}

#[test]
fn the_odd_spec_makes_the_committed_crate() {
    compare(ODD, "tests/odd");
}

#[test]
fn an_imported_document_makes_the_committed_crate() {
    compare(DOCUMENT, "tests/imported");
}

fn compare(spec: &str, folder: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let package = package(spec);
    let mut made = package.files;
    made.insert("operations.rs".to_owned(), package.conformance);
    // A directory with a Cargo.toml would be left out of this crate's package.
    let manifest = made.remove("Cargo.toml").unwrap();
    made.insert("manifest.toml".to_owned(), manifest);
    let mut committed = BTreeMap::new();
    read(&folder, "", &mut committed);
    if made == committed {
        return;
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let _ = fs::remove_dir_all(&folder);
        for (path, text) in &made {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        return;
    }
    for (path, text) in &made {
        let accepted = committed.get(path).map_or("", String::as_str);
        for (n, (new, old)) in
            text.lines().zip(accepted.lines().chain(std::iter::repeat(""))).enumerate()
        {
            assert_eq!(new, old, "{path}:{} differs; UPDATE_EXPECT=1 accepts the new text", n + 1);
        }
    }
    let stale: Vec<_> = committed.keys().filter(|path| !made.contains_key(*path)).collect();
    panic!("files that are made no more, or lines that are gone: {stale:?}");
}

#[test]
fn the_same_spec_makes_the_same_bytes() {
    assert_eq!(package(FEATURE), package(FEATURE));
    assert_eq!(package(ODD), package(ODD));
}

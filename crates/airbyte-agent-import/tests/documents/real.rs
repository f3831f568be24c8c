//! Documents of vendors, which are in no repository: `AIRBYTE_AGENT_IMPORT_DOCUMENTS` names files and folders, as in
//! `PATH`. Without the variable, the test says that it was skipped.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::trial;

const VARIABLE: &str = "AIRBYTE_AGENT_IMPORT_DOCUMENTS";

fn add(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        let entries = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
        entries.for_each(|path| add(&path, files));
    } else if path
        .extension()
        .is_some_and(|ending| ["json", "yaml", "yml"].iter().any(|known| ending == *known))
    {
        files.push(path.to_owned());
    }
}

#[tokio::test]
async fn every_operation_of_imported_documents_runs_in_the_sandbox() {
    let Some(given) = std::env::var_os(VARIABLE) else {
        eprintln!("skipped: {VARIABLE} is not set");
        return;
    };
    let mut files = Vec::new();
    std::env::split_paths(&given).for_each(|path| add(&path, &mut files));
    files.sort();
    let runs = std::env::var_os("AIRBYTE_AGENT_IMPORT_LINT_ONLY").is_none();
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut operations, mut clean, mut unidentified, mut skipped) = (0, 0, 0, 0);
    for file in &files {
        let text = std::fs::read_to_string(file).unwrap();
        let start = Instant::now();
        let mut wrong = trial::Wrong::new();
        let mut count = 0;
        match trial::imported(&file.file_name().unwrap().to_string_lossy(), &text) {
            Ok(imported) => {
                count = imported.operations.len();
                if let Some(folder) = std::env::var_os("AIRBYTE_AGENT_IMPORT_OUT") {
                    let name = file.with_extension("yaml");
                    let out = Path::new(&folder).join(name.file_name().unwrap());
                    std::fs::write(out, imported.written("the overlay").0).unwrap();
                }
                if let Some(connector) = trial::lowered(&imported, &mut wrong)
                    && runs
                {
                    let tried = trial::run(&connector, &mut wrong).await;
                    unidentified += tried.unidentified;
                    skipped += tried.skipped;
                }
            }
            Err(error) => wrong.push(("import", error)),
        }
        operations += count;
        clean += usize::from(wrong.is_empty());
        println!(
            "{}: {count} operations, {} problems, {:?}",
            file.display(),
            wrong.len(),
            start.elapsed()
        );
        let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
        for (kind, text) in &wrong {
            *kinds.entry(kind).or_default() += 1;
            let shown = shown.entry(kind).or_default();
            *shown += 1;
            if *shown <= 8 {
                println!("  {kind}: {}", text.chars().take(500).collect::<String>());
            }
        }
    }
    println!(
        "{} documents, {clean} without problems, {operations} operations, {unidentified} with unknown ids, {skipped} not tried; problems: {kinds:?}",
        files.len()
    );
    assert!(kinds.is_empty(), "{kinds:?}");
}

//! Tests of `sql --output parquet`. What is in the files is tested where they are made.

use crate::run::{Folder, command, run};

#[test]
fn a_parquet_file_is_written_whole_or_not_at_all() {
    let folder = Folder::new("parquet");
    let store = folder.file("records.db");
    run(&["sync", "stripe", "customers", "--sandbox", "--store", &store]).succeeded();
    let file = folder.file("new/customers.parquet");
    let query = "SELECT id, created, email FROM stripe_customers";
    let args = ["sql", query, "--store", &store, "--output", "parquet"];
    let to_file = |more: &[&str]| run(&[&args[..], &["--out", &file], more].concat());
    let outcome = to_file(&[]).succeeded();
    assert_eq!(outcome.stdout, "");
    let bytes = std::fs::read(&file).unwrap();
    assert!(bytes.starts_with(b"PAR1") && bytes.ends_with(b"PAR1"));
    assert_eq!(command(&args).output().unwrap().stdout, bytes);
    // A file is replaced only if the user says so, and nothing else is left in the folder.
    let refused = to_file(&[]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.stderr.contains("exists already"), "{refused:?}");
    let cut = to_file(&["--force", "--max-rows", "3"]).succeeded();
    assert!(cut.stderr.contains("there are more than these 3 rows"), "{cut:?}");
    assert!(std::fs::read(&file).unwrap().len() < bytes.len());
    let wrong = "SELECT nothing FROM stripe_customers";
    let failed = run(&[
        "sql",
        wrong,
        "--store",
        &store,
        "--output",
        "parquet",
        "--out",
        &folder.file("new/b"),
    ]);
    assert_ne!(failed.code, 0);
    let names: Vec<_> = std::fs::read_dir(folder.file("new")).unwrap().collect();
    assert_eq!(names.len(), 1, "{names:?}");
    let other = run(&["sql", query, "--store", &store, "--out", &folder.file("c")]);
    assert_eq!(other.code, 2, "{other:?}");
    assert!(other.stderr.contains("--out is for --output parquet"), "{other:?}");
}

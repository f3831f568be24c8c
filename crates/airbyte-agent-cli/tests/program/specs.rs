//! Specs of users that are no specs, or small and endless: told at once, whatever command reads them.

#![cfg(target_os = "linux")]

use std::time::{Duration, Instant};

use crate::run::{Folder, run};

#[test]
fn files_that_never_end_are_told_at_once() {
    let folder = Folder::new("endless");
    let pipe = folder.file("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    let mut files = vec![("/dev/zero".to_owned(), "longer than 16 MiB")];
    if made.is_ok_and(|made| made.success()) {
        files.push((pipe, "nobody writes to it"));
    }
    for (file, told) in &files {
        for command in [&["describe", "--spec", file][..], &["exec", "--spec", file, "a", "list"]] {
            let began = Instant::now();
            let outcome = run(command);
            assert_eq!(outcome.code, 2, "{outcome:?}");
            assert!(outcome.message().contains(told), "{outcome:?}");
            assert!(began.elapsed() < Duration::from_secs(10), "{command:?}");
        }
    }
    let outcome = run(&["exec", "github", "issues", "list", "--credentials", "@/dev/zero"]);
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(outcome.message().contains("longer than 64 MiB"), "{outcome:?}");
}

#[test]
fn an_option_without_its_value_says_so() {
    let outcome = run(&["exec", "github", "issues", "list", "--timeout"]);
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(!outcome.message().contains("takes one of"), "{outcome:?}");
}

//! What the process of a program has: nothing but its two streams.

use std::fs;

use serde_json::json;

use crate::host::{Host, run_with};

pub(crate) async fn the_process_has_neither_variables_nor_descriptors_nor_system_calls() {
    let host = Host::looking(look);
    let end = run_with(&host, "await execute({}); return 1").await;
    assert_eq!((end.failure, end.value, host.called().len()), (None, json!(1), 1));
}

/// Looks at the process while it waits for its call.
fn look() {
    let own = std::process::id().to_string();
    let children = fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let folder = entry.unwrap().path();
        let stat = fs::read_to_string(folder.join("stat")).ok()?;
        let parent = stat.rsplit(')').next()?.split_whitespace().nth(1)?;
        (parent == own).then_some(folder)
    });
    let children: Vec<_> = children.collect();
    let [process] = &children[..] else { panic!("{children:?}") };
    let read = |name: &str| fs::read_to_string(process.join(name)).unwrap();
    assert_eq!(read("environ"), "TZ=UTC0\0");
    let status = read("status");
    for line in ["NoNewPrivs:\t1", "Seccomp:\t2"] {
        assert!(status.contains(line), "{line}: {status}");
    }
    let mut open: Vec<String> = fs::read_dir(process.join("fd"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    open.sort();
    assert_eq!(open, ["0", "1", "2"]);
    let limits = read("limits");
    for (name, most) in [("Max open files", "3"), ("Max file size", "0"), ("Max core file size", "0"), ("Max cpu time", "8")] {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        assert_eq!(line[name.len()..].split_whitespace().next(), Some(most), "{line}");
    }
}

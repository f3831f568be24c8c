//! What the process of a program has: nothing but its two streams.

use std::fs;
use std::path::Path;

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
    // Whoever starts this test may leave it descriptors, which every process of it has; it opens none such itself.
    let descriptors = |folder: &Path| -> Vec<String> {
        let all = fs::read_dir(folder.join("fd")).unwrap();
        all.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    };
    let left = descriptors(Path::new("/proc/self")).into_iter().filter(|descriptor| {
        let info =
            fs::read_to_string(format!("/proc/self/fdinfo/{descriptor}")).unwrap_or_default();
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:")).map(str::trim);
        let flags = flags.and_then(|flags| u32::from_str_radix(flags, 8).ok());
        flags.is_some_and(|flags| flags & 0o2_000_000 == 0)
    });
    let left: Vec<String> = left.collect();
    for descriptor in descriptors(process) {
        let is_stream = ["0", "1", "2"].contains(&descriptor.as_str());
        assert!(is_stream || left.contains(&descriptor), "{descriptor} is not one of {left:?}");
    }
    let limits = read("limits");
    for (name, most) in [
        ("Max open files", "3"),
        ("Max file size", "0"),
        ("Max core file size", "0"),
        ("Max cpu time", "8"),
    ] {
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
        assert_eq!(line[name.len()..].split_whitespace().next(), Some(most), "{line}");
    }
}

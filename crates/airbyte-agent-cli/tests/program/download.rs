//! Tests of downloads: a file is saved completely or not at all, or written to standard output.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::run::{Folder, acme, at_once};
use crate::vendor::{Answer, Seen, Vendor};

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

/// Serves `CONTENT` in parts, and breaks off after the number of bytes in `cuts`.
fn parts(
    tag: &'static str,
    cuts: &'static [usize],
) -> impl Fn(&Seen, usize) -> Answer + Send + 'static {
    move |seen, before| {
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
    }
}

fn serves(tag: &'static str, cuts: &'static [usize]) -> Vendor {
    Vendor::new(parts(tag, cuts))
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

/// Downloads until the connection has failed too often. Returns the folder, the path, and the vendor,
/// which answers by `later` from then on.
fn broken(
    name: &str,
    later: impl Fn(&Seen, usize) -> Answer + Send + 'static,
) -> (Folder, String, Vendor) {
    let folder = Folder::new(name);
    let path = folder.file("b.bin");
    let first = parts("\"v1\"", &[5, 0, 0, 0, 0]);
    let is_later = Arc::new(AtomicBool::new(false));
    let switch = Arc::clone(&is_later);
    let vendor = Vendor::new(move |seen, before| {
        if is_later.load(Ordering::SeqCst) { later(seen, before) } else { first(seen, before) }
    });
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
    switch.store(true, Ordering::SeqCst);
    vendor.take();
    (folder, path, vendor)
}

#[test]
fn a_later_call_goes_on_where_one_broke_off() {
    let (_folder, path, vendor) = broken("later", parts("\"v1\"", &[]));
    acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &path]].concat()).succeeded();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), CONTENT);
    assert_eq!(vendor.seen()[0].header("range"), Some("bytes=5-"));
    assert_eq!(std::fs::read_dir(Path::new(&path).parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn a_file_that_has_changed_is_fetched_anew() {
    let (_folder, path, vendor) = broken("changed", parts("\"v2\"", &[]));
    std::fs::write(format!("{path}.part"), "XXXXX").unwrap();
    acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &path]].concat()).succeeded();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), CONTENT);
    assert_eq!(vendor.seen()[0].header("if-range"), Some("\"v1\""));
}

#[test]
fn a_server_without_parts_and_one_that_refuses_them_send_the_whole_file() {
    at_once([200, 416], |status| {
        let later = move |seen: &Seen, _| match seen.header("range") {
            Some(_) if status == 416 => Answer::text(416, "no such range"),
            _ => Answer::text(200, CONTENT),
        };
        let (_folder, path, vendor) = broken(&format!("whole-{status}"), later);
        acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &path]].concat()).succeeded();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), CONTENT);
    });
}

#[test]
fn half_a_file_of_another_call_account_or_host_is_not_gone_on_with() {
    let spec = crate::run::spec();
    let other = r#"{"token": "of somebody else"}"#;
    let account = ["exec", "--spec", &spec, "--credentials", other, "files", "download"];
    for name in ["call", "account", "host"] {
        let (_folder, path, vendor) = broken(&format!("other-{name}"), parts("\"v1\"", &[]));
        let elsewhere = serves("\"v1\"", &[]);
        let served = if name == "host" { &elsewhere } else { &vendor };
        let outcome = match name {
            "call" => acme(&served.url, &["files", "download", "-p", "id=2", "--out", &path]),
            "host" => acme(&served.url, &[&DOWNLOAD[..], &["--out", &path]].concat()),
            _ => {
                let more = ["-p", "id=1", "--via", &served.url, "--out", &path];
                crate::run::run(&[&account[..], &more].concat())
            }
        };
        outcome.succeeded();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), CONTENT, "{name}");
        assert_eq!(served.seen()[0].header("range"), None, "{name}");
    }
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

/// A vendor that answers every request on a thread of its own, with a pause in the middle of the file.
fn slow_for_two() -> String {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            std::thread::spawn(move || {
                let mut stream = stream.unwrap();
                let mut request = [0; 4096];
                let length = stream.read(&mut request).unwrap_or_default();
                let request = String::from_utf8_lossy(&request[..length]).to_lowercase();
                let from = request
                    .split("range: bytes=")
                    .nth(1)
                    .and_then(|rest| rest.split('-').next()?.parse::<usize>().ok());
                let content = format!("{number}").repeat(20_000);
                let from = from.unwrap_or(0);
                let rest = &content[from.min(content.len())..];
                let _ = write!(
                    stream,
                    "HTTP/1.1 {}\r\netag: \"v1\"\r\nconnection: close\r\n{}content-length: {}\r\n\r\n",
                    if from > 0 { "206 Partial Content" } else { "200 OK" },
                    if from > 0 {
                        format!("content-range: bytes {from}-19999/20000\r\n")
                    } else {
                        String::new()
                    },
                    rest.len()
                );
                for piece in rest.as_bytes().chunks(2_000) {
                    if stream.write_all(piece).is_err() {
                        return;
                    }
                    let _ = stream.flush();
                    std::thread::sleep(std::time::Duration::from_millis(100));
                }
            });
        }
    });
    url
}

#[test]
fn two_processes_never_mix_one_file() {
    let folder = Folder::new("two");
    let path = folder.file("b.bin");
    let url = slow_for_two();
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let start = |wait| {
            let (path, url) = (&path, &url);
            scope.spawn(move || {
                std::thread::sleep(std::time::Duration::from_millis(wait));
                acme(url, &[&DOWNLOAD[..], &["--out", path]].concat())
            })
        };
        let runs = [start(0), start(400)];
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    let succeeded = outcomes.iter().filter(|outcome| outcome.code == 0).count();
    assert_eq!(succeeded, 1, "{outcomes:?}");
    let refused = outcomes.iter().find(|outcome| outcome.code != 0).unwrap();
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.message().contains("another process is saving to"), "{refused:?}");
    let content = std::fs::read_to_string(&path).unwrap();
    let first = content.chars().next().unwrap();
    assert!(content.len() == 20_000 && content.chars().all(|c| c == first), "mixed");
    assert_eq!(std::fs::read_dir(Path::new(&path).parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn the_size_is_compared_with_what_was_announced() {
    // The part is shorter or longer than its range says, or is another part.
    for (name, range, bytes, code) in [
        ("short", "bytes 5-19/20", "56789", 8),
        ("long", "bytes 5-9/20", "56789abcdefghijklmno", 8),
        ("elsewhere", "bytes 3-19/20", "3456789abcdefghij", 7),
    ] {
        let later = move |seen: &Seen, _| match seen.header("range") {
            Some(_) => {
                Answer::text(206, bytes).header("content-range", range).header("etag", "\"v1\"")
            }
            None => Answer::text(500, "no"),
        };
        let (_folder, path, vendor) = broken(&format!("size-{name}"), later);
        let outcome = acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &path]].concat());
        assert_eq!(outcome.code, code, "{name}: {outcome:?}");
        assert!(!Path::new(&path).exists(), "{name}: {outcome:?}");
    }
    // A part that ends early is continued.
    let later = |seen: &Seen, _| {
        let range = seen.header("range").unwrap().to_owned();
        let from: usize =
            range.strip_prefix("bytes=").unwrap().trim_end_matches('-').parse().unwrap();
        let end = (from + 4).min(CONTENT.len());
        Answer::text(206, &CONTENT[from..end])
            .header("etag", "\"v1\"")
            .header("content-range", &format!("bytes {from}-{}/{}", end - 1, CONTENT.len()))
    };
    let (_folder, path, vendor) = broken("size-pieces", later);
    acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &path]].concat()).succeeded();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), CONTENT);
}

/// A server that sends the same beginning again and again brings nothing new.
#[test]
fn a_download_that_gets_no_further_ends() {
    for (name, tag, leaves_part) in
        [("endless", "\"v1\"", true), ("endless-weak", "W/\"v1\"", false)]
    {
        let folder = Folder::new(name);
        let path = folder.file("b.bin");
        let vendor = Vendor::always(Answer::text(200, "01234").header("etag", tag).cut());
        let outcome = acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &path]].concat());
        assert_eq!(outcome.code, 8, "{outcome:?}");
        assert_eq!(vendor.seen().len(), 3, "{outcome:?}");
        assert_eq!(Path::new(&format!("{path}.part")).exists(), leaves_part);
        let hint = outcome.error()["hint"].as_str().unwrap_or_default().to_owned();
        assert_eq!(hint.contains("5 bytes are kept"), leaves_part, "{outcome:?}");
    }
}

#[test]
fn one_time_limit_covers_all_attempts() {
    let folder = Folder::new("deadline");
    let path = folder.file("b.bin");
    // Each request brings one byte more, so only the time ends it.
    let vendor = serves("\"v1\"", &[1; 100]);
    let start = std::time::Instant::now();
    let limited = ["--out", &path, "--timeout", "2"];
    let outcome = acme(&vendor.url, &[&DOWNLOAD[..], &limited].concat());
    assert!(start.elapsed() < std::time::Duration::from_secs(6), "{outcome:?}");
    assert_eq!(outcome.code, 8, "{outcome:?}");
    let hint = outcome.error()["hint"].as_str().unwrap_or_default().to_owned();
    assert!(hint.contains("bytes are kept"), "{outcome:?}");
}

#[test]
fn a_file_without_a_validator_is_requested_again_as_a_whole() {
    let folder = Folder::new("again");
    let path = folder.file("b.bin");
    let vendor = Vendor::new(|_, before| match before {
        0 => Answer::text(200, "01234").cut(),
        _ => Answer::text(200, CONTENT),
    });
    acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &path]].concat()).succeeded();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), CONTENT);
    assert_eq!(vendor.seen()[1].header("range"), None);
    assert_eq!(std::fs::read_dir(Path::new(&path).parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn a_part_is_saved_only_if_it_was_requested() {
    let part = || Answer::text(206, "56789").header("content-range", "bytes 5-9/20");
    let folder = Folder::new("unrequested");
    let path = folder.file("b.bin");
    let vendor = Vendor::always(part());
    let outcome = acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &path]].concat());
    assert_eq!(outcome.code, 9, "{outcome:?}");
    assert_eq!(std::fs::read_dir(Path::new(&path).parent().unwrap()).unwrap().count(), 0);
    let range = ["-p", "range_header=bytes=5-9", "--out", &path];
    acme(&vendor.url, &[&DOWNLOAD[..], &range].concat()).succeeded();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "56789");
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_refused_before_anything_is_sent() {
    let folder = Folder::new("dangling");
    let path = folder.file("b.bin");
    std::os::unix::fs::symlink(folder.file("nowhere"), &path).unwrap();
    let vendor = Vendor::always(Answer::text(200, "the bytes"));
    let outcome = acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &path]].concat());
    assert_eq!(outcome.code, 2, "{outcome:?}");
    assert!(vendor.seen().is_empty());
}

#[test]
fn without_a_validator_nothing_is_kept() {
    let folder = Folder::new("novalidator");
    let path = folder.file("b.bin");
    let vendor = Vendor::always(Answer::text(200, "01234").header("accept-ranges", "bytes").cut());
    let outcome = acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &path]].concat());
    assert_eq!(outcome.code, 8, "{outcome:?}");
    assert_eq!(std::fs::read_dir(Path::new(&path).parent().unwrap()).unwrap().count(), 0);
}

#[test]
fn files_of_the_user_are_left_alone() {
    let folder = Folder::new("users");
    let path = folder.file("b.bin");
    std::fs::write(format!("{path}.part"), "mine").unwrap();
    std::fs::write(format!("{path}.2.part.json"), "{\"mine\": 1}").unwrap();
    let vendor = Vendor::always(Answer::text(200, "the by").cut());
    assert_eq!(acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &path]].concat()).code, 8);
    let vendor = Vendor::always(Answer::text(200, "the bytes"));
    acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &path]].concat()).succeeded();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "the bytes");
    assert_eq!(std::fs::read_to_string(format!("{path}.part")).unwrap(), "mine");
    assert_eq!(std::fs::read_to_string(format!("{path}.2.part.json")).unwrap(), "{\"mine\": 1}");
    assert_eq!(std::fs::read_dir(Path::new(&path).parent().unwrap()).unwrap().count(), 3);
}

#[cfg(target_os = "linux")]
#[test]
fn devices_and_pipes_are_written_to_and_never_replaced() {
    use std::os::unix::fs::FileTypeExt as _;
    let folder = Folder::new("devices");
    let pipe = folder.file("pipe");
    if !std::process::Command::new("mkfifo").arg(&pipe).status().is_ok_and(|made| made.success()) {
        return;
    }
    let vendor = Vendor::always(Answer::text(200, "the bytes"));
    for force in [&["--force"][..], &[]] {
        let read = std::thread::spawn({
            let pipe = pipe.clone();
            move || std::fs::read_to_string(pipe).unwrap()
        });
        acme(&vendor.url, &[&DOWNLOAD[..], &["--out", &pipe], force].concat()).succeeded();
        assert_eq!(read.join().unwrap(), "the bytes");
        assert!(std::fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
        let outcome = acme(&vendor.url, &[&DOWNLOAD[..], &["--out", "/dev/full"], force].concat());
        assert_eq!((outcome.code, outcome.error()["kind"].as_str()), (1, Some("storage")));
        assert!(outcome.message().contains("/dev/full cannot be written: "), "{outcome:?}");
        assert!(std::fs::metadata("/dev/full").unwrap().file_type().is_char_device());
    }
    assert_eq!(std::fs::read_dir(Path::new(&pipe).parent().unwrap()).unwrap().count(), 1);
}

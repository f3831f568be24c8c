//! Other processes that a figure needs: servers, and runs of this program whose memory is measured.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// A command that runs this program.
pub(crate) fn own() -> Command {
    Command::new(std::env::current_exe().unwrap())
}

/// A server in a process of its own. It ends when this value is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
}

impl Server {
    /// Starts a server of a list of users, with this many pages of this many records each.
    pub(crate) fn start(records: usize, pages: usize) -> Self {
        let arguments = ["serve".to_owned(), records.to_string(), pages.to_string()];
        let mut child = own().args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, address: line.trim().to_owned() }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        stop(&mut self.child);
    }
}

/// Ends a process and waits for its end.
pub(crate) fn stop(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// The value of a line of `/proc/PID/status`, in bytes.
pub(crate) fn memory(process: &str, line: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"));
    let status = status.unwrap_or_else(|_| panic!("memory is measured on Linux only"));
    let found = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':'));
    let kibibytes = found.unwrap().trim().trim_end_matches("kB").trim().parse::<f64>();
    kibibytes.unwrap() * 1024.0
}

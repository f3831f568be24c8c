//! `directory`: reads every document in a folder of vendors' documents, each in a process of its own, and says which
//! of them cannot be read and why, and how much time and memory reading takes.

mod one;
mod table;

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

pub use one::{Outcome, import, read};
pub use table::table;

/// The longest time that one document may take before its process is ended.
const LONGEST: Duration = Duration::from_secs(60);

/// The time between two checks whether the process of a document has ended.
const PAUSE: Duration = Duration::from_millis(2);

/// The extensions of the files that are read.
const ENDINGS: [&str; 3] = ["json", "yaml", "yml"];

/// The outcomes for the documents of a folder.
#[derive(Debug)]
pub struct Run {
    /// The documents by their paths below the folder, in the order of the paths.
    pub documents: Vec<(String, Outcome)>,
}

/// Reads every document in a folder and the folders in it. `program` is the program that reads one document,
/// given as its last argument, and prints an [`Outcome`] as JSON.
///
/// # Errors
///
/// When the folder cannot be read or the program cannot be started.
pub fn run(
    folder: &Path,
    program: impl Fn(&Path) -> Command,
    mut say: impl FnMut(usize, usize),
) -> io::Result<Run> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.sort();
    let mut documents = Vec::new();
    for (index, file) in files.iter().enumerate() {
        say(index, files.len());
        let outcome = wait(&mut program(file))?;
        let name = file.strip_prefix(folder).unwrap_or(file).display().to_string();
        documents.push((name, outcome));
    }
    Ok(Run { documents })
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known))
        {
            files.push(path);
        }
    }
    Ok(())
}

/// The outcome that a process prints, or what happened to the process.
fn wait(command: &mut Command) -> io::Result<Outcome> {
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let began = Instant::now();
    // An outcome is short, so that the process can print it before anybody reads it.
    while child.try_wait()?.is_none() {
        if began.elapsed() > LONGEST {
            child.kill()?;
            child.wait()?;
            return Ok(Outcome::failed(format!("no end within {} s", LONGEST.as_secs())));
        }
        thread::sleep(PAUSE);
    }
    let output = child.wait_with_output()?;
    Ok(serde_json::from_slice(&output.stdout).unwrap_or_else(|_| {
        let told = String::from_utf8_lossy(&output.stderr);
        let first = told.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        Outcome::failed(format!("the process ended with {}: {first}", output.status))
    }))
}

//! Runs the real program, and reads its exit code and its output.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// The path of the program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_airbyte-agent");

/// A secret that must never be printed.
pub(crate) const CANARY: &str = "canary-5f1c9b7e";

/// The exit code and the output of a run of the program.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The error on the last line of standard error.
    pub(crate) fn error(&self) -> Value {
        let last = self.stderr.lines().last().unwrap_or_default();
        let line: Value =
            serde_json::from_str(last).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        line["error"].clone()
    }

    pub(crate) fn message(&self) -> String {
        self.error()["message"].as_str().unwrap_or_default().to_owned()
    }

    #[track_caller]
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }
}

impl From<Output> for Outcome {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// A command that starts the program with an empty environment.
pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(args).env_clear().stdin(Stdio::null());
    // The tests neither read the settings of the person who runs them nor write to their home.
    command.env("AIRBYTE_CONFIG_DIR", concat!(env!("CARGO_TARGET_TMPDIR"), "/home"));
    command
}

/// Tries all cases at the same time. For cases in which the program waits, such as before it repeats
/// a request.
pub(crate) fn at_once<C: Send>(cases: impl IntoIterator<Item = C>, test: impl Fn(C) + Sync) {
    let test = &test;
    std::thread::scope(|scope| {
        for case in cases {
            scope.spawn(move || test(case));
        }
    });
}

/// The words of a command line, as a shell reads those that stand in single quotes.
pub(crate) fn shell_words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for letter in line.chars() {
        match letter {
            '\'' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(String::new()),
            letter => words.last_mut().unwrap().push(letter),
        }
    }
    words
}

/// Runs the program and waits for its end.
pub(crate) fn run(args: &[&str]) -> Outcome {
    command(args).output().unwrap().into()
}

/// Runs an operation of the invented vendor, whose requests are sent to this address.
pub(crate) fn acme(via: &str, args: &[&str]) -> Outcome {
    let credentials = format!(r#"{{"token": "{CANARY}"}}"#);
    let spec = spec();
    let mut all = vec!["exec", "--spec", spec.as_str(), "--via", via];
    all.extend(["--credentials", &credentials]);
    all.extend(args);
    run(&all)
}

/// The path of the spec of the invented vendor.
pub(crate) fn spec() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/program/acme.yaml").display().to_string()
}

/// A folder that is removed after the test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("airbyte-agent-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn file(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

//! A user's home, where accounts are stored in sealed files.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::run::{Folder, Outcome, command};

/// The passphrase of the sealed files.
pub(crate) const PASSPHRASE: &str = "canary-passphrase";

/// A home that is removed after the test.
pub(crate) struct Home(pub(crate) Folder);

impl Home {
    pub(crate) fn new(name: &str) -> Self {
        Self(Folder::new(&format!("home-{name}")))
    }

    /// The program with this home.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = command(args);
        command.env("AIRBYTE_CONFIG_DIR", self.0.file(""));
        command.env("AIRBYTE_AGENT_STORE", "file").env("AIRBYTE_AGENT_PASSPHRASE", PASSPHRASE);
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Outcome {
        self.command(args).output().unwrap().into()
    }

    /// Runs the program with this text on standard input.
    pub(crate) fn feed(&self, args: &[&str], input: &str) -> Outcome {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap().into()
    }
}

//! A user's home in which accounts are kept in sealed files.

use std::io::Write as _;
use std::process::{Command, Stdio};

use crate::run::{Folder, Ran, command};

/// Opens the sealed files of the tests.
pub(crate) const PASSPHRASE: &str = "canary-passphrase";

/// A home that is gone after the test.
pub(crate) struct Home(pub(crate) Folder);

impl Home {
    pub(crate) fn new(name: &str) -> Self {
        Self(Folder::new(&format!("home-{name}")))
    }

    /// The program at home here.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = command(args);
        command.env("AIRBYTE_CONFIG_DIR", self.0.file(""));
        command.env("AIRBYTE_AGENT_STORE", "file").env("AIRBYTE_AGENT_PASSPHRASE", PASSPHRASE);
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.command(args).output().unwrap().into()
    }

    /// Runs with this on standard input.
    pub(crate) fn feed(&self, args: &[&str], input: &str) -> Ran {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap().into()
    }
}

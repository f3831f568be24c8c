//! The program that measures, `crates/airbyte-agent-bench`, and the program `airbyte-agent`, which it runs.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde::Deserialize;

use super::{Error, Figure};

/// Paths of the programs, built with optimisation.
pub(super) struct Programs {
    figures: PathBuf,
    /// The path of `airbyte-agent`; `None` until a figure needs it, because the build takes
    /// minutes.
    program: Option<PathBuf>,
}

/// A figure that can be measured.
pub(super) struct Listed {
    pub(super) figure: Figure,
    pub(super) needs_program: bool,
}

/// A message of cargo about what it has built.
#[derive(Deserialize)]
struct Message {
    executable: Option<PathBuf>,
    target: Option<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

impl Programs {
    /// Builds the program that measures.
    pub(super) fn build(root: &Path) -> Result<Self, Error> {
        let figures = build(root, ["airbyte-agent-bench", "--bench", "figures"])?;
        Ok(Self { figures, program: None })
    }

    /// Builds the program `airbyte-agent`.
    pub(super) fn build_program(&mut self, root: &Path) -> Result<(), Error> {
        self.program = Some(build(root, ["airbyte-agent-cli", "--bin", "airbyte-agent"])?);
        Ok(())
    }

    /// The figures that can be measured, without values.
    pub(super) fn list(&self) -> Result<Vec<Listed>, Error> {
        let output = run(Command::new(&self.figures).arg("list"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        let figures = text.lines().filter_map(|line| {
            let mut parts = line.split('\t').map(str::to_owned);
            let (name, unit, what) = (parts.next()?, parts.next()?, parts.next()?);
            let value = Err("not measured".to_owned());
            let figure = Figure { name, unit, what, value, parts: String::new() };
            Some(Listed { figure, needs_program: parts.next().as_deref() == Some("program") })
        });
        Ok(figures.collect())
    }

    /// The figure with its value, or with the reason why it has none.
    pub(super) fn measure(&self, figure: Figure) -> Figure {
        let mut command = Command::new(&self.figures);
        command
            .args(["measure", &figure.name])
            .arg(self.program.as_deref().unwrap_or(Path::new("")));
        let (value, parts) = match run(&mut command) {
            Ok(output) => understood(&output),
            Err(error) => (Err(error.to_string()), String::new()),
        };
        Figure { value, parts, ..figure }
    }
}

/// Builds one target of a package, and returns its path.
fn build(root: &Path, [package, kind, name]: [&str; 3]) -> Result<PathBuf, Error> {
    let mut cargo = cargo(root);
    cargo.args(["build", "--profile", "bench", "--message-format=json-render-diagnostics"]);
    cargo.args(["-p", package, kind, name]);
    let output = run(cargo.stderr(Stdio::inherit()))?;
    if !output.status.success() {
        return Err(Error::Build(format!("cargo ended with {}", output.status)));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let mut messages = text.lines().filter_map(|line| serde_json::from_str::<Message>(line).ok());
    let built = messages.find_map(|message| {
        message
            .target
            .is_some_and(|target| target.name == name)
            .then_some(message.executable)
            .flatten()
    });
    built.ok_or_else(|| Error::Build(format!("cargo built no `{name}`")))
}

fn understood(output: &Output) -> (Result<f64, String>, String) {
    let text = String::from_utf8_lossy(&output.stdout);
    let (value, parts) = text.trim().split_once('\t').unwrap_or_default();
    let value = value.parse::<f64>().map_err(|_| {
        // The message of a panic is in the line after the one that says where it happened.
        let told = String::from_utf8_lossy(&output.stderr);
        told.lines().nth(2).or(told.lines().last()).unwrap_or("it said nothing").to_owned()
    });
    (value, parts.to_owned())
}

/// The command cargo, to be run in this workspace.
pub(super) fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

fn run(command: &mut Command) -> Result<Output, Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    command.stdout(Stdio::piped()).output().map_err(|source| Error::Run { program, source })
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::ExitStatus;

    use super::*;

    fn output(stdout: &str, stderr: &str) -> Output {
        let [stdout, stderr] = [stdout, stderr].map(|text| text.as_bytes().to_vec());
        Output { status: ExitStatus::from_raw(0), stdout, stderr }
    }

    #[test]
    fn a_value_comes_with_its_parts() {
        let (value, parts) = understood(&output("0.91\ttyped 1 ms, by hand 2 ms\n", ""));
        assert_eq!((value, parts.as_str()), (Ok(0.91), "typed 1 ms, by hand 2 ms"));
    }

    #[test]
    fn a_figure_that_failed_says_why() {
        let told = "\nthread 'main' panicked at x.rs:1:2:\nvalgrind must be installed\nnote: …\n";
        let (value, _) = understood(&output("", told));
        assert_eq!(value, Err("valgrind must be installed".to_owned()));
    }
}

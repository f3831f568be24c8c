//! Prints long texts through the user's pager, if standard output is a terminal.

use std::env;
use std::io::{self, Write as _};
use std::process::{Command, Stdio};

use crate::failure::Stop;
use crate::signals::Interrupt;
use crate::terminal;

/// Options of `less`, unless the user has set others: exit immediately if everything fits on the
/// screen, keep colours, and leave the text on the screen.
const LESS_OPTIONS: &str = "FRX";

/// Prints a text. If a pager is `allowed` and the text is longer than the terminal, it goes through
/// the pager.
pub(crate) fn print_paged(text: &str, allowed: bool) -> Result<(), Stop> {
    let is_long = terminal::height().is_none_or(|height| text.lines().count() >= height);
    if allowed && is_long && terminal::stdout_is_terminal() && run_pager(text).is_ok() {
        return Ok(());
    }
    terminal::stdout().write_all(text.as_bytes())?;
    Ok(())
}

/// Shows a text in the pager. Fails if the pager does not start; then nothing has been printed.
fn run_pager(text: &str) -> io::Result<()> {
    let mut command = pager_command()?;
    if env::var_os("LESS").is_none() {
        command.env("LESS", LESS_OPTIONS);
    }
    let mut child = command.stdin(Stdio::piped()).spawn()?;
    // Ctrl-C is for the pager. If this process ended, pager and shell would compete for the terminal.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let entered = runtime.enter();
    let interrupt = Interrupt::new();
    if let Some(mut stdin) = child.stdin.take() {
        // This fails if the user leaves the pager early, which is no problem.
        let text = terminal::shown(text, terminal::stdout_takes_colours());
        let _ = stdin.write_all(text.as_bytes());
    }
    let _ = child.wait();
    drop((interrupt, entered));
    Ok(())
}

/// The command in `PAGER`, which may have options, otherwise `less`.
fn pager_command() -> io::Result<Command> {
    let chosen = env::var("PAGER").ok();
    match chosen.as_deref().map(str::trim) {
        None => Ok(Command::new("less")),
        Some("" | "cat") => Err(io::ErrorKind::NotFound.into()),
        Some(line) => {
            let mut words = line.split_whitespace();
            let mut command = Command::new(words.next().unwrap_or_default());
            command.args(words);
            Ok(command)
        }
    }
}

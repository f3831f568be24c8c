//! Long texts on a terminal: through the user's pager.

use std::env;
use std::io::{self, Write as _};
use std::process::{Command, Stdio};

use crate::failure::Stop;
use crate::interrupt::Interrupt;
use crate::terminal;

/// Options of `less` unless the user has others: leave at once when all fits, keep colours, leave
/// the text on the screen.
const LESS: &str = "FRX";

/// Prints a text, through a pager where it is longer than the terminal and one is wanted.
pub(crate) fn show(text: &str, wanted: bool) -> Result<(), Stop> {
    let is_long = terminal::height().is_none_or(|height| text.lines().count() >= height);
    if wanted && is_long && terminal::shows_output() && page(text).is_ok() {
        return Ok(());
    }
    io::stdout().write_all(text.as_bytes())?;
    Ok(())
}

/// Fails when the pager does not start; nothing is shown then.
fn page(text: &str) -> io::Result<()> {
    let mut command = command()?;
    if env::var_os("LESS").is_none() {
        command.env("LESS", LESS);
    }
    let mut child = command.stdin(Stdio::piped()).spawn()?;
    // Ctrl-C is for the pager; this process must not leave the terminal to it and the shell.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let entered = runtime.enter();
    let interrupt = Interrupt::new();
    if let Some(mut stdin) = child.stdin.take() {
        // Whoever leaves the pager early has seen enough.
        let _ = stdin.write_all(text.as_bytes());
    }
    let _ = child.wait();
    drop((interrupt, entered));
    Ok(())
}

/// `PAGER`, which may have options, else `less`.
fn command() -> io::Result<Command> {
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

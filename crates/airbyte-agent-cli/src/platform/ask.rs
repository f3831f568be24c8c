//! Questions to the person at the terminal. Nobody else is ever asked.

use std::io::{self, IsTerminal as _, Write as _};

use airbyte_agent_core::{Error, ErrorKind};
use console::Term;

use crate::failure::usage;

/// Whether there is somebody to ask.
pub(super) fn is_possible() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// A line of text; empty when nothing is entered.
pub(super) fn text(question: &str) -> Result<String, Error> {
    let mut term = Term::stderr();
    let read = write!(term, "{question}: ").and_then(|()| term.read_line());
    read.map(|line| line.trim().to_owned()).map_err(gone)
}

/// A line that is not shown while it is typed.
pub(super) fn secret(question: &str) -> Result<String, Error> {
    let mut term = Term::stderr();
    let read = write!(term, "{question} (not shown): ").and_then(|()| term.read_secure_line());
    read.map(|line| line.trim().to_owned()).map_err(gone)
}

/// One of several; its place in the list.
pub(super) fn choice(question: &str, choices: &[String]) -> Result<usize, Error> {
    let mut term = Term::stderr();
    for (place, choice) in choices.iter().enumerate() {
        writeln!(term, "  {}  {choice}", place + 1).map_err(gone)?;
    }
    for _ in 0..3 {
        let answer = text(&format!("{question} (1 to {})", choices.len()))?;
        let place =
            answer.parse::<usize>().ok().filter(|place| (1..=choices.len()).contains(place));
        let place = place.map(|place| place - 1);
        if let Some(place) = place.or_else(|| choices.iter().position(|choice| *choice == answer)) {
            return Ok(place);
        }
    }
    Err(usage(format!("{question}: nothing was chosen")))
}

#[allow(clippy::needless_pass_by_value, reason = "as map_err gives it")]
fn gone(error: io::Error) -> Error {
    Error::new(ErrorKind::Usage, format!("the terminal does not answer: {error}"))
}

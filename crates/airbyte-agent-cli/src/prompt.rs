//! Questions to the person at the terminal, on standard error: standard output is for results.

use std::io::{IsTerminal as _, Write as _};

use airbyte_agent_core::Error;
use console::Term;
use secrecy::SecretString;

use crate::failure::usage;
use crate::terminal;

/// Whether there is somebody to ask.
pub(crate) fn is_possible() -> bool {
    std::io::stdin().is_terminal() && terminal::shows_errors()
}

/// Says something.
pub(crate) fn tell(text: &str) {
    let mut stderr = std::io::stderr().lock();
    let _ = write!(stderr, "{}", terminal::wrap(text, 0, terminal::width()));
}

/// Says something on a line of its own, however long.
pub(crate) fn tell_line(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Asks for a line.
pub(crate) fn line(question: &str) -> Result<String, Error> {
    ask(question, Term::read_line)
}

/// Asks for a line that is not shown while it is typed.
pub(crate) fn secret(question: &str) -> Result<SecretString, Error> {
    ask(question, Term::read_secure_line).map(SecretString::from)
}

fn ask(question: &str, read: impl Fn(&Term) -> std::io::Result<String>) -> Result<String, Error> {
    let term = Term::stderr();
    let answer = term.write_str(&format!("{question}: ")).and_then(|()| read(&term));
    let answer = answer.map_err(|error| usage(format!("nobody answered: {error}")))?;
    Ok(answer.trim().to_owned())
}

/// Asks for one of several things, by its number; the first is the default.
pub(crate) fn choice(question: &str, options: &[String]) -> Result<usize, Error> {
    for (position, option) in options.iter().enumerate() {
        tell(&format!("{}. {option}", position + 1));
    }
    loop {
        let answer = line(&format!("{question} [1]"))?;
        if answer.is_empty() {
            return Ok(0);
        }
        match answer.parse::<usize>() {
            Ok(number) if (1..=options.len()).contains(&number) => return Ok(number - 1),
            _ => tell(&format!("Please answer with a number from 1 to {}.", options.len())),
        }
    }
}

//! Questions to the person at the terminal. They go to standard error, because standard output is
//! for results.

use std::io::{IsTerminal as _, Write as _};

use airbyte_agent_core::Error;
use console::Term;
use secrecy::SecretString;

use crate::failure::usage_error;
use crate::terminal;

/// Whether questions can be asked: standard input and standard error are a terminal.
pub(crate) fn is_possible() -> bool {
    std::io::stdin().is_terminal() && terminal::stderr_is_terminal()
}

/// Prints a text, wrapped at the width of the terminal.
pub(crate) fn print_paragraph(text: &str) {
    let mut stderr = terminal::stderr();
    let _ = write!(stderr, "{}", terminal::wrap_text(text, 0, terminal::width()));
}

/// Prints a text on one line, however long it is.
pub(crate) fn print_unwrapped(text: &str) {
    let _ = writeln!(terminal::stderr(), "{text}");
}

/// Asks for a line of text.
pub(crate) fn ask_line(question: &str) -> Result<String, Error> {
    ask(question, Term::read_line)
}

/// Asks for a line of text that is not shown while it is typed.
pub(crate) fn ask_secret(question: &str) -> Result<SecretString, Error> {
    ask(question, Term::read_secure_line).map(SecretString::from)
}

fn ask(
    question: &str,
    read_line: impl Fn(&Term) -> std::io::Result<String>,
) -> Result<String, Error> {
    let term = Term::stderr();
    let question = terminal::shown(question, false);
    let line = term.write_str(&format!("{question}: ")).and_then(|()| read_line(&term));
    let line = line.map_err(|error| usage_error(format!("no answer could be read: {error}")))?;
    Ok(line.trim().to_owned())
}

/// Asks the user to choose one of the options by its number, and returns its index. An empty answer
/// chooses the first option.
pub(crate) fn ask_choice(question: &str, options: &[String]) -> Result<usize, Error> {
    for (index, option) in options.iter().enumerate() {
        print_paragraph(&format!("{}. {option}", index + 1));
    }
    loop {
        let answer = ask_line(&format!("{question} [1]"))?;
        if answer.is_empty() {
            return Ok(0);
        }
        match answer.parse::<usize>() {
            Ok(number) if (1..=options.len()).contains(&number) => return Ok(number - 1),
            _ => print_paragraph(&format!(
                "Please answer with a number from 1 to {}.",
                options.len()
            )),
        }
    }
}

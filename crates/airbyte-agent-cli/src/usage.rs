//! Command lines that clap refuses, told like every other failure.
//!
//! An argument that stands where none is expected may be part of a credential whose quotes were
//! forgotten, so values are never repeated, only the names of options.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::failure::{report, usage};

/// Help and version go to standard output; anything else is a usage error.
pub(crate) fn answer(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // Writes to the right stream, with colours where they are wanted.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = write!(io::stderr(), "{}", error.render());
        return report(&usage("a command is missing; 'airbyte-agent --help' lists them"), false);
    }
    report(&usage(message(error)), false)
}

fn message(error: &clap::Error) -> String {
    let named = context(error, ContextKind::InvalidArg).unwrap_or_default();
    let is_option = named.starts_with('-');
    match error.kind() {
        ErrorKind::UnknownArgument if is_option => {
            let name = named.split(['=', ' ']).next().unwrap_or_default();
            let hint = close(error, ContextKind::SuggestedArg).unwrap_or_default();
            format!("there is no option '{name}'{hint}")
        }
        ErrorKind::UnknownArgument | ErrorKind::TooManyValues => {
            "there is an argument too many; values with blanks, such as JSON, need quotes"
                .to_owned()
        }
        ErrorKind::InvalidSubcommand => {
            let name = context(error, ContextKind::InvalidSubcommand).unwrap_or_default();
            let hint = close(error, ContextKind::SuggestedSubcommand)
                .unwrap_or_else(|| "; --help lists the commands".to_owned());
            format!("there is no command '{name}'{hint}")
        }
        ErrorKind::InvalidValue if error.get(ContextKind::ValidValue).is_some() => {
            let given = context(error, ContextKind::InvalidValue).unwrap_or_default();
            let allowed = all(error, ContextKind::ValidValue).join(", ");
            let hint = close(error, ContextKind::SuggestedValue).unwrap_or_default();
            if given.is_empty() {
                format!("{named} takes one of {allowed}")
            } else {
                format!("{named} takes one of {allowed}, got '{given}'{hint}")
            }
        }
        ErrorKind::MissingRequiredArgument => {
            format!("missing: {}", all(error, ContextKind::InvalidArg).join(", "))
        }
        ErrorKind::InvalidUtf8 => "an argument is not UTF-8 text".to_owned(),
        _ => {
            let text = error.to_string();
            let text = text.strip_prefix("error: ").unwrap_or(&text);
            let text = text.split("\n\nUsage:").next().unwrap_or(text);
            let text = text.split("\n\nFor more information").next().unwrap_or(text);
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        }
    }
}

fn context(error: &clap::Error, kind: ContextKind) -> Option<String> {
    all(error, kind).into_iter().next()
}

fn all(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        None | Some(ContextValue::None) => Vec::new(),
        Some(ContextValue::Strings(texts)) => texts.clone(),
        Some(other) => vec![other.to_string()],
    }
}

fn close(error: &clap::Error, kind: ContextKind) -> Option<String> {
    Some(format!(", did you mean '{}'?", context(error, kind)?))
}

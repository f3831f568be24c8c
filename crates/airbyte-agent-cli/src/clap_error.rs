//! Command lines that clap refuses, reported like every other failure.
//!
//! An unexpected argument may be part of a credential whose quotes were forgotten. Therefore values
//! are never repeated in a message, only the names of options.

use std::io::Write as _;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::failure::usage_error;
use crate::failure_report::report_stop;
use crate::terminal;

/// Options of which each makes sense only with another one.
const NEEDS: [(&str, &str); 7] = [
    ("--max", "--all"),
    ("--force", "--out"),
    ("--poll", "--wait"),
    ("--wait-at-most", "--wait"),
    ("--workspace", "--hosted"),
    ("--connector-id", "--hosted"),
    ("--organization", "--hosted"),
];

/// Prints help and version to standard output; reports anything else as a usage error. Returns the
/// exit code.
pub(crate) fn report_clap_error(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        // clap chooses the stream, and colours where they are wanted.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let message = if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = write!(terminal::stderr(), "{}", error.render());
        "a command is missing; 'airbyte-agent --help' lists them".to_owned()
    } else {
        error_message(error)
    };
    report_stop(&usage_error(message).into(), false)
}

fn error_message(error: &clap::Error) -> String {
    let argument = first_context(error, ContextKind::InvalidArg).unwrap_or_default();
    let is_option = argument.starts_with('-');
    match error.kind() {
        ErrorKind::UnknownArgument if is_option => {
            let name = argument.split(['=', ' ']).next().unwrap_or_default();
            let hint = did_you_mean(error, ContextKind::SuggestedArg).unwrap_or_default();
            format!("there is no option '{name}'{hint}")
        }
        ErrorKind::UnknownArgument | ErrorKind::TooManyValues => {
            "there is an argument too many; values with blanks, such as JSON, need quotes"
                .to_owned()
        }
        ErrorKind::InvalidSubcommand => {
            let name = first_context(error, ContextKind::InvalidSubcommand).unwrap_or_default();
            let hint = did_you_mean(error, ContextKind::SuggestedSubcommand)
                .unwrap_or_else(|| "; --help lists the commands".to_owned());
            format!("there is no command '{name}'{hint}")
        }
        ErrorKind::InvalidValue if error.get(ContextKind::ValidValue).is_some() => {
            let value = first_context(error, ContextKind::InvalidValue).unwrap_or_default();
            let allowed = contexts(error, ContextKind::ValidValue).join(", ");
            let hint = did_you_mean(error, ContextKind::SuggestedValue).unwrap_or_default();
            if allowed.is_empty() {
                // Any value is allowed, and there is none.
                format!("{argument} needs a value")
            } else if value.is_empty() {
                format!("{argument} takes one of {allowed}")
            } else {
                format!("{argument} takes one of {allowed}, got '{value}'{hint}")
            }
        }
        ErrorKind::MissingRequiredArgument => {
            let missing = contexts(error, ContextKind::InvalidArg).join(", ");
            match needing_option(error) {
                Some(option) => format!("{option} needs {missing}"),
                None => format!("an argument is missing: {missing}"),
            }
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

/// The option that was given and needs the missing one. clap does not say which it is; where the only missing
/// argument is an option, the options on the command line that need it are known from their declaration.
fn needing_option(error: &clap::Error) -> Option<&'static str> {
    let missing = contexts(error, ContextKind::InvalidArg);
    let [missing] = missing.as_slice() else { return None };
    let missing = missing.split(' ').next()?;
    let given: Vec<String> =
        std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let is_given = |name: &str| {
        given.iter().any(|arg| arg.split('=').next().is_some_and(|option| option == name))
    };
    NEEDS.iter().find(|(option, needed)| *needed == missing && is_given(option)).map(|(o, _)| *o)
}

fn first_context(error: &clap::Error, kind: ContextKind) -> Option<String> {
    contexts(error, kind).into_iter().next()
}

fn contexts(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        None | Some(ContextValue::None) => Vec::new(),
        Some(ContextValue::Strings(texts)) => texts.clone(),
        Some(other) => vec![other.to_string()],
    }
}

fn did_you_mean(error: &clap::Error, kind: ContextKind) -> Option<String> {
    // The most similar of the suggestions is the last one.
    Some(format!(", did you mean '{}'?", contexts(error, kind).pop()?))
}

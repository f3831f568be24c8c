//! The commands `completions` and `__complete`: what can stand at the cursor of a shell.
//!
//! The scripts for bash, zsh and fish call the hidden command `__complete`, which knows connectors,
//! entities, actions and arguments from the descriptions. It sends nothing and never fails: where
//! it knows no candidate it prints no line.

mod line;
mod values;

use std::io::Write as _;

use clap::{Arg, ArgAction, Command};
use clap_complete::Shell;

use self::values::PrecedingWords;
use crate::args::CompleteArgs;
use crate::failure::Stop;
use crate::terminal::{self, single_line};

const BASH: &str = include_str!("airbyte-agent.bash");
const ZSH: &str = include_str!("airbyte-agent.zsh");
const FISH: &str = include_str!("airbyte-agent.fish");

/// Printed instead of candidates where the shell is to complete names of files.
const FILES: &str = ":files";
/// Length in characters of the longest help text of a candidate.
const LONGEST_HELP: usize = 72;

/// A word that can stand at the cursor, with a short explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Candidate {
    value: String,
    help: String,
}

impl Candidate {
    /// A candidate that is explained by the first sentence of `help`.
    fn new(value: impl Into<String>, help: &str) -> Self {
        let help = help.split_inclusive(". ").next().unwrap_or_default();
        let help: String = single_line(help).chars().take(LONGEST_HELP).collect();
        Self { value: value.into(), help }
    }

    /// Lets the shell complete names of files.
    fn files() -> Vec<Self> {
        vec![Self::new(FILES, "")]
    }
}

/// Prints the completion script of a shell.
pub(crate) fn print_script(shell: Shell, mut command: Command) -> Result<(), Stop> {
    let mut script = Vec::new();
    match shell {
        Shell::Bash => script.extend_from_slice(BASH.as_bytes()),
        Shell::Zsh => script.extend_from_slice(ZSH.as_bytes()),
        Shell::Fish => script.extend_from_slice(FISH.as_bytes()),
        // The scripts of other shells know only the options.
        other => clap_complete::generate(other, &mut command, "airbyte-agent", &mut script),
    }
    terminal::stdout().write_all(&script)?;
    Ok(())
}

/// Prints one line for each candidate: the word, a tab and its help.
pub(crate) fn run_complete(args: &CompleteArgs, command: Command) -> Result<(), Stop> {
    let words = match &args.line {
        Some(line) => line::split_words(line).into_iter().skip(1).collect(),
        None => args.words.clone(),
    };
    let mut out = terminal::stdout();
    for Candidate { value, help } in find_candidates(command, &words) {
        writeln!(out, "{value}\t{help}")?;
    }
    Ok(())
}

/// The candidates for the last of the words, which may be empty.
fn find_candidates(mut root: Command, words: &[String]) -> Vec<Candidate> {
    root.build();
    let Some((current, before)) = words.split_last() else { return Vec::new() };
    let mut command = &root;
    let mut preceding = PrecedingWords::default();
    let mut pending: Option<&Arg> = None;
    let mut words = before.iter();
    while let Some(word) = words.next() {
        if let Some(arg) = pending.take() {
            preceding.add_option(arg, word);
        } else if word == "--" {
            words.by_ref().for_each(|word| preceding.positionals.push(word.clone()));
        } else if let Some(name) = word.strip_prefix("--") {
            let (name, value) = name.split_once('=').map_or((name, None), |(n, v)| (n, Some(v)));
            let Some(arg) = find_long_option(command, name) else { continue };
            match value {
                Some(value) => preceding.add_option(arg, value),
                None if takes_value(arg) => pending = Some(arg),
                None => preceding.add_option(arg, ""),
            }
        } else if let Some(letters) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) {
            pending = add_short_options(command, letters, &mut preceding);
        } else if let Some(sub) = command.find_subcommand(word).filter(|_| preceding.is_fresh()) {
            command = sub;
        } else {
            preceding.positionals.push(word.clone());
        }
    }
    let candidates = all_candidates(command, &preceding, pending, current);
    let fits = |candidate: &Candidate| {
        candidate.value == FILES || candidate.value.starts_with(current.as_str())
    };
    candidates.into_iter().filter(fits).collect()
}

/// All candidates for this position of the command line, also those that do not begin with
/// `current`. `pending` is an option whose value stands at the cursor.
fn all_candidates(
    command: &Command,
    preceding: &PrecedingWords,
    pending: Option<&Arg>,
    current: &str,
) -> Vec<Candidate> {
    if let Some(arg) = pending {
        return values::option_values(arg, preceding, current);
    }
    if let Some((name, value)) = current.strip_prefix("--").and_then(|rest| rest.split_once('=')) {
        let Some(arg) = find_long_option(command, name) else { return Vec::new() };
        let mut candidates = values::option_values(arg, preceding, value);
        for candidate in candidates.iter_mut().filter(|candidate| candidate.value != FILES) {
            candidate.value = format!("--{name}={}", candidate.value);
        }
        return candidates;
    }
    if current.starts_with('-') {
        return option_names(command, preceding);
    }
    if command.has_subcommands() && preceding.is_fresh() {
        let subcommands = command.get_subcommands().filter(|sub| !sub.is_hide_set());
        let about = |sub: &Command| sub.get_about().map(ToString::to_string).unwrap_or_default();
        return subcommands.map(|sub| Candidate::new(sub.get_name(), &about(sub))).collect();
    }
    match values::positional_values(command, preceding) {
        Some(candidates) => candidates,
        None => option_names(command, preceding),
    }
}

/// The options that can still be given.
fn option_names(command: &Command, preceding: &PrecedingWords) -> Vec<Candidate> {
    let repeats = |arg: &Arg| matches!(arg.get_action(), ArgAction::Append | ArgAction::Count);
    let mut candidates = Vec::new();
    for arg in command.get_arguments().filter(|arg| !arg.is_hide_set() && !arg.is_positional()) {
        if preceding.has_option(arg) && !repeats(arg) {
            continue;
        }
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        if let Some(long) = arg.get_long() {
            candidates.push(Candidate::new(format!("--{long}"), &help));
        } else if let Some(short) = arg.get_short() {
            candidates.push(Candidate::new(format!("-{short}"), &help));
        }
    }
    candidates
}

/// The option with this long name or alias.
fn find_long_option<'c>(command: &'c Command, name: &str) -> Option<&'c Arg> {
    let has_name = |arg: &&Arg| {
        arg.get_long() == Some(name)
            || arg.get_all_aliases().is_some_and(|aliases| aliases.contains(&name))
    };
    command.get_arguments().find(has_name)
}

/// Adds the options of a word such as `-vp`, and returns the one whose value is the next word.
fn add_short_options<'c>(
    command: &'c Command,
    letters: &str,
    preceding: &mut PrecedingWords,
) -> Option<&'c Arg> {
    for (index, letter) in letters.char_indices() {
        let arg = command.get_arguments().find(|arg| arg.get_short() == Some(letter))?;
        if takes_value(arg) {
            let rest = &letters[index + letter.len_utf8()..];
            if rest.is_empty() {
                return Some(arg);
            }
            preceding.add_option(arg, rest);
            return None;
        }
        preceding.add_option(arg, "");
    }
    None
}

fn takes_value(arg: &Arg) -> bool {
    arg.get_action().takes_values()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::args::Cli;

    fn values(line: &str) -> Vec<String> {
        let words: Vec<String> = line::split_words(line).into_iter().skip(1).collect();
        find_candidates(Cli::command(), &words)
            .into_iter()
            .map(|candidate| candidate.value)
            .collect()
    }

    #[test]
    fn every_word_can_be_completed() {
        for (line, expected) in [
            ("airbyte-agent ex", vec!["exec"]),
            ("airbyte-agent exec gi", vec!["github"]),
            (
                "airbyte-agent exec github iss",
                vec!["issues", "issue_labels", "issue_assignees", "issue_locks"],
            ),
            ("airbyte-agent exec github issues l", vec!["list"]),
            ("airbyte-agent exec github issues list -p ow", vec!["owner="]),
            ("airbyte-agent exec github issues list -p owner=a -p ow", vec![]),
            (
                "airbyte-agent exec github issues list -p states=",
                vec!["states=OPEN", "states=CLOSED"],
            ),
            ("airbyte-agent exec github issues list -p states=OPEN,C", vec!["states=OPEN,CLOSED"]),
            ("airbyte-agent exec github issues list -pstates=O -p sta", vec!["states="]),
            ("airbyte-agent exec github issues list --output y", vec!["yaml"]),
            ("airbyte-agent exec github issues list --output=y", vec!["--output=yaml"]),
            ("airbyte-agent exec github issues list --all --al", vec![]),
            ("airbyte-agent exec github issues list --idem", vec!["--idempotency-key"]),
            ("airbyte-agent exec github issues list --select number,tit", vec!["number,title"]),
            ("airbyte-agent exec github -v issues li", vec!["list"]),
            ("airbyte-agent exec --spec ", vec![FILES]),
            ("airbyte-agent exec nope iss", vec![]),
            ("airbyte-agent describe str", vec!["stripe"]),
            ("airbyte-agent describe --output j", vec!["json"]),
            ("airbyte-agent check jir", vec!["jira"]),
            ("airbyte-agent search --connector sl", vec!["slack"]),
            ("airbyte-agent completions b", vec!["bash"]),
            ("airbyte-agent __c", vec![]),
            ("airbyte-agent exec github issues list --auth-scheme githubP", vec!["githubPAT"]),
        ] {
            assert_eq!(values(line), expected, "{line}");
        }
        assert!(values("airbyte-agent ").contains(&"describe".to_owned()));
        assert!(values("airbyte-agent exec github issues list ").contains(&"--all".to_owned()));
    }

    #[test]
    fn candidates_are_explained() {
        let words = ["exec", "github", "issues", "list", "-p", "per"].map(str::to_owned);
        let found = find_candidates(Cli::command(), &words);
        assert_eq!(found[0].value, "per_page=");
        assert_eq!(found[0].help, "integer. Records per page, 1 to 100.");
    }
}

//! Completions: what can stand at the cursor of a shell.
//!
//! The scripts for bash, zsh and fish ask the hidden command `__complete`, which knows connectors,
//! entities, actions and arguments from the descriptions. It never sends anything and never fails:
//! nothing to say is said with no lines.

mod line;
mod values;

use std::io::{self, Write as _};

use clap::{Arg, ArgAction, Args, Command};
use clap_complete::Shell;

use self::values::Given;
use crate::failure::Stop;
use crate::terminal::one_line;

const BASH: &str = include_str!("airbyte-agent.bash");
const ZSH: &str = include_str!("airbyte-agent.zsh");
const FISH: &str = include_str!("airbyte-agent.fish");

/// Tells a script that file names are wanted.
const FILES: &str = ":files";
/// Longest help beside a candidate, in characters.
const HELP: usize = 72;

#[derive(Args)]
pub(crate) struct CompleteArgs {
    /// The command line up to the cursor
    #[arg(long, conflicts_with = "words")]
    line: Option<String>,
    /// The words behind the program's name, the one at the cursor last
    #[arg(last = true)]
    words: Vec<String>,
}

/// Something that can stand at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Candidate {
    value: String,
    help: String,
}

impl Candidate {
    fn new(value: impl Into<String>, help: &str) -> Self {
        let help = help.split_inclusive(". ").next().unwrap_or_default();
        let help: String = one_line(help).chars().take(HELP).collect();
        Self { value: value.into(), help }
    }

    fn files() -> Vec<Self> {
        vec![Self::new(FILES, "")]
    }
}

/// Prints the script of a shell.
pub(crate) fn script(shell: Shell, mut command: Command) -> Result<(), Stop> {
    let mut script = Vec::new();
    match shell {
        Shell::Bash => script.extend_from_slice(BASH.as_bytes()),
        Shell::Zsh => script.extend_from_slice(ZSH.as_bytes()),
        Shell::Fish => script.extend_from_slice(FISH.as_bytes()),
        // These know the options only.
        other => clap_complete::generate(other, &mut command, "airbyte-agent", &mut script),
    }
    io::stdout().write_all(&script)?;
    Ok(())
}

/// Prints what can stand at the cursor: a line each, the help behind a tab.
pub(crate) fn complete(args: &CompleteArgs, command: Command) -> Result<(), Stop> {
    let words = match &args.line {
        Some(line) => line::words(line).into_iter().skip(1).collect(),
        None => args.words.clone(),
    };
    let mut out = io::stdout().lock();
    for Candidate { value, help } in candidates(command, &words) {
        writeln!(out, "{value}\t{help}")?;
    }
    Ok(())
}

fn candidates(mut root: Command, words: &[String]) -> Vec<Candidate> {
    root.build();
    let Some((current, before)) = words.split_last() else { return Vec::new() };
    let mut command = &root;
    let mut given = Given::default();
    let mut pending: Option<&Arg> = None;
    let mut words = before.iter();
    while let Some(word) = words.next() {
        if let Some(arg) = pending.take() {
            given.option(arg, word);
        } else if word == "--" {
            words.by_ref().for_each(|word| given.positionals.push(word.clone()));
        } else if let Some(name) = word.strip_prefix("--") {
            let (name, value) = name.split_once('=').map_or((name, None), |(n, v)| (n, Some(v)));
            let Some(arg) = long(command, name) else { continue };
            match value {
                Some(value) => given.option(arg, value),
                None if takes_value(arg) => pending = Some(arg),
                None => given.option(arg, ""),
            }
        } else if let Some(letters) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) {
            pending = short(command, letters, &mut given);
        } else if let Some(sub) = command.find_subcommand(word).filter(|_| given.is_fresh()) {
            command = sub;
        } else {
            given.positionals.push(word.clone());
        }
    }
    let found = at_cursor(command, &given, pending, current);
    let fits = |one: &Candidate| one.value == FILES || one.value.starts_with(current.as_str());
    found.into_iter().filter(fits).collect()
}

fn at_cursor(
    command: &Command,
    given: &Given,
    pending: Option<&Arg>,
    current: &str,
) -> Vec<Candidate> {
    if let Some(arg) = pending {
        return values::of_option(arg, given, current);
    }
    if let Some((name, value)) = current.strip_prefix("--").and_then(|rest| rest.split_once('=')) {
        let Some(arg) = long(command, name) else { return Vec::new() };
        let mut found = values::of_option(arg, given, value);
        for one in found.iter_mut().filter(|one| one.value != FILES) {
            one.value = format!("--{name}={}", one.value);
        }
        return found;
    }
    if current.starts_with('-') {
        return options(command, given);
    }
    if command.has_subcommands() && given.is_fresh() {
        let subcommands = command.get_subcommands().filter(|sub| !sub.is_hide_set());
        let about = |sub: &Command| sub.get_about().map(ToString::to_string).unwrap_or_default();
        return subcommands.map(|sub| Candidate::new(sub.get_name(), &about(sub))).collect();
    }
    match values::of_position(command, given) {
        Some(found) => found,
        None => options(command, given),
    }
}

/// The options that can still be given.
fn options(command: &Command, given: &Given) -> Vec<Candidate> {
    let repeats = |arg: &Arg| matches!(arg.get_action(), ArgAction::Append | ArgAction::Count);
    let mut found = Vec::new();
    for arg in command.get_arguments().filter(|arg| !arg.is_hide_set() && !arg.is_positional()) {
        if given.has(arg) && !repeats(arg) {
            continue;
        }
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        if let Some(long) = arg.get_long() {
            found.push(Candidate::new(format!("--{long}"), &help));
        } else if let Some(short) = arg.get_short() {
            found.push(Candidate::new(format!("-{short}"), &help));
        }
    }
    found
}

fn long<'c>(command: &'c Command, name: &str) -> Option<&'c Arg> {
    let is_meant = |arg: &&Arg| {
        arg.get_long() == Some(name)
            || arg.get_all_aliases().is_some_and(|aliases| aliases.contains(&name))
    };
    command.get_arguments().find(is_meant)
}

/// Reads a word of short options; gives back the one whose value comes next.
fn short<'c>(command: &'c Command, letters: &str, given: &mut Given) -> Option<&'c Arg> {
    for (index, letter) in letters.char_indices() {
        let arg = command.get_arguments().find(|arg| arg.get_short() == Some(letter))?;
        if takes_value(arg) {
            let rest = &letters[index + letter.len_utf8()..];
            if rest.is_empty() {
                return Some(arg);
            }
            given.option(arg, rest);
            return None;
        }
        given.option(arg, "");
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
        let words: Vec<String> = line::words(line).into_iter().skip(1).collect();
        candidates(Cli::command(), &words).into_iter().map(|one| one.value).collect()
    }

    #[test]
    fn every_word_can_be_completed() {
        for (line, expected) in [
            ("airbyte-agent ex", vec!["exec"]),
            ("airbyte-agent exec gi", vec!["github"]),
            ("airbyte-agent exec github iss", vec!["issues"]),
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
        let found = candidates(Cli::command(), &words);
        assert_eq!(found[0].value, "per_page=");
        assert_eq!(found[0].help, "integer. Records per page, 1 to 100.");
    }
}

//! The overview that `airbyte-agent --help` prints, with the commands in groups.

use std::fmt::Write as _;

use clap::{Command, CommandFactory as _};

use crate::args::Cli;

/// The groups. A command that is in none of them is listed in the last one.
const GROUPS: &[(&str, &[&str])] = &[
    ("Operations", &["search", "describe", "exec", "connectors"]),
    ("Credentials", &["login", "accounts", "check", "doctor"]),
    ("Airbyte's platform", &["platform"]),
    ("Agents", &["mcp"]),
    ("Tools", &["sandbox", "completions"]),
];

const EXAMPLES: &str = "  airbyte-agent search \"open invoices of a customer\"
  airbyte-agent describe github issues list
  airbyte-agent exec github issues list --sandbox -p owner=airbytehq -p repo=airbyte";

/// The definition of the command line, with the overview as its help.
pub(crate) fn command() -> Command {
    let mut command = Cli::command();
    let styles = command.get_styles();
    let (header, literal) = (*styles.get_header(), *styles.get_literal());
    let mut text = String::from("{about-with-newline}\n{usage-heading} {usage}\n");
    let known = |name: &str| GROUPS.iter().any(|(_, names)| names.contains(&name));
    for (index, (title, names)) in GROUPS.iter().enumerate() {
        let is_last = index + 1 == GROUPS.len();
        let listed = names.iter().filter_map(|name| command.find_subcommand(name));
        let ungrouped = command.get_subcommands().filter(|sub| is_last && !known(sub.get_name()));
        let members: Vec<&Command> =
            listed.chain(ungrouped).filter(|sub| !sub.is_hide_set()).collect();
        if members.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\n{header}{title}:{header:#}");
        for member in members {
            let name = member.get_name();
            let about = member.get_about().map(ToString::to_string).unwrap_or_default();
            let _ = writeln!(text, "  {literal}{name:<12}{literal:#} {about}");
        }
    }
    let _ = writeln!(text, "\n{header}Options:{header:#}\n{{options}}");
    let _ = writeln!(text, "\n{header}Examples:{header:#}\n{EXAMPLES}");
    let _ = write!(text, "\n'airbyte-agent help COMMAND' explains a command.");
    command = command.help_template(text);
    command
}

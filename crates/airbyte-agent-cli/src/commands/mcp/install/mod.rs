//! The command `mcp install`: prints or writes the entry of this server for MCP clients.

pub(crate) mod clients;
mod entry;
mod jsonc;
mod toml;
mod write;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use airbyte_agent_core::Error;
use serde_json::{Map, Value, json};
use url::Url;

use self::clients::{Client, Folders, Language};
use self::entry::{Server, Variable};
use crate::args::mcp::InstallArgs;
use crate::failure::{Stop, usage_error};
use crate::terminal;

/// Prints or writes the entry for every client that is named.
pub(super) fn run_install(args: &InstallArgs) -> Result<(), Stop> {
    let folders = Folders::of_user();
    if args.client.is_empty() {
        return print_clients(&folders);
    }
    let server = server_of(args)?;
    let mut out = terminal::stdout();
    for chosen in &args.client {
        let client = chosen.0;
        let path = client_file(client, args, &folders)?;
        if args.write {
            let outcome = write_entry(client, &args.name, &server, &path)?;
            writeln!(out, "{}: {outcome}", client.title)?;
        } else {
            writeln!(out, "# {}: {}", client.title, path.display())?;
            writeln!(out, "{}", printable_entry(client, &args.name, &server)?)?;
        }
    }
    if !args.write {
        writeln!(terminal::stderr(), "nothing was written; add --write to write the entries")?;
    }
    Ok(())
}

/// Prints the known clients, and for which of them this user has a file.
fn print_clients(folders: &Folders) -> Result<(), Stop> {
    let mut out = terminal::stdout();
    for client in clients::all_clients() {
        let Some(path) = client.user_file(folders) else { continue };
        let mark = if path.exists() { "found" } else { "-" };
        writeln!(out, "{:<15} {mark:<6} {}", client.name, path.display())?;
    }
    writeln!(terminal::stderr(), "name one or more: airbyte-agent mcp install CLIENT… --write")?;
    Ok(())
}

/// The server that the options describe.
fn server_of(args: &InstallArgs) -> Result<Server, Error> {
    if let Some(url) = &args.url {
        // They would be written to a file and printed.
        let has_user = |url: Url| !url.username().is_empty() || url.password().is_some();
        if Url::parse(url).is_ok_and(has_user) {
            return Err(usage_error("--url must not hold a user name or a password"));
        }
        return Ok(Server::Address(url.clone()));
    }
    if let Some(via) = &args.serve.via {
        airbyte_agent_core::origin(via)?;
    }
    let command = match &args.command {
        Some(command) => command.clone(),
        None => std::env::current_exe()
            .map_err(|error| {
                usage_error(format!("cannot find this program: {error}; give --command"))
            })?
            .display()
            .to_string(),
    };
    let variables = args.env.iter().map(|text| Variable::parse(text)).collect::<Result<_, _>>()?;
    let mut command_line = vec!["mcp".to_owned()];
    command_line.extend(args.serve.to_command_line(&absolute_path));
    Ok(Server::Program { command, args: command_line, variables })
}

/// A path that does not depend on the working directory, because clients start programs in folders
/// of their own.
fn absolute_path(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()).display().to_string()
}

/// The file to write for a client.
fn client_file(client: &Client, args: &InstallArgs, folders: &Folders) -> Result<PathBuf, Error> {
    if let Some(path) = &args.file {
        return Ok(path.clone());
    }
    let title = client.title;
    match &args.project {
        Some(project) => client
            .project_file(project)
            .ok_or_else(|| usage_error(format!("{title} supports no file in a project"))),
        None => client.user_file(folders).ok_or_else(|| {
            usage_error(format!("the home folder is not known; give --file for {title}"))
        }),
    }
}

/// The entry as it is written to the client's file, without the values of variables.
fn printable_entry(client: &Client, name: &str, server: &Server) -> Result<String, Error> {
    let entry = server.masked().to_entry(client)?;
    Ok(match client.language {
        Language::Toml => toml::entry_text(client.key, name, &entry),
        Language::Json => {
            let file = json!({ client.key: { name: entry } });
            serde_json::to_string_pretty(&file).unwrap_or_default()
        }
    })
}

/// Writes the entry to the client's file, and returns a sentence about what was done.
fn write_entry(client: &Client, name: &str, server: &Server, path: &Path) -> Result<String, Error> {
    let failed = |what: &str, error: &dyn std::fmt::Display| {
        usage_error(format!("{} {what} {}: {error}", client.title, path.display()))
    };
    let entry: Map<String, Value> = server.to_entry(client)?;
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(failed("cannot read", &error)),
    };
    let set_entry = match client.language {
        Language::Json => jsonc::set_entry,
        Language::Toml => toml::set_entry,
    };
    let changed = set_entry(text.trim_start_matches('\u{feff}'), client.key, name, &entry)
        .map_err(|error| failed("does not change", &error))?;
    let Some(changed) = changed else {
        return Ok(format!("{} has the entry already", path.display()));
    };
    let copy =
        write::replace_file(path, &changed).map_err(|error| failed("cannot write", &error))?;
    Ok(match copy {
        Some(copy) => {
            format!("wrote {}; a copy of the former file is {}", path.display(), copy.display())
        }
        None => format!("wrote {}", path.display()),
    })
}

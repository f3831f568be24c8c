//! `mcp install`: the entry of this server in the files of MCP clients.

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
use super::args::InstallArgs;
use crate::failure::{Stop, usage};

/// Prints or writes the entry for every client that was named.
pub(super) fn install(args: &InstallArgs) -> Result<(), Stop> {
    let folders = Folders::of_user();
    if args.client.is_empty() {
        return overview(&folders);
    }
    let server = server(args)?;
    let mut out = std::io::stdout();
    for chosen in &args.client {
        let client = chosen.0;
        let path = file(client, args, &folders)?;
        if args.write {
            let told = write(client, &args.name, &server, &path)?;
            writeln!(out, "{}: {told}", client.title)?;
        } else {
            writeln!(out, "# {}: {}", client.title, path.display())?;
            writeln!(out, "{}", shown(client, &args.name, &server)?)?;
        }
    }
    if !args.write {
        writeln!(std::io::stderr(), "nothing was written; --write does")?;
    }
    Ok(())
}

/// The clients, and which of them this user seems to have.
fn overview(folders: &Folders) -> Result<(), Stop> {
    let mut out = std::io::stdout();
    for client in clients::all() {
        let Some(path) = client.user_file(folders) else { continue };
        let mark = if path.exists() { "found" } else { "-" };
        writeln!(out, "{:<15} {mark:<6} {}", client.name, path.display())?;
    }
    writeln!(std::io::stderr(), "name one or more: airbyte-agent mcp install CLIENT… --write")?;
    Ok(())
}

fn server(args: &InstallArgs) -> Result<Server, Error> {
    if let Some(url) = &args.url {
        // It would stand in a file, and be shown.
        let has_user = |url: Url| !url.username().is_empty() || url.password().is_some();
        if Url::parse(url).is_ok_and(has_user) {
            return Err(usage("--url must not hold a user name or a password"));
        }
        return Ok(Server::Address(url.clone()));
    }
    if let Some(via) = &args.serve.via {
        airbyte_agent_core::origin(via)?;
    }
    let command = match &args.command {
        Some(command) => command.clone(),
        None => std::env::current_exe()
            .map_err(|error| usage(format!("cannot find this program: {error}; give --command")))?
            .display()
            .to_string(),
    };
    let variables = args.env.iter().map(|text| Variable::parse(text)).collect::<Result<_, _>>()?;
    let mut all = vec!["mcp".to_owned()];
    all.extend(args.serve.to_arguments(&absolute));
    Ok(Server::Program { command, args: all, variables })
}

/// Clients start programs in folders of their own.
fn absolute(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()).display().to_string()
}

fn file(client: &Client, args: &InstallArgs, folders: &Folders) -> Result<PathBuf, Error> {
    if let Some(path) = &args.file {
        return Ok(path.clone());
    }
    let title = client.title;
    match &args.project {
        Some(project) => client
            .project_file(project)
            .ok_or_else(|| usage(format!("{title} has no file for a project"))),
        None => client
            .user_file(folders)
            .ok_or_else(|| usage(format!("the home folder is not known; give --file for {title}"))),
    }
}

/// The entry as it stands in the client's file, without values of variables.
fn shown(client: &Client, name: &str, server: &Server) -> Result<String, Error> {
    let entry = server.masked().entry(client)?;
    Ok(match client.language {
        Language::Toml => toml::render(client.key, name, &entry),
        Language::Json => {
            let file = json!({ client.key: { name: entry } });
            serde_json::to_string_pretty(&file).unwrap_or_default()
        }
    })
}

fn write(client: &Client, name: &str, server: &Server, path: &Path) -> Result<String, Error> {
    let failed = |what: &str, error: &dyn std::fmt::Display| {
        usage(format!("{} {what} {}: {error}", client.title, path.display()))
    };
    let entry: Map<String, Value> = server.entry(client)?;
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(failed("cannot read", &error)),
    };
    let put = match client.language {
        Language::Json => jsonc::put,
        Language::Toml => toml::put,
    };
    let changed = put(text.trim_start_matches('\u{feff}'), client.key, name, &entry)
        .map_err(|error| failed("leaves alone", &error))?;
    let Some(changed) = changed else {
        return Ok(format!("{} has the entry already", path.display()));
    };
    let copy = write::replace(path, &changed).map_err(|error| failed("cannot write", &error))?;
    Ok(match copy {
        Some(copy) => format!("wrote {}, the former one is {}", path.display(), copy.display()),
        None => format!("wrote {}", path.display()),
    })
}

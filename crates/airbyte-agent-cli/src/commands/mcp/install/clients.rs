//! The known MCP clients, as data: in which files they keep their servers, and what an entry of a
//! server looks like there.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use clap::builder::PossibleValue;

/// An MCP client.
#[derive(Debug)]
pub(crate) struct Client {
    /// The name of the client on the command line.
    pub(super) name: &'static str,
    /// The name of the client for people.
    pub(super) title: &'static str,
    /// The member of the file that contains the servers.
    pub(super) key: &'static str,
    /// The language of the file.
    pub(super) language: Language,
    /// Members of every entry that starts a program, in addition to command and arguments.
    pub(super) extra: &'static [(&'static str, &'static str)],
    /// The member with the address of a server that is already running. `None` if the client
    /// supports no such entries.
    pub(super) address: Option<&'static str>,
    /// Members of every entry with an address.
    pub(super) remote: &'static [(&'static str, &'static str)],
    /// How an entry refers to a variable of the client's own environment.
    pub(super) reference: Reference,
    /// The file of the user.
    user: UserPath,
    /// The path of the file in a project, if the client supports one.
    project: Option<&'static str>,
}

/// The language of a client's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// JSON, which may contain comments.
    Json,
    /// TOML, with a table for each server.
    Toml,
}

/// How an entry refers to a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reference {
    /// `${NAME}`
    Braces,
    /// `${env:NAME}`
    Env,
    /// `env_vars = ["NAME"]`
    Listed,
    /// The client passes on no variables.
    None,
}

/// The path of the user's own file, relative to a folder that depends on the operating system.
#[derive(Debug, Clone, Copy)]
enum UserPath {
    /// In the home folder.
    Home(&'static str),
    /// In the folder for settings of programs.
    Settings(&'static str),
    /// In `~/.config`, on Windows in the folder for settings.
    Config(&'static str),
}

const CLIENTS: &[Client] = &[
    Client {
        name: "claude-desktop",
        title: "Claude Desktop",
        key: "mcpServers",
        language: Language::Json,
        extra: &[],
        address: None,
        remote: &[],
        reference: Reference::None,
        user: UserPath::Settings("Claude/claude_desktop_config.json"),
        project: None,
    },
    Client {
        name: "claude-code",
        title: "Claude Code",
        key: "mcpServers",
        language: Language::Json,
        extra: &[("type", "stdio")],
        address: Some("url"),
        remote: &[("type", "http")],
        reference: Reference::Braces,
        user: UserPath::Home(".claude.json"),
        project: Some(".mcp.json"),
    },
    Client {
        name: "cursor",
        title: "Cursor",
        key: "mcpServers",
        language: Language::Json,
        extra: &[("type", "stdio")],
        address: Some("url"),
        remote: &[],
        reference: Reference::Env,
        user: UserPath::Home(".cursor/mcp.json"),
        project: Some(".cursor/mcp.json"),
    },
    Client {
        name: "vscode",
        title: "VS Code",
        key: "servers",
        language: Language::Json,
        extra: &[("type", "stdio")],
        address: Some("url"),
        remote: &[("type", "http")],
        reference: Reference::Env,
        user: UserPath::Settings("Code/User/mcp.json"),
        project: Some(".vscode/mcp.json"),
    },
    Client {
        name: "windsurf",
        title: "Windsurf",
        key: "mcpServers",
        language: Language::Json,
        extra: &[],
        address: Some("serverUrl"),
        remote: &[],
        reference: Reference::Env,
        user: UserPath::Home(".codeium/windsurf/mcp_config.json"),
        project: None,
    },
    Client {
        name: "zed",
        title: "Zed",
        key: "context_servers",
        language: Language::Json,
        extra: &[("source", "custom")],
        address: Some("url"),
        remote: &[],
        reference: Reference::None,
        user: UserPath::Config("zed/settings.json"),
        project: Some(".zed/settings.json"),
    },
    Client {
        name: "codex",
        title: "Codex",
        key: "mcp_servers",
        language: Language::Toml,
        extra: &[],
        address: Some("url"),
        remote: &[],
        reference: Reference::Listed,
        user: UserPath::Home(".codex/config.toml"),
        project: Some(".codex/config.toml"),
    },
    Client {
        name: "gemini-cli",
        title: "Gemini CLI",
        key: "mcpServers",
        language: Language::Json,
        extra: &[],
        address: Some("httpUrl"),
        remote: &[],
        reference: Reference::Braces,
        user: UserPath::Home(".gemini/settings.json"),
        project: Some(".gemini/settings.json"),
    },
    Client {
        name: "lm-studio",
        title: "LM Studio",
        key: "mcpServers",
        language: Language::Json,
        extra: &[],
        address: Some("url"),
        remote: &[],
        reference: Reference::None,
        user: UserPath::Home(".lmstudio/mcp.json"),
        project: None,
    },
];

/// A client that is named on the command line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClientChoice(pub(crate) &'static Client);

impl ValueEnum for ClientChoice {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [ClientChoice; CLIENTS.len()] = {
            let mut all = [ClientChoice(&CLIENTS[0]); CLIENTS.len()];
            let mut index = 0;
            while index < CLIENTS.len() {
                all[index] = ClientChoice(&CLIENTS[index]);
                index += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.name).help(self.0.title))
    }
}

/// All known clients.
pub(super) fn all_clients() -> impl Iterator<Item = &'static Client> {
    CLIENTS.iter()
}

/// The folders of a user, as far as the environment names them.
#[derive(Debug, Clone, Default)]
pub(super) struct Folders {
    pub(super) home: Option<PathBuf>,
    pub(super) settings: Option<PathBuf>,
    pub(super) config: Option<PathBuf>,
}

impl Folders {
    /// The folders of this user.
    pub(super) fn of_user() -> Self {
        let folder = |name: &str| {
            std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
        };
        let home = folder("HOME").or_else(|| folder("USERPROFILE"));
        let below = |part: &str| home.as_ref().map(|home| home.join(part));
        let settings = if cfg!(target_os = "macos") {
            below("Library/Application Support")
        } else if cfg!(windows) {
            folder("APPDATA")
        } else {
            folder("XDG_CONFIG_HOME").or_else(|| below(".config"))
        };
        let config = if cfg!(windows) {
            folder("APPDATA")
        } else {
            folder("XDG_CONFIG_HOME").or_else(|| below(".config"))
        };
        Self { home, settings, config }
    }
}

impl Client {
    /// The path of the user's own file.
    pub(super) fn user_file(&self, folders: &Folders) -> Option<PathBuf> {
        let (folder, path) = match self.user {
            UserPath::Home(path) => (&folders.home, path),
            UserPath::Settings(path) => (&folders.settings, path),
            UserPath::Config(path) => (&folders.config, path),
        };
        folder.as_ref().map(|folder| folder.join(path))
    }

    /// The path of the file of a project.
    pub(super) fn project_file(&self, project: &Path) -> Option<PathBuf> {
        self.project.map(|path| project.join(path))
    }
}

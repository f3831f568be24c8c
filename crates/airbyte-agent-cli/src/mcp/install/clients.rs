//! The MCP clients that are known: where they keep their servers and how they write one down.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use clap::builder::PossibleValue;

/// A client.
#[derive(Debug)]
pub(crate) struct Client {
    /// Its name as an argument.
    pub(super) name: &'static str,
    /// Its name for people.
    pub(super) title: &'static str,
    /// The member that holds the servers.
    pub(super) key: &'static str,
    pub(super) language: Language,
    /// Members of every entry that starts a program, besides command and arguments.
    pub(super) extra: &'static [(&'static str, &'static str)],
    /// The member with the address of a server that runs already; none where the file has no such
    /// entries.
    pub(super) address: Option<&'static str>,
    /// Members of every entry with an address.
    pub(super) remote: &'static [(&'static str, &'static str)],
    /// How an entry refers to a variable of the client's own environment.
    pub(super) reference: Reference,
    user: User,
    /// The file inside a project.
    project: Option<&'static str>,
}

/// What the client's file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// JSON, with comments perhaps.
    Json,
    /// TOML.
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
    /// Not at all.
    None,
}

/// Where the user's own file is, below a folder that depends on the system.
#[derive(Debug, Clone, Copy)]
enum User {
    /// Below the home folder.
    Home(&'static str),
    /// Below the folder for settings of programs.
    Settings(&'static str),
    /// Below `~/.config`, on Windows below the folder for settings.
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
        user: User::Settings("Claude/claude_desktop_config.json"),
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
        user: User::Home(".claude.json"),
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
        user: User::Home(".cursor/mcp.json"),
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
        user: User::Settings("Code/User/mcp.json"),
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
        user: User::Home(".codeium/windsurf/mcp_config.json"),
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
        user: User::Config("zed/settings.json"),
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
        user: User::Home(".codex/config.toml"),
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
        user: User::Home(".gemini/settings.json"),
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
        user: User::Home(".lmstudio/mcp.json"),
        project: None,
    },
];

/// One of the clients, as an argument.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chosen(pub(crate) &'static Client);

impl ValueEnum for Chosen {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [Chosen; CLIENTS.len()] = {
            let mut all = [Chosen(&CLIENTS[0]); CLIENTS.len()];
            let mut at = 0;
            while at < CLIENTS.len() {
                all[at] = Chosen(&CLIENTS[at]);
                at += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.name).help(self.0.title))
    }
}

/// Every client.
pub(super) fn all() -> impl Iterator<Item = &'static Client> {
    CLIENTS.iter()
}

/// The folders of a user, as far as the environment tells them.
#[derive(Debug, Clone, Default)]
pub(super) struct Folders {
    pub(super) home: Option<PathBuf>,
    pub(super) settings: Option<PathBuf>,
    pub(super) config: Option<PathBuf>,
}

impl Folders {
    /// Those of this user.
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
    /// The user's own file.
    pub(super) fn user_file(&self, folders: &Folders) -> Option<PathBuf> {
        let (folder, path) = match self.user {
            User::Home(path) => (&folders.home, path),
            User::Settings(path) => (&folders.settings, path),
            User::Config(path) => (&folders.config, path),
        };
        folder.as_ref().map(|folder| folder.join(path))
    }

    /// The file of a project.
    pub(super) fn project_file(&self, project: &Path) -> Option<PathBuf> {
        self.project.map(|path| project.join(path))
    }
}

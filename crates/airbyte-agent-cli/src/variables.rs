//! Environment variables, and the variables of the file `.env` in the working directory.
//!
//! The two are kept apart, because the file may have come with a folder that somebody else made. A
//! value is read from a named provenance and carries that provenance with it. Nothing is added to
//! the environment of the process, so other code reads there what it would read without `.env`.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::path::Path;

use airbyte_agent_core::description::Connector;
use airbyte_agent_core::hosted::Settings;
use airbyte_agent_core::provenance::{Provenance, Sourced};
use airbyte_agent_core::{Credentials, Error};
use serde_json::{Map, Value};

use crate::dotenv::{self, Parsed};
use crate::{notes, ownership};

/// Prefixes of the variables that this program reads.
const PROGRAM_PREFIXES: [&str; 3] = ["AIRBYTE_", "SDK_DEV_ADP_API_HOST", "SECRETS_CONFIGURED_"];

/// The prefix of the variables that hold the credentials of a connector.
pub(crate) fn variable_prefix(connector: &Connector) -> String {
    format!("AIRBYTE_AGENT_{}_", variable_part(&connector.name))
}

/// The variable that holds a credential field of a connector.
pub(crate) fn credential_variable(connector: &Connector, field: &str) -> String {
    format!("{}{}", variable_prefix(connector), variable_part(field))
}

fn variable_part(name: &str) -> String {
    name.to_uppercase().replace('-', "_")
}

/// The names of everything that can be configured for calls to the vendor, except credentials.
fn settings_of(connector: &Connector) -> BTreeSet<&str> {
    let variables = connector.variables().into_iter().map(|variable| variable.name.as_ref());
    let scopes = connector.scoping.iter().map(|scope| scope.config_key.as_ref());
    let parameters = connector.operations().flat_map(|operation| operation.parameters.iter());
    let supplied = parameters.filter_map(|one| Some(one.config.as_ref()?.source.as_ref()));
    let credentials: Vec<&str> = connector
        .auth
        .iter()
        .flat_map(|scheme| scheme.fields.iter().map(|field| field.name.as_ref()))
        .collect();
    let all = variables.chain(scopes).chain(supplied);
    all.filter(|name| !credentials.contains(name)).collect()
}

/// The variables that a run of the program can read.
#[derive(Default)]
pub(crate) struct Variables {
    folder: BTreeMap<String, String>,
    warnings: Vec<String>,
}

impl Variables {
    /// Reads `.env` of the working directory, and prints warnings about what is wrong with it.
    pub(crate) fn load_with_warnings() -> Self {
        let variables = Self::load();
        notes::print_warnings(&variables.warnings);
        variables
    }

    /// Reads `.env` of the working directory and prints nothing.
    pub(crate) fn load() -> Self {
        match dotenv::read_file(Path::new(".env")) {
            Ok(None) => Self::default(),
            Ok(Some(text)) => {
                let Parsed { variables: folder, unreadable } = dotenv::parse_variables(&text);
                let relevant = unreadable.iter().filter(|(_, name)| is_of_program(name));
                let warnings = relevant.map(|(line, name)| {
                    format!(
                        ".env of this folder, line {line}: {name} has no value that can be read"
                    )
                });
                Self { warnings: warnings.collect(), folder }
            }
            Err(why) => {
                Self { warnings: vec![format!(".env of this folder {why}")], ..Self::default() }
            }
        }
    }

    /// Warnings about what is wrong with the file `.env`.
    pub(crate) fn warnings(&self) -> &[String] {
        &self.warnings
    }

    fn value(&self, from: Provenance, name: &str) -> Option<String> {
        let value = match from {
            Provenance::Environment => env::var(name).ok(),
            Provenance::Folder => self.folder.get(name).cloned(),
            _ => None,
        };
        value.filter(|value| !value.trim().is_empty())
    }

    /// A variable of the environment or of the folder, unless its value is blank.
    pub(crate) fn get(&self, from: Provenance, name: &str) -> Option<Sourced<String>> {
        self.value(from, name).map(|value| Sourced::new(value, from).named(name))
    }

    /// The credentials of a connector, all from the same provenance: a field of the folder next to
    /// a secret of the user could send that secret to another server.
    pub(crate) fn credentials(
        &self,
        from: Provenance,
        connector: &Connector,
    ) -> Result<Option<Sourced<Credentials>>, Error> {
        let names = RefCell::new(Vec::new());
        let credentials = ownership::credentials_from_variables(connector, |name| {
            let value = self.value(from, name)?;
            names.borrow_mut().push(name.to_owned());
            Some(value)
        })?;
        let mut names = names.into_inner();
        names.sort();
        names.dedup();
        if credentials.is_empty() {
            return Ok(None);
        }
        Ok(Some(names.into_iter().fold(Sourced::new(credentials, from), Sourced::named)))
    }

    /// The settings of calls to the vendor of a connector, by their names.
    ///
    /// # Errors
    ///
    /// When the connector would take a setting from a variable that belongs to another one.
    pub(crate) fn settings(
        &self,
        from: Provenance,
        connector: &Connector,
    ) -> Result<Map<String, Value>, Error> {
        let mut settings = Map::new();
        for name in settings_of(connector) {
            let variable = credential_variable(connector, name);
            if let Some(value) = self.value(from, &variable) {
                ownership::check_name(connector)?;
                ownership::check_variable(connector, &variable)?;
                settings.insert(name.to_owned(), Value::String(value));
            }
        }
        Ok(settings)
    }

    /// The settings of the platform: those given for this run, then those of the environment, of
    /// the user's settings file, and of the folder.
    pub(crate) fn platform_settings(&self, given: Settings, file: Settings) -> Settings {
        let folder = Settings::from_folder(|name| self.value(Provenance::Folder, name));
        given.or(Settings::from_env()).or(file).or(folder)
    }

    /// One sentence each for what these settings take from the folder, and for what they do not
    /// take from it although the folder has it.
    pub(crate) fn platform_notes(&self, settings: &Settings) -> Vec<String> {
        let mut notes = Vec::new();
        let receiver = settings.receiver();
        let used = receiver.folder_names();
        if !used.is_empty() {
            notes.push(used_note(used));
        }
        let names = Settings::FROM_FOLDER.map(str::to_owned);
        let names: Vec<String> = names.into_iter().filter(|name| !used.contains(name)).collect();
        let reason = "the command line, the environment and the settings file go first";
        notes.extend(self.unused_note(&names, reason));
        notes
    }

    /// A warning about the variables of the folder that are always ignored, because they say where
    /// the platform is or that secrets of this machine are used.
    pub(crate) fn ignored_warning(&self) -> Option<String> {
        let ignored = self.only_in_folder(&Settings::NOT_FROM_FOLDER.map(str::to_owned));
        (!ignored.is_empty()).then(|| {
            format!(
                "{} in .env of this folder is ignored: a folder says neither where the platform is \
                 nor whether secrets of this machine are used. If it is meant, set it in the \
                 environment: export {}=…",
                ignored.join(", "),
                ignored[0]
            )
        })
    }

    /// Those of the names that the folder sets and to which the environment does not give the same
    /// value.
    fn only_in_folder(&self, names: &[String]) -> Vec<String> {
        let is_only_in_folder = |name: &&String| {
            let value = self.value(Provenance::Folder, name);
            value.is_some() && value != self.value(Provenance::Environment, name)
        };
        names.iter().filter(is_only_in_folder).cloned().collect()
    }

    /// A note that variables of the folder are not used, with the reason. `None` where that makes
    /// no difference.
    pub(crate) fn unused_note(&self, names: &[String], reason: &str) -> Option<String> {
        let unused = self.only_in_folder(names);
        let verb = if unused.len() == 1 { "is" } else { "are" };
        (!unused.is_empty()).then(|| {
            let names = unused.join(", ");
            format!("{names} in .env of this folder {verb} not used: {reason}")
        })
    }

    /// All variables, of the environment and of the folder, whose name starts with the prefix.
    pub(crate) fn starting_with(&self, prefix: &str) -> Vec<(String, String)> {
        let environment = env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        });
        let folder = self.folder.iter().map(|(name, value)| (name.clone(), value.clone()));
        environment.chain(folder).filter(|(name, _)| name.starts_with(prefix)).collect()
    }
}

/// A note that these variables of the folder are used.
pub(crate) fn used_note(names: &[String]) -> String {
    let verb = if names.len() == 1 { "comes" } else { "come" };
    format!("{} {verb} from .env of this folder", names.join(", "))
}

fn is_of_program(name: &str) -> bool {
    PROGRAM_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

//! Environment variables, and those of the file `.env` in the working directory.
//!
//! The two are kept apart: the file belongs to the folder, which may be anybody's. A value is asked
//! for by where it comes from and remembers that. Nothing is put into the process's own
//! environment: what others read there stays as it was.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::env;
use std::path::Path;

use airbyte_agent_core::description::Connector;
use airbyte_agent_core::hosted::Settings;
use airbyte_agent_core::provenance::{Provenance, Sourced};
use airbyte_agent_core::{Credentials, Error};

use crate::dotenv::{self, Parsed};
use crate::{note, reach};

/// What a variable of this program's begins with.
const OURS: [&str; 3] = ["AIRBYTE_", "SDK_DEV_ADP_API_HOST", "SECRETS_CONFIGURED_"];

/// The variables of this run.
#[derive(Default)]
pub(crate) struct Variables {
    folder: BTreeMap<String, String>,
    warnings: Vec<String>,
}

impl Variables {
    /// Those of the environment and of `.env`. Says what is wrong with the file.
    pub(crate) fn here() -> Self {
        let variables = Self::look();
        note::warn(&variables.warnings);
        variables
    }

    /// The same, and says nothing.
    pub(crate) fn look() -> Self {
        match dotenv::text(Path::new(".env")) {
            Ok(None) => Self::default(),
            Ok(Some(text)) => {
                let Parsed { variables: folder, unreadable } = dotenv::parse(&text);
                let ours = unreadable.iter().filter(|(_, name)| is_ours(name));
                let warnings = ours.map(|(line, name)| {
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

    /// What is wrong with the file.
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

    /// A variable of the environment or of the folder, unless it is blank.
    pub(crate) fn get(&self, from: Provenance, name: &str) -> Option<Sourced<String>> {
        self.value(from, name).map(|value| Sourced::new(value, from).named(name))
    }

    /// The credentials of a connector, all of them from one place: a field of the folder beside a
    /// secret of the user could lead that secret elsewhere.
    pub(crate) fn credentials(
        &self,
        from: Provenance,
        connector: &Connector,
    ) -> Result<Option<Sourced<Credentials>>, Error> {
        let names = RefCell::new(Vec::new());
        let found = reach::credentials(connector, |name| {
            let value = self.value(from, name)?;
            names.borrow_mut().push(name.to_owned());
            Some(value)
        })?;
        let mut names = names.into_inner();
        names.sort();
        names.dedup();
        if found.is_empty() {
            return Ok(None);
        }
        Ok(Some(names.into_iter().fold(Sourced::new(found, from), Sourced::named)))
    }

    /// What is known of the platform: what was given for this run, else the environment, else the
    /// user's file, else the folder.
    pub(crate) fn settings(&self, given: Settings, file: Settings) -> Settings {
        let folder = Settings::from_folder(|name| self.value(Provenance::Folder, name));
        given.or(Settings::from_env()).or(file).or(folder)
    }

    /// What the folder has to do with these settings of the platform, in a sentence each.
    pub(crate) fn about(&self, settings: &Settings) -> Vec<String> {
        let mut told = Vec::new();
        let receiver = settings.receiver();
        let used = receiver.folder_names();
        if !used.is_empty() {
            told.push(used_text(used));
        }
        let names = Settings::FROM_FOLDER.map(str::to_owned);
        let names: Vec<String> = names.into_iter().filter(|name| !used.contains(name)).collect();
        let stronger = "the command line, the environment and the settings file go first";
        told.extend(self.unused(&names, stronger));
        told
    }

    /// The variables of the folder that say where the platform is or that secrets of this machine
    /// are used. They are ignored.
    pub(crate) fn ignored(&self) -> Option<String> {
        let own = self.own(&Settings::NOT_FROM_FOLDER.map(str::to_owned));
        (!own.is_empty()).then(|| {
            format!(
                "{} in .env of this folder is ignored: a folder says neither where the platform is \
                 nor whether secrets of this machine are used. If it is meant, set it in the \
                 environment: export {}=…",
                own.join(", "),
                own[0]
            )
        })
    }

    /// The variables of these names that the folder sets and the environment does not set alike.
    fn own(&self, names: &[String]) -> Vec<String> {
        let is_own = |name: &&String| {
            let value = self.value(Provenance::Folder, name);
            value.is_some() && value != self.value(Provenance::Environment, name)
        };
        names.iter().filter(is_own).cloned().collect()
    }

    /// That variables of the folder are not used because of something stronger; nothing where
    /// that makes no difference.
    pub(crate) fn unused(&self, names: &[String], stronger: &str) -> Option<String> {
        let own = self.own(names);
        let verb = if own.len() == 1 { "is" } else { "are" };
        (!own.is_empty()).then(|| {
            let names = own.join(", ");
            format!("{names} in .env of this folder {verb} not used: {stronger}")
        })
    }

    /// All that begin so, from wherever: what must not be shown.
    pub(crate) fn beginning(&self, prefix: &str) -> Vec<(String, String)> {
        let environment = env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        });
        let folder = self.folder.iter().map(|(name, value)| (name.clone(), value.clone()));
        environment.chain(folder).filter(|(name, _)| name.starts_with(prefix)).collect()
    }
}

/// That these variables of the folder are used.
pub(crate) fn used_text(names: &[String]) -> String {
    let verb = if names.len() == 1 { "comes" } else { "come" };
    format!("{} {verb} from .env of this folder", names.join(", "))
}

fn is_ours(name: &str) -> bool {
    OURS.iter().any(|prefix| name.starts_with(prefix))
}

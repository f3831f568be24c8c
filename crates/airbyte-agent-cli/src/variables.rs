//! Environment variables, and those that the file `.env` of the working directory adds.
//!
//! The environment wins. Nothing is put into the process's own environment: what others read
//! there stays as it was.

use std::collections::BTreeMap;
use std::env;
use std::path::Path;

use airbyte_agent_core::hosted::Settings;

/// The variables of this run.
#[derive(Default)]
pub(crate) struct Variables {
    file: BTreeMap<String, String>,
}

impl Variables {
    /// Those of the environment and of `.env`.
    pub(crate) fn here() -> Self {
        Self { file: read(Path::new(".env")) }
    }

    /// A variable, unless it is blank.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        let filled = |value: &String| !value.trim().is_empty();
        env::var(name).ok().filter(filled).or_else(|| self.file.get(name).cloned().filter(filled))
    }

    /// All whose names begin so.
    pub(crate) fn beginning(&self, prefix: &str) -> BTreeMap<String, String> {
        let environment = env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
        });
        let mut found: BTreeMap<String, String> = self.file.clone();
        found.extend(environment);
        found.retain(|name, _| name.starts_with(prefix));
        found
    }

    /// What they say about the platform. The file belongs to the folder, which may be anybody's:
    /// an address in it never gets a secret from elsewhere.
    pub(crate) fn settings(&self) -> Settings {
        let file = Settings::from_variables(|name| self.file.get(name).cloned());
        Settings::from_env().or(file.with_address_of_own_secret_only())
    }
}

/// The lines of the form `NAME=value`. Others are passed over: the file may serve other programs.
fn read(path: &Path) -> BTreeMap<String, String> {
    if !path.is_file() {
        return BTreeMap::new();
    }
    let Ok(lines) = dotenvy::from_path_iter(path) else {
        tracing::warn!(path = %path.display(), "the file cannot be read");
        return BTreeMap::new();
    };
    // What cannot be read at all would fail again and again.
    let readable = lines.take_while(|line| !matches!(line, Err(dotenvy::Error::Io(_))));
    readable.filter_map(Result::ok).collect()
}

//! How the hosted platform keeps a connector: its settings, and where credentials, settings and
//! server variables stand in the configuration that it stores.

use serde::Serialize;

use super::{Json, List, Schema, Text};

/// What the platform stores for a connector besides the credentials.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hosting {
    /// Settings that are given when a connector is created (`replication_config`).
    pub settings: List<Setting>,
    /// Values that the platform stores if none are given, with their place in the stored configuration.
    /// A text with `{{` is a template that is evaluated with the current date.
    pub constants: List<Constant>,
    /// Server variables by their place in the stored configuration.
    pub variables: List<StoredVariable>,
}

impl Hosting {
    /// The settings that somebody who creates a connector may give, those without which none can be created
    /// first. Settings whose value is a constant are left out.
    pub fn to_be_given(&self) -> impl Iterator<Item = &Setting> {
        let is_open =
            |setting: &&Setting| self.constants.iter().all(|known| known.path != setting.path);
        let open = || self.settings.iter().filter(is_open);
        open().filter(|setting| setting.required).chain(open().filter(|setting| !setting.required))
    }
}

/// A setting of a hosted connector.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Setting {
    /// Name of the setting in `replication_config`.
    pub name: Text,
    /// Title that forms show above the setting.
    pub title: Text,
    /// Place in the stored configuration, dotted.
    pub path: Text,
    /// Whether a connector cannot be created without the setting.
    pub required: bool,
    /// What it may be, and what it means.
    pub schema: Schema,
}

/// A value at a place of the stored configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Constant {
    /// Place in the stored configuration, dotted.
    pub path: Text,
    /// Value that is stored at that place.
    pub value: Json,
}

/// A server variable in the stored configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredVariable {
    /// Place in the stored configuration, dotted.
    pub path: Text,
    /// Name of the server variable.
    pub variable: Text,
    /// The stored text, with `{value}` where the variable's value stands.
    pub format: Text,
}

/// A credential field in the stored configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredField {
    /// Place in the stored configuration, dotted.
    pub path: Text,
    /// Name of the credential field.
    pub field: Text,
}

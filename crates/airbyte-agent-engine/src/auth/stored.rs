//! Credentials in the form in which the hosted platform stores them.

use serde_json::{Map, Value};

use super::Credentials;
use super::account::fitting;
use crate::description::Connector;
use crate::error::{Error, Result};

/// The form in which credentials are written for the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum StoredShape {
    /// The fields of one scheme under their own names. The platform finds out which scheme it is.
    #[default]
    Direct,
    /// The object that the platform keeps in the configuration of the replication connector, with
    /// the member that says which scheme it is.
    Replication,
}

impl Credentials {
    /// The credentials in the form that the platform takes when a connector is created. The secrets
    /// in it are readable.
    ///
    /// # Errors
    ///
    /// `Authentication` when the credentials are complete for no scheme of the connector, or for
    /// several; `Usage` when the platform stores no credentials of this scheme in the form `shape`.
    pub fn stored(&self, connector: &Connector, shape: StoredShape) -> Result<Map<String, Value>> {
        let scheme = fitting(connector, self)?;
        let mut stored = Map::new();
        match shape {
            StoredShape::Direct => {
                for field in scheme.fields.iter() {
                    if let Some(value) = self.get(&field.name, &field.aliases) {
                        stored.insert(field.name.to_string(), value.into());
                    }
                }
            }
            StoredShape::Replication if scheme.stored.is_empty() => {
                return Err(Error::usage(format!(
                    "the platform keeps no replication credentials for {} with {}; give them in \
                     the direct shape",
                    connector.name, scheme.name
                )));
            }
            StoredShape::Replication => {
                for place in scheme.stored.iter() {
                    let field = scheme.field(&place.field);
                    let value = field.and_then(|field| self.get(&field.name, &field.aliases));
                    if let Some(value) = value {
                        put(&mut stored, &place.path, value.into());
                    }
                }
                for marker in scheme.markers.iter() {
                    put(&mut stored, &marker.path, marker.value.value());
                }
            }
        }
        Ok(stored)
    }
}

/// Writes a value at a dotted path of the stored configuration. `stored` is the object
/// `credentials` of this configuration.
fn put(stored: &mut Map<String, Value>, path: &str, value: Value) {
    let path = path.strip_prefix("credentials.").unwrap_or(path);
    match path.split_once('.') {
        None => {
            stored.insert(path.to_owned(), value);
        }
        Some((first, rest)) => {
            let below = stored.entry(first).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(below) = below {
                put(below, rest, value);
            }
        }
    }
}

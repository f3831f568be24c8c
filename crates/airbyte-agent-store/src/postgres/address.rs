//! Addresses of databases: what they say, and how they are told without the password.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use crate::error::{Error, Result};

/// The schema of a workspace if the address names none.
const USUAL_SCHEMA: &str = "airbyte_agent";

/// Environment variable with the password, as other programs of Postgres read it.
const PASSWORD: &str = "PGPASSWORD";

/// How long a server may take to accept a connection, unless the address says `connect_timeout`.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// How long nothing may come from a server before it is looked whether it is still there.
const KEEPALIVE: Duration = Duration::from_secs(60);

/// What an address says.
#[derive(Debug, Clone)]
pub(super) struct Address {
    pub(super) config: Config,
    pub(super) schema: String,
    /// A file with the certificates of authorities that are trusted in addition to those of the machine.
    pub(super) root_certificates: Option<PathBuf>,
    /// The address without the password.
    pub(super) name: PathBuf,
}

impl Address {
    pub(super) fn read(text: &str) -> Result<Self> {
        let wrong = |why: &str| Error::Unwritable {
            path: "postgres://…".into(),
            why: format!(
                "{why}; an address is like postgres://user@host:5432/database?schema=name"
            ),
        };
        let (start, query) = text.split_once('?').unwrap_or((text, ""));
        let mut schema = USUAL_SCHEMA.to_owned();
        let mut root_certificates = None;
        let mut mode = None;
        let mut rest = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match name {
                "schema" => value.clone_into(&mut schema),
                "sslrootcert" => root_certificates = Some(PathBuf::from(value)),
                "sslmode" => mode = Some(value),
                _ => rest.push(pair),
            }
        }
        check_schema(&schema).map_err(wrong)?;
        let joined =
            if rest.is_empty() { start.to_owned() } else { format!("{start}?{}", rest.join("&")) };
        // The message of the library names the part that is wrong and not the text.
        let mut config = Config::from_str(&joined)
            .map_err(|error| wrong(&format!("the address cannot be read: {error}")))?;
        config.ssl_mode(match mode {
            Some("disable") => SslMode::Disable,
            Some("prefer" | "allow") => SslMode::Prefer,
            Some("require" | "verify-ca" | "verify-full") => SslMode::Require,
            Some(_) => {
                return Err(wrong(
                    "sslmode must be disable, prefer, require, verify-ca or verify-full",
                ));
            }
            // Nobody else listens on this machine's own connections.
            None if config.get_hosts().iter().all(is_local) => SslMode::Disable,
            None => SslMode::Require,
        });
        if config.get_hosts().is_empty() {
            return Err(wrong("the address names no host"));
        }
        if config.get_password().is_none()
            && let Ok(password) = std::env::var(PASSWORD)
        {
            config.password(password);
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_TIMEOUT);
        }
        // A server that is gone without a word is noticed before the usual two hours.
        config.keepalives_idle(KEEPALIVE);
        if config.get_application_name().is_none() {
            config.application_name("airbyte-agent");
        }
        let name = name(&config, &schema).into();
        Ok(Self { config, schema, root_certificates, name })
    }

    /// The role under which queries read.
    pub(super) fn reader(&self) -> String {
        format!("{}_reader", self.schema)
    }

    /// The role under which queries of views read, which may read nothing else.
    pub(super) fn viewer(&self) -> String {
        format!("{}_viewer", self.schema)
    }
}

/// Names that need no quotes, and with which the roles are not too long.
fn check_schema(name: &str) -> Result<(), &'static str> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let is_fine = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.len() <= 48
        && name.chars().all(is_plain)
        && !name.starts_with("pg_")
        && !matches!(name, "public" | "information_schema");
    if is_fine {
        return Ok(());
    }
    Err(
        "the schema must be a name of its own, of at most 48 lower-case letters, digits and underscores",
    )
}

fn is_local(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost"
                || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

fn name(config: &Config, schema: &str) -> String {
    let user = config.get_user().map(|user| format!("{user}@")).unwrap_or_default();
    let hosts = config.get_hosts().iter().map(|host| match host {
        Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        Host::Unix(path) => path.display().to_string(),
    });
    let hosts = hosts.collect::<Vec<_>>().join(",");
    let ports = config.get_ports().iter().map(u16::to_string).collect::<Vec<_>>().join(",");
    let ports = if ports.is_empty() { ports } else { format!(":{ports}") };
    let database = config.get_dbname().unwrap_or_default();
    format!("postgres://{user}{hosts}{ports}/{database}?schema={schema}")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop where they fail")]

    use super::*;

    #[test]
    fn addresses_are_read_and_told_without_their_password() {
        for (text, name, mode, seconds) in [
            (
                "postgres://ann:s3cret@localhost/crm",
                "postgres://ann@localhost:5432/crm?schema=airbyte_agent",
                SslMode::Disable,
                15,
            ),
            (
                "postgresql://ann:s3cret@db.example.com:6432/crm?schema=team&connect_timeout=5",
                "postgres://ann@db.example.com:6432/crm?schema=team",
                SslMode::Require,
                5,
            ),
            (
                "postgres://db.example.com/crm?sslmode=disable",
                "postgres://db.example.com:5432/crm?schema=airbyte_agent",
                SslMode::Disable,
                15,
            ),
            (
                "postgres://127.0.0.1/crm?sslmode=verify-full",
                "postgres://127.0.0.1:5432/crm?schema=airbyte_agent",
                SslMode::Require,
                15,
            ),
        ] {
            let address = Address::read(text).unwrap();
            assert_eq!(address.name.to_str(), Some(name));
            assert_eq!(address.config.get_ssl_mode(), mode, "{text}");
            let timeout = address.config.get_connect_timeout().copied();
            assert_eq!(timeout, Some(Duration::from_secs(seconds)), "{text}");
            assert!(!format!("{address:?}").contains("s3cret"), "{text}");
        }
    }

    #[test]
    fn wrong_addresses_are_told_without_their_password() {
        for (text, expected) in [
            ("postgres://ann:s3cret@localhost/crm?schema=public", "the schema must be a name"),
            ("postgres://ann:s3cret@localhost/crm?schema=a%22b", "the schema must be a name"),
            ("postgres://ann:s3cret@localhost/crm?sslmode=maybe", "sslmode must be"),
            ("postgres://ann:s3cret@localhost:port/crm", "the address cannot be read"),
            ("postgres://ann:s3cret@localhost/crm?s3cret=1", "the address cannot be read"),
        ] {
            let error = Address::read(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
            assert!(!error.contains("s3cret"), "{text}: {error}");
        }
    }
}

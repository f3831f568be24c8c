//! Making the schema of a store, and checking that a schema is one.

use super::address::Address;
use super::link::Link;
use crate::db::{Db, cells};
use crate::error::{Error, Result};
use crate::misfits;
use crate::names::{literal, quoted};
use crate::table::Table;

/// The version that a schema has after everything here.
const VERSION: i64 = 2;

/// Oldest server whose functions suffice.
const OLDEST: i64 = 130_000;

const TABLES: &str = include_str!("tables.sql");

/// What came with version 2.
const MISFITS: &str = include_str!("misfits.sql");

const ROLES: &str = include_str!("roles.sql");

/// What names of secrets end with, as `is_secret_name` has it.
const SECRETS: &str = "(secret|secretbase64|password|passwd|passphrase|accesstoken|refreshtoken|sessiontoken|\
    apitoken|authtoken|apikey|privatekey|secretkey|signingkey|accesskey)$";

/// Settings that every connection has.
pub(super) fn prepare(link: &Link, address: &Address) -> Result<()> {
    let schema = literal(&quoted(&address.schema));
    link.batch(&format!(
        "SET client_min_messages = 'warning'; SET TIME ZONE 'UTC'; SET DateStyle = 'ISO, YMD';
         SET IntervalStyle = 'iso_8601'; SET bytea_output = 'hex'; SET extra_float_digits = 1;
         SET standard_conforming_strings = on; SET max_parallel_workers_per_gather = 0;
         SELECT set_config('search_path', {schema}, false);
         SELECT set_config('temp_file_limit', '1GB', false)
         FROM pg_roles WHERE rolname = current_user AND rolsuper;"
    ))
}

/// Checks what the schema is, and makes it if there is none.
pub(super) fn set_up(link: &Link, address: &Address) -> Result<()> {
    let db: &dyn Db = link;
    let wrong = |why: &str| Error::NotAStore { path: address.name.clone(), why: why.to_owned() };
    let server = "SELECT CAST(current_setting('server_version_num') AS bigint),
         current_setting('server_encoding')";
    let server = db.row(server, Vec::new())?.unwrap_or_default();
    if server.integer(0) < OLDEST {
        return Err(wrong("the server is older than Postgres 13"));
    }
    if server.text(1) != "UTF8" {
        return Err(wrong("the database has another encoding than UTF-8"));
    }
    if version(db, address)?.is_none() {
        link.batch(&format!("BEGIN; SELECT pg_advisory_xact_lock({});", lock(address)))?;
        let made = make(db, address, &wrong);
        link.batch(if made.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
        made?;
    }
    let found = version(db, address)?.unwrap_or_default();
    if found > VERSION {
        return Err(Error::Newer { path: address.name.clone(), found, known: VERSION });
    }
    if found < VERSION {
        link.batch(&format!("BEGIN; SELECT pg_advisory_xact_lock({});", lock(address)))?;
        let migrated = migrate(db, address);
        link.batch(if migrated.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
        migrated?;
    }
    link.batch(&named(ROLES, address))
}

fn make(db: &dyn Db, address: &Address, wrong: &dyn Fn(&str) -> Error) -> Result<()> {
    // Another process may have done it since.
    if version(db, address)?.is_some() {
        return Ok(());
    }
    let other = "SELECT 1 FROM pg_class WHERE relnamespace = to_regnamespace(?) LIMIT 1";
    if db.row(other, cells![quoted(&address.schema)])?.is_some() {
        return Err(wrong("the schema has tables of another program"));
    }
    let known = "SELECT 1 WHERE to_regnamespace(?) IS NOT NULL";
    if db.row(known, cells![quoted(&address.schema)])?.is_none() {
        // Not everybody to whom an administrator has given a schema may make one.
        db.batch(&format!("CREATE SCHEMA IF NOT EXISTS {}", quoted(&address.schema)))?;
    }
    db.batch(&named(TABLES, address))?;
    db.batch(MISFITS)?;
    db.execute("INSERT INTO _store (version) VALUES (?)", cells![VERSION])?;
    Ok(())
}

/// Brings an older schema up to date.
fn migrate(db: &dyn Db, address: &Address) -> Result<()> {
    // Another process may have done it since.
    if version(db, address)? == Some(1) {
        db.batch(MISFITS)?;
        for table in Table::load(db, "TRUE", Vec::new())? {
            misfits::recount(db, &table)?;
        }
        db.execute("UPDATE _store SET version = ?", cells![VERSION])?;
    }
    Ok(())
}

/// The version of the schema; `None` if it is no store.
fn version(db: &dyn Db, address: &Address) -> Result<Option<i64>> {
    let table = format!("{}._store", quoted(&address.schema));
    if db.row("SELECT 1 WHERE to_regclass(?) IS NOT NULL", cells![&table])?.is_none() {
        return Ok(None);
    }
    db.number(&format!("SELECT version FROM {table}"), Vec::new())
}

fn named(sql: &str, address: &Address) -> String {
    sql.replace("SECRETS", SECRETS).replace("STORE", &address.schema)
}

/// Number of the lock that one writer at a time has.
pub(super) fn lock(address: &Address) -> i64 {
    // FNV-1a, which is the same in every process.
    let name = format!("airbyte-agent {}", address.schema);
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash.cast_signed()
}

#[cfg(test)]
mod tests {
    use airbyte_agent_description::is_secret_name;

    use super::*;

    #[test]
    fn secrets_are_those_of_everything_else() {
        let endings = SECRETS.trim_start_matches('(').trim_end_matches(")$");
        for ending in endings.split('|') {
            assert!(is_secret_name(ending), "{ending}");
        }
        for name in ["client_secret", "apiKey", "access-token", "signing_key"] {
            let squashed = name.to_lowercase().replace(['_', '-'], "");
            assert!(endings.split('|').any(|ending| squashed.ends_with(ending)), "{name}");
        }
    }
}

//! JSON: one object for everything, or a line per record.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Printed, records};

/// `{"data": …, "meta": …}`
pub(super) fn object(out: &mut impl Write, printed: &Printed, pretty: bool) -> io::Result<()> {
    let mut object = json!({"data": printed.data, "meta": printed.meta});
    if let Some(next) = &printed.next {
        object["next"] = next.clone();
    }
    if pretty { writeln!(out, "{object:#}") } else { writeln!(out, "{object}") }
}

/// A record per line.
pub(super) fn lines(out: &mut impl Write, data: &Value) -> io::Result<()> {
    for record in records(data) {
        writeln!(out, "{record}")?;
    }
    Ok(())
}

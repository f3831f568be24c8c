//! Seals positions and opens cursors, for one call.

use std::borrow::Cow;
use std::io;

use ring::{digest, hmac};
use serde_json::Value;

use super::{Cursor, CursorKey, DeadEnd, NextPage, Position};
use crate::arguments::Arguments;
use crate::description::{Operation, Paging};
use crate::error::{Error, Result};
use crate::secret::Redactor;

/// Length of a seal in bytes: half of a SHA-256 hash, which nobody can guess.
pub(super) const LENGTH: usize = 16;

/// Seals and opens the cursors of one call. They are bound to its operation, account and arguments.
pub struct Seal<'a> {
    key: &'a CursorKey,
    connector: &'a str,
    /// The name of the operation, such as `issues.list`.
    operation: String,
    /// The parameters by which the operation pages.
    paging: Vec<&'a str>,
    /// A text that identifies the account.
    account: Vec<u8>,
    /// The redactor, which finds credentials that a cursor must not contain.
    redactor: Redactor,
    /// Digest of the arguments that the caller passed, without those that only control paging.
    arguments: digest::Digest,
}

impl<'a> Seal<'a> {
    /// A seal for calls of an operation with this name, and with these arguments of the caller.
    pub(crate) fn new(
        key: &'a CursorKey,
        connector: &'a str,
        (operation, name): (&'a Operation, String),
        (account, redactor): (Vec<u8>, Redactor),
        arguments: &Arguments,
    ) -> Self {
        let paging: Vec<&str> = operation.paging.styles().flat_map(Paging::parameters).collect();
        let arguments = fingerprint(operation, &paging, arguments);
        Self { key, connector, operation: name, paging, account, redactor, arguments }
    }

    /// The cursor of a page.
    pub fn page(&self, page: NextPage) -> Result<Cursor> {
        self.place(page, None)
    }

    /// The cursor of a place inside a page: behind so many of its records, the last of which has
    /// this mark. If the page contains a credential in use, the cursor says that the list cannot be
    /// read further.
    pub fn place(&self, page: NextPage, behind: Option<(usize, u32)>) -> Result<Cursor> {
        let (page, behind) = match self.holds_credential(&page)? {
            true => (NextPage::cut(DeadEnd::Credential), None),
            false => (page, behind),
        };
        let operation = self.operation.clone();
        let position = Position { operation, page, behind, arguments: self.short() };
        let payload = serde_json::to_vec(&position).map_err(unwritable)?;
        let tag = self.tag(&payload);
        Ok(Cursor::join(payload, tag))
    }

    /// Whether a page contains a secret that the transport uses. Anybody can read a cursor.
    fn holds_credential(&self, page: &NextPage) -> Result<bool> {
        let written = serde_json::to_value(page).map_err(unwritable)?;
        let mut clean = written.clone();
        self.redactor.clean_value(&mut clean);
        Ok(clean != written)
    }

    /// The content of a cursor, if it was sealed for this call.
    pub fn open(&self, cursor: &Cursor) -> Result<Position> {
        let (payload, tag) = cursor.parts()?;
        let invalid = || Error::validation("the cursor is not one that this library gave out");
        let position: Position = serde_json::from_slice(&payload).map_err(|_| invalid())?;
        let operation = &self.operation;
        if position.operation != *operation {
            let other = &position.operation;
            let message = format!("the cursor belongs to {other}, not to {operation}");
            return Err(Error::validation(message));
        }
        if position.arguments != self.short() {
            return Err(Error::validation(format!(
                "the cursor belongs to a call of {operation} with other arguments: repeat the arguments \
                 of the call that gave it unchanged"
            )));
        }
        let expected = self.tag(&payload);
        // All bytes are compared, so that the duration of the comparison reveals nothing.
        if expected.iter().zip(tag).fold(0, |differs, (a, b)| differs | (a ^ b)) != 0 {
            return Err(Error::validation(format!(
                "the cursor was not given out for this call of {operation}: it was changed, or comes \
                 from another account, another installation or a process that has ended; start the \
                 list again without a cursor"
            )));
        }
        if !self.pages_by(&position.page) {
            return Err(invalid());
        }
        Ok(position)
    }

    /// A text that is identical for calls with the same operation, account, arguments and key, and
    /// differs for all others. It identifies what a program stores about a call, such as a part of
    /// a file. `purpose` distinguishes such texts from each other. The text reveals neither account
    /// nor arguments.
    pub fn fingerprint(&self, purpose: &str) -> String {
        let purpose = [b"fingerprint ", purpose.as_bytes()].concat();
        self.tag(&purpose).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether everything that a page sets is a parameter by which the operation pages.
    fn pages_by(&self, page: &NextPage) -> bool {
        page.set.keys().all(|name| self.paging.contains(&name.as_str()))
    }

    fn short(&self) -> u32 {
        let mut bytes = self.arguments.as_ref().iter().take(4);
        bytes
            .try_fold(0, |sum: u32, byte| sum.checked_mul(256)?.checked_add((*byte).into()))
            .unwrap_or_default()
    }

    fn tag(&self, payload: &[u8]) -> [u8; LENGTH] {
        let mut context = hmac::Context::with_key(self.key.hmac());
        // Every part is written with its length, so that two different contexts never give the same
        // bytes.
        let parts = [self.connector.as_bytes(), self.operation.as_bytes(), &self.account, payload];
        for part in parts.into_iter().chain([self.arguments.as_ref()]) {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut tag = [0; LENGTH];
        let whole = context.sign();
        tag.iter_mut().zip(whole.as_ref()).for_each(|(to, from)| *to = *from);
        tag
    }
}

fn unwritable(error: serde_json::Error) -> Error {
    Error::internal("a cursor cannot be written").with_source(error)
}

/// Digest of the arguments, independent of their order. Arguments that only control paging are left
/// out: a cursor replaces them, and the size of a page may change from one request to the next.
fn fingerprint(operation: &Operation, paging: &[&str], arguments: &Arguments) -> digest::Digest {
    let mut arguments = Cow::Borrowed(arguments);
    for name in paging {
        if operation.argument(&arguments, name).is_some() {
            operation.remove_argument(arguments.to_mut(), name);
        }
    }
    let given = |(_, value): &(&String, &Value)| !value.is_null();
    let mut named: Vec<(&String, &Value)> = arguments.iter().filter(given).collect();
    named.sort_by_key(|(name, _)| *name);
    let mut sum = Sum(digest::Context::new(&digest::SHA256));
    for (name, value) in named {
        write(&Value::String(name.clone()), &mut sum);
        write(value, &mut sum);
    }
    sum.0.finish()
}

/// A digest of the bytes that are written to it. Arguments may contain whole files, which must not
/// be copied.
struct Sum(digest::Context);

impl io::Write for Sum {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes JSON with the members of objects in the order of their names.
fn write(value: &Value, sum: &mut Sum) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            sum.0.update(b"{");
            for (name, value) in members {
                write(&Value::String(name.clone()), sum);
                write(value, sum);
            }
            sum.0.update(b"}");
        }
        Value::Array(items) => {
            sum.0.update(b"[");
            for item in items {
                write(item, sum);
                sum.0.update(b",");
            }
            sum.0.update(b"]");
        }
        // A digest accepts everything that is written to it.
        scalar => serde_json::to_writer(sum, scalar).unwrap_or_default(),
    }
}

//! Types of a connector: which ones there are, what they are called, what they hold.
//!
//! [`collect`] walks the schemas that operations reach and gives every object and every set of
//! strings a name; the result, [`Types`], is what files are written from.

mod boxes;
mod collect;
mod rust;
mod schema;

use std::collections::BTreeSet;

use indexmap::IndexMap;

pub(crate) use collect::{Collector, Hints};
pub(crate) use rust::Rust;
pub(crate) use schema::nullable;

/// Whether a type comes back or is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// Comes back: everything optional, unknown members kept.
    Record,
    /// Is sent: required stays required.
    Request,
}

/// Every named type of a connector, and the Rust type of every member.
#[derive(Debug)]
pub(crate) struct Types {
    /// By name, in the order in which the spec reaches them.
    pub(crate) named: IndexMap<String, Named>,
}

/// A named type.
#[derive(Debug)]
pub(crate) struct Named {
    /// What it is, in the spec's words.
    pub(crate) description: String,
    /// Whether it comes back or is sent.
    pub(crate) role: Role,
    /// What it holds.
    pub(crate) shape: Shape,
    /// Entities whose operations reach it.
    pub(crate) entities: BTreeSet<String>,
}

/// What a named type holds.
#[derive(Debug)]
pub(crate) enum Shape {
    /// An object; an open one takes members beyond these.
    Struct {
        /// What the spec names.
        members: Vec<Member>,
        /// Whether a request may carry more.
        open: bool,
    },
    /// One of these strings: variant and value.
    Enum(Vec<(String, String)>),
}

/// A member of an object.
#[derive(Debug)]
pub(crate) struct Member {
    /// Name on the wire.
    pub(crate) wire: String,
    /// Name in Rust.
    pub(crate) ident: String,
    /// What it holds, in the spec's words.
    pub(crate) description: String,
    /// Whether a request must carry it.
    pub(crate) required: bool,
    /// Whether `null` says something that absence does not.
    pub(crate) nullable: bool,
    /// Its type, without `Option`.
    pub(crate) rust: Rust,
}

impl Types {
    /// The named type.
    pub(crate) fn get(&self, name: &str) -> Option<&Named> {
        self.named.get(name)
    }
}

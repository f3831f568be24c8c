//! The types of a connector: their names and members.
//!
//! [`collect`] walks the schemas of all operations and names every object and every enum. Files are written
//! from the result, [`Types`].

mod boxes;
mod collect;
mod rust;
mod schema;

use std::collections::BTreeSet;

use indexmap::IndexMap;

pub(crate) use collect::{Collector, Hints};
pub(crate) use rust::Rust;
pub(crate) use schema::nullable;

/// Whether a type is received or sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// The type of a record that is received: every member is optional, and unknown members are kept.
    Record,
    /// The type of an object that is sent: members that the spec requires are required.
    Request,
}

/// Every named type of a connector, and the Rust type of every member.
#[derive(Debug)]
pub(crate) struct Types {
    /// The types by name, in the order in which operations first use them.
    pub(crate) named: IndexMap<String, Named>,
}

/// A type that has a name.
#[derive(Debug)]
pub(crate) struct Named {
    /// The spec's description of the type; may be empty.
    pub(crate) description: String,
    /// Whether the type is received or sent.
    pub(crate) role: Role,
    /// Members or values of the type.
    pub(crate) shape: Shape,
    /// Names of the entities whose operations use the type.
    pub(crate) entities: BTreeSet<String>,
}

/// Members or values of a named type.
#[derive(Debug)]
pub(crate) enum Shape {
    /// An object with these members; an open one accepts others, too.
    Struct {
        /// The members that the spec names.
        members: Vec<Member>,
        /// Whether other members may be sent.
        open: bool,
    },
    /// One of these strings, each with the name of its variant.
    Enum(Vec<(String, String)>),
}

/// A member of an object type.
#[derive(Debug)]
pub(crate) struct Member {
    /// Name of the member in JSON.
    pub(crate) wire: String,
    /// Name of the field in Rust.
    pub(crate) ident: String,
    /// The spec's description of the member; may be empty.
    pub(crate) description: String,
    /// Whether the member must be sent.
    pub(crate) required: bool,
    /// Whether the member may be `null`.
    pub(crate) nullable: bool,
    /// The Rust type of the member, without `Option`.
    pub(crate) rust: Rust,
}

impl Types {
    /// The type with this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Named> {
        self.named.get(name)
    }
}

//! Request objects, which the engine's macro `request!` declares: structs with a constructor for the required
//! members and setters for the others.

use super::kinds::{entry, kind};
use super::writer::Writer;
use crate::prose;
use crate::types::{Member, Rust};

/// Writes a request object; `about` writes its documentation comment.
pub(crate) fn request(
    w: &mut Writer,
    name: &str,
    members: &[Member],
    open: bool,
    about: impl FnOnce(&mut Writer),
) {
    w.block("request!", |w| {
        about(w);
        w.block(&format!("pub struct {name}"), |w| {
            if members.iter().any(|member| member.required) {
                w.block("required", |w| {
                    members
                        .iter()
                        .filter(|member| member.required)
                        .for_each(|m| member_entry(w, m));
                });
            }
            members.iter().filter(|member| !member.required).for_each(|m| member_entry(w, m));
            if open {
                w.line("..extra");
            }
        });
    });
}

fn member_entry(w: &mut Writer, member: &Member) {
    member_doc(w, member);
    let clearable = member.nullable && !member.required && member.rust != Rust::Value;
    w.line(&entry(&member.ident, &kind(&member.rust, "", "Value"), &member.wire, clearable));
}

/// Writes the documentation comment of a member.
pub(crate) fn member_doc(w: &mut Writer, member: &Member) {
    let said = prose::markdown(&prose::sentence(&member.description));
    w.doc(&if said.is_empty() {
        format!("The member {} of the object.", prose::code(&member.wire))
    } else {
        said
    });
}

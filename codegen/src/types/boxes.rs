//! Boxes for types that contain themselves, without which they would have no size.

use indexmap::IndexMap;

use super::rust::Rust;
use super::{Named, Shape};

/// Puts a box around every member whose type contains the type that the member belongs to. Lists
/// and maps need no box.
pub(super) fn box_cycles(types: &mut IndexMap<String, Named>) {
    let mut done = Vec::new();
    for name in types.keys().cloned().collect::<Vec<_>>() {
        walk(types, &name, &mut Vec::new(), &mut done);
    }
}

fn walk(
    types: &mut IndexMap<String, Named>,
    name: &str,
    open: &mut Vec<String>,
    done: &mut Vec<String>,
) {
    if done.iter().any(|known| known == name) {
        return;
    }
    open.push(name.to_owned());
    for at in 0.. {
        let Some(Shape::Struct { members, .. }) = types.get_mut(name).map(|named| &mut named.shape)
        else {
            break;
        };
        let Some(member) = members.get_mut(at) else { break };
        let Rust::Named(inner) = &member.rust else { continue };
        let inner = inner.clone();
        if open.contains(&inner) {
            member.rust = Rust::Boxed(Box::new(Rust::Named(inner)));
        } else {
            walk(types, &inner, open, done);
        }
    }
    open.pop();
    done.push(name.to_owned());
}

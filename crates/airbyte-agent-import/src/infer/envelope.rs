//! Envelopes: members that all responses of a document have around what was asked for, such as a code, a message and the
//! time that it took. One response does not show which of its members they are; all of them together do.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Facts, Form, Node};
use super::frames::is_frame;
use super::paging::signs;
use super::words::words;

/// How many responses there must be.
const MANY: usize = 8;

/// Of how many forms the member has to be that holds what was asked for.
const FORMS: usize = 3;

/// What one member is in all responses.
#[derive(Debug, Default)]
struct Member {
    /// In how many responses it stands.
    count: usize,
    /// The forms that it has.
    forms: BTreeSet<String>,
}

/// Marks the members of envelopes as frames: what nearly all responses have in the same form beside one member that is
/// different in each.
pub(crate) fn mark(facts: &mut [Facts<'_>]) {
    let envelope = envelope(facts);
    if envelope.is_empty() {
        return;
    }
    for answer in facts.iter_mut().map(|facts| &mut facts.answer) {
        let of_body = |node: &&mut Node<'_>| node.depth == 1;
        for node in answer.nodes.iter_mut().skip(1).filter(of_body) {
            node.frame |= envelope.contains(node.name);
        }
        signs::mark_framed(&mut answer.nodes);
    }
}

/// The names of the members of the envelope; none if the document has no envelope.
fn envelope(facts: &[Facts<'_>]) -> BTreeSet<String> {
    let mut members: BTreeMap<&str, Member> = BTreeMap::new();
    let mut responses = 0;
    for facts in facts {
        let answer = &facts.answer;
        if answer.form != Form::Data || !answer.body().is_some_and(Node::is_object) {
            continue;
        }
        responses += 1;
        for node in answer.members_of(0) {
            let member = members.entry(node.name).or_default();
            member.count += 1;
            if member.forms.len() < FORMS {
                member.forms.insert(form(node));
            }
        }
    }
    members.retain(|_, member| member.count * 10 >= responses * 8);
    // What identifies something is a member of a record, and such documents are about one kind of record.
    let identifies =
        |name: &&str| !is_frame(name) && words(name).last().is_some_and(|word| word == "id");
    let varied = members.values().filter(|member| member.forms.len() >= FORMS).count();
    if responses < MANY || varied != 1 || members.keys().any(identifies) {
        return BTreeSet::new();
    }
    let constant = members.into_iter().filter(|(_, member)| member.forms.len() == 1);
    constant.map(|(name, _)| name.to_owned()).collect()
}

/// What can be compared of a member: its types and how many members or which elements it has.
fn form(node: &Node<'_>) -> String {
    format!("{:?} {} {:?}", node.kinds, node.members, node.items)
}

//! Envelopes: members that all responses of a document have around what was asked for, such as a code, a message and the
//! time that it took. One response does not show which of its members they are; all of them together do.

use std::collections::{BTreeMap, BTreeSet};

use airbyte_agent_document::Schema;
use serde_json::Value;

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

/// The members of the envelope of a document.
#[derive(Debug)]
struct Envelope {
    /// Those that describe the response.
    around: BTreeSet<String>,
    /// The one that holds what was asked for.
    content: String,
}

/// Marks the members of envelopes as frames: what nearly all responses have in the same form beside one member that is
/// different in each.
pub(crate) fn mark(facts: &mut [Facts<'_>]) {
    let Some(Envelope { around, content }) = envelope(facts) else { return };
    for answer in facts.iter_mut().map(|facts| &mut facts.answer) {
        let of_body = |node: &&mut Node<'_>| node.depth == 1;
        for node in answer.nodes.iter_mut().skip(1).filter(of_body) {
            node.frame = node.name != content && (node.frame || around.contains(node.name));
        }
        signs::mark_framed(&mut answer.nodes);
    }
}

/// The envelope, if the document has one.
fn envelope(facts: &[Facts<'_>]) -> Option<Envelope> {
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
    if responses < MANY || members.keys().any(identifies) {
        return None;
    }
    let mut varied = members.iter().filter(|(_, member)| member.forms.len() >= FORMS);
    let (Some((content, _)), None) = (varied.next(), varied.next()) else { return None };
    let constant = members.iter().filter(|(_, member)| member.forms.len() == 1);
    let around: BTreeSet<String> = constant.map(|(name, _)| (*name).to_owned()).collect();
    (!around.is_empty()).then(|| Envelope { around, content: (*content).to_owned() })
}

/// What can be compared of a member: its types, what it refers to or consists of, and its elements.
fn form(node: &Node<'_>) -> String {
    let parts = match &node.schema {
        Schema::One(schema) => match (schema.get("$ref"), schema.get("properties")) {
            (Some(target), _) => target.to_string(),
            (None, Some(Value::Object(members))) => {
                members.keys().map(String::as_str).collect::<Vec<_>>().join(" ")
            }
            _ => String::new(),
        },
        Schema::All(_) | Schema::Any(_) => String::new(),
    };
    format!("{:?} {} {parts} {:?}", node.kinds, node.members, node.items)
}

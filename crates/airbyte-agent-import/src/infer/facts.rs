//! What inference looks at: one operation as plain facts, whatever form its document has.

use airbyte_agent_description::Kind;
use airbyte_agent_document::{Extensions, Schema};
use serde_json::Value;

use super::words::words;

/// What a document says about one operation.
#[derive(Debug)]
pub(crate) struct Facts<'a> {
    /// The HTTP method, in capitals.
    pub(crate) method: &'a str,
    /// The path as the document writes it.
    pub(crate) path: &'a str,
    /// The path in pieces, without versions and prefixes that name nothing.
    pub(crate) steps: Vec<Step>,
    /// The name in the document; empty if there is none.
    pub(crate) id: &'a str,
    /// One line about the operation; empty if there is none.
    pub(crate) summary: &'a str,
    /// All that is said about the operation.
    pub(crate) text: String,
    /// The groups to which the document assigns it.
    pub(crate) tags: &'a [String],
    /// What can be sent, including the members of the body.
    pub(crate) inputs: Vec<Input<'a>>,
    /// What comes back.
    pub(crate) answer: Answer<'a>,
    /// The `x-` members of the operation.
    pub(crate) extensions: &'a Extensions,
}

/// A piece of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// A word that stands there as it is.
    Name(String),
    /// A place for a parameter.
    Parameter(String),
}

impl Step {
    /// The word, if it is one.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Self::Name(name) => Some(name),
            Self::Parameter(_) => None,
        }
    }
}

/// Something that can be sent with a request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Input<'a> {
    /// The name; members of members of a body have the names before them, with a point between.
    pub(crate) name: String,
    /// The last name, without what differs between styles.
    pub(crate) key: String,
    /// All of the name, without what differs between styles.
    pub(crate) full_key: String,
    /// Where it stands.
    pub(crate) place: InputPlace,
    /// Whether a request without it is refused.
    pub(crate) required: bool,
    /// What is said about it, in lower case.
    pub(crate) text: String,
    /// The types that are allowed; none if the document does not say.
    pub(crate) kinds: Vec<Kind>,
    /// The format of a text or number; empty if none is stated.
    pub(crate) format: &'a str,
    /// The value that is meant if none is sent.
    pub(crate) default: Option<&'a Value>,
    /// A value as an example.
    pub(crate) example: Option<&'a Value>,
    /// The smallest number.
    pub(crate) minimum: Option<f64>,
    /// The largest number.
    pub(crate) maximum: Option<f64>,
    /// How many values are allowed, if they are listed.
    pub(crate) choices: Option<usize>,
}

impl Input<'_> {
    /// Whether it can be a number and nothing else is said.
    pub(crate) fn is_number(&self) -> bool {
        self.kinds.iter().any(|kind| matches!(kind, Kind::Integer | Kind::Number))
    }

    /// Whether it is stated to be a text.
    pub(crate) fn is_text(&self) -> bool {
        self.kinds.first() == Some(&Kind::String) && !self.is_number()
    }
}

/// The part of a request that carries an input.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum InputPlace {
    /// A piece of the path.
    Path,
    /// The query.
    #[default]
    Query,
    /// A header.
    Header,
    /// A member of the body.
    Body,
}

/// What comes back from an operation.
#[derive(Debug, Default)]
pub(crate) struct Answer<'a> {
    /// The form of the body.
    pub(crate) form: Form,
    /// The body as values at places, the body itself first. Empty if the document says nothing about it.
    pub(crate) nodes: Vec<Node<'a>>,
    /// The names of headers, in lower case.
    pub(crate) headers: Vec<String>,
    /// What is said about the response, in lower case.
    pub(crate) text: String,
}

/// The form of the body of a response.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Form {
    /// Data with members.
    Data,
    /// The content of a file.
    File,
    /// The document states that there is no body.
    #[default]
    Nothing,
    /// There is a body, of which the document says nothing.
    Vague,
}

/// A value in the body of a response.
#[derive(Debug, Clone)]
pub(crate) struct Node<'a> {
    /// Where it stands: `$` for the body, `$.meta.next` inside it.
    pub(crate) place: String,
    /// The name of the member; empty for the body.
    pub(crate) name: &'a str,
    /// The names of the members that lead to it, as words without what differs between styles, joined by points.
    pub(crate) key: String,
    /// The index of the value that has it as a member.
    pub(crate) parent: usize,
    /// How many members lead to it.
    pub(crate) depth: usize,
    /// Whether its name, or what it is in all responses of the document, says that it describes the response and is no
    /// part of a record.
    pub(crate) frame: bool,
    /// Whether everything around it is a frame of records and not a record.
    pub(crate) framed: bool,
    /// The types that are allowed; none if the document does not say.
    pub(crate) kinds: Vec<Kind>,
    /// The format of a text or number; empty if none is stated.
    pub(crate) format: &'a str,
    /// What is said about it, in lower case.
    pub(crate) text: String,
    /// A value as an example.
    pub(crate) example: Option<&'a Value>,
    /// The only values that are allowed.
    pub(crate) choices: Option<Vec<&'a Value>>,
    /// Its schema.
    pub(crate) schema: Schema<'a>,
    /// Of how many members the document knows.
    pub(crate) members: usize,
    /// What its elements are, if it is an array.
    pub(crate) items: Option<Schema<'a>>,
    /// What its members are, if it is an object of which any member may have any name.
    pub(crate) values: Option<Schema<'a>>,
    /// Whether it is an array of addresses that each say by `rel` what they lead to.
    pub(crate) has_relations: bool,
}

impl Node<'_> {
    /// Whether it is stated to be an array.
    pub(crate) fn is_array(&self) -> bool {
        self.kinds.first() == Some(&Kind::Array) || self.kinds.is_empty() && self.items.is_some()
    }

    /// Whether it is stated to be an object.
    pub(crate) fn is_object(&self) -> bool {
        !self.is_array() && (self.kinds.contains(&Kind::Object) || self.members > 0)
    }

    /// Whether it is a truth value.
    pub(crate) fn is_boolean(&self) -> bool {
        self.kinds.first() == Some(&Kind::Boolean)
    }

    /// Whether it is a number.
    pub(crate) fn is_number(&self) -> bool {
        self.kinds.iter().any(|kind| matches!(kind, Kind::Integer | Kind::Number))
    }
}

impl<'a> Answer<'a> {
    /// The body.
    pub(crate) fn body(&self) -> Option<&Node<'a>> {
        self.nodes.first()
    }

    /// The value at a place.
    pub(crate) fn at(&self, place: &str) -> Option<&Node<'a>> {
        self.nodes.iter().find(|node| node.place == place)
    }

    /// The members of a value.
    pub(crate) fn members_of(&self, index: usize) -> impl Iterator<Item = &Node<'a>> {
        self.nodes.iter().skip(1).filter(move |node| node.parent == index)
    }
}

impl Facts<'_> {
    /// The words of the name in the document.
    pub(crate) fn id_words(&self) -> Vec<String> {
        words(self.id)
    }

    /// The last piece of the path.
    pub(crate) fn last_step(&self) -> Option<&Step> {
        self.steps.last()
    }

    /// The input with one of these keys, in the order of the keys; path parameters do not count.
    pub(crate) fn input(&self, keys: &[&str]) -> Option<&Input<'_>> {
        let usable = |input: &&Input<'_>| input.place != InputPlace::Path;
        keys.iter()
            .find_map(|key| self.inputs.iter().filter(usable).find(|input| input.key == *key))
    }
}

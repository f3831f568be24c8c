//! Follows a path of the connector through the schema of a vendor's response.

use airbyte_agent_description::{Kind, Step};

use airbyte_agent_document::{Opener, Schema};

/// What is at the end of a path.
#[derive(Debug)]
pub(super) enum End<'d> {
    /// The schema of the values there.
    Found(Schema<'d>),
    /// The document does not say what is there.
    Unknown,
    /// There is no such place; the text is the part of the path that leads nowhere.
    Absent(String),
}

/// Follows the steps from a schema on.
pub(super) fn follow<'d>(opener: &Opener<'d>, schema: &Schema<'d>, steps: &[Step]) -> End<'d> {
    let mut schema = schema.clone();
    let mut path = String::from("$");
    for step in steps {
        let shape = opener.open(&schema);
        let next = match step {
            Step::Key(name) => {
                path.push('.');
                path.push_str(name);
                match shape.members.get(name.as_ref()) {
                    Some(member) => Some(member.clone()),
                    None if shape.members.is_empty() && shape.allows(Kind::Object) => {
                        return shape.values.map_or(End::Unknown, End::Found);
                    }
                    None => shape.values,
                }
            }
            Step::Index(_) | Step::Each => {
                path.push_str("[]");
                let values = if matches!(step, Step::Each) { shape.values.clone() } else { None };
                match shape.items.clone().or(values) {
                    Some(element) => Some(element),
                    None if shape.allows(Kind::Array) => return End::Unknown,
                    None => None,
                }
            }
        };
        match next {
            Some(next) => schema = next,
            None => return End::Absent(path),
        }
    }
    End::Found(schema)
}

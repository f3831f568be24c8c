//! What an operation can learn from the other paths of a document.

use std::collections::HashMap;

use airbyte_agent_document::Operation;

use super::facts::{Facts, Form, Node, Step};
use super::words::{is_counted, words};

/// What is known about the other operations of a document.
#[derive(Debug, Default)]
pub(crate) struct Siblings {
    /// Whether the same path can be read.
    pub(crate) read: bool,
    /// Whether the same path can be changed by PUT or PATCH.
    pub(crate) changed: bool,
    /// Whether there are paths of single records below this path.
    pub(crate) has_records: bool,
    /// Whether no list of the document has an array in its response, because its author names the element only.
    pub(crate) no_arrays: bool,
}

/// How many reads of plurals there must be before it says something that none of them returns an array.
const MANY: usize = 10;

/// Whether hardly any response to the read of a plural has an array: then arrays are left out, and not missing.
pub(crate) fn has_no_arrays(facts: &[Facts<'_>]) -> bool {
    let is_plural = |facts: &&Facts<'_>| {
        let last = facts.last_step().and_then(Step::name).and_then(|name| words(name).pop());
        facts.method == "GET"
            && facts.answer.form == Form::Data
            && last.is_some_and(|word| is_counted(&word))
    };
    let plural: Vec<_> = facts.iter().filter(is_plural).collect();
    let with_array =
        plural.iter().filter(|facts| facts.answer.nodes.iter().any(Node::is_array)).count();
    plural.len() >= MANY && with_array * 10 < plural.len()
}

/// The paths of a document, by the path without what parameters are called.
#[derive(Debug, Default)]
pub(crate) struct Paths<'a> {
    /// The methods of each path.
    pub(crate) methods: HashMap<String, Vec<&'a str>>,
    /// The names of parameters for single records, by the path above them.
    pub(crate) below: HashMap<String, &'a str>,
    /// Whether lists of the document have no arrays.
    pub(crate) no_arrays: bool,
}

impl<'a> Paths<'a> {
    pub(crate) fn new(operations: &'a [Operation]) -> Self {
        let mut paths = Self::default();
        for operation in operations {
            let path = anonymous(&operation.path);
            if let Some((above, last)) = path.rsplit_once('/')
                && last == "{}"
            {
                let name = operation.path.rsplit('/').next().unwrap_or_default();
                paths
                    .below
                    .entry(above.to_owned())
                    .or_insert_with(|| name.trim_matches(['{', '}']));
            }
            paths.methods.entry(path).or_default().push(&operation.method);
        }
        paths
    }

    pub(crate) fn siblings(&self, path: &str) -> Siblings {
        let path = anonymous(path);
        let has = |methods: &[&str]| {
            self.methods
                .get(&path)
                .is_some_and(|known| known.iter().any(|method| methods.contains(method)))
        };
        Siblings {
            read: has(&["GET"]),
            changed: has(&["PUT", "PATCH"]),
            has_records: self.below.contains_key(&path),
            no_arrays: self.no_arrays,
        }
    }
}

/// A path with `{}` in the place of parameters and without a slash at its end.
pub(crate) fn anonymous(path: &str) -> String {
    let pieces = path.trim_end_matches('/').split('/');
    let pieces = pieces
        .map(|piece| if piece.starts_with('{') && piece.ends_with('}') { "{}" } else { piece });
    pieces.collect::<Vec<_>>().join("/")
}

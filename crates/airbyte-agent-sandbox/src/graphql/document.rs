//! A GraphQL document, as far as responding to it needs.

use std::collections::BTreeSet;

/// Queries, mutations and the fragments that they use.
#[derive(Debug, Clone, Default)]
pub(crate) struct Document {
    pub(crate) operations: Vec<Operation>,
    pub(crate) fragments: Vec<Fragment>,
}

/// A query, mutation or subscription.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) name: Option<String>,
    pub(crate) variables: Vec<VariableDefinition>,
    pub(crate) selection: Vec<Selection>,
    /// The variables that occur in the operation or in any fragment of the document.
    pub(crate) used: BTreeSet<String>,
}

/// A variable that an operation declares.
#[derive(Debug, Clone)]
pub(crate) struct VariableDefinition {
    pub(crate) name: String,
    pub(crate) kind: Type,
    pub(crate) has_default: bool,
}

/// The type of a variable.
#[derive(Debug, Clone)]
pub(crate) struct Type {
    /// The type as the document writes it, for example `[ID!]!`.
    pub(crate) text: String,
    pub(crate) shape: Shape,
    pub(crate) required: bool,
}

/// Whether a type is a list.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    Named(String),
    List(Box<Type>),
}

/// A fragment that selections refer to by its name.
#[derive(Debug, Clone)]
pub(crate) struct Fragment {
    pub(crate) name: String,
    pub(crate) selection: Vec<Selection>,
}

/// One element of a selection.
#[derive(Debug, Clone)]
pub(crate) enum Selection {
    Field {
        /// Name in the response: the alias, or the name of the field.
        key: String,
        name: String,
        selection: Vec<Selection>,
        /// The names of its arguments.
        arguments: Vec<String>,
    },
    /// A fragment by its name.
    Spread(String),
    /// A selection that applies to one type; without a type it applies to all.
    Inline { on: Option<String>, selection: Vec<Selection> },
}

/// A selected field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field<'d> {
    /// Name in the response.
    pub(crate) key: &'d str,
    pub(crate) name: &'d str,
    pub(crate) selection: &'d [Selection],
}

impl Document {
    /// The operation of this name, or the first one.
    pub(crate) fn operation(&self, name: Option<&str>) -> Option<&Operation> {
        let named = |o: &&Operation| name.is_some() && o.name.as_deref() == name;
        self.operations.iter().find(named).or_else(|| self.operations.first())
    }

    /// The selection of the operation of this name, or of the first one.
    pub(crate) fn selection_of(&self, operation: Option<&str>) -> &[Selection] {
        self.operation(operation).map_or(&[], |operation| &operation.selection)
    }

    /// The fields of a selection, those of fragments included, and the type of the object where an
    /// inline fragment names it. Of several inline fragments with a type only the first one applies.
    pub(crate) fn fields<'d>(
        &'d self,
        selection: &'d [Selection],
    ) -> (Option<&'d str>, Vec<Field<'d>>) {
        let mut found = Fields::default();
        self.add_fields(selection, &mut Vec::new(), &mut found);
        (found.kind, found.all)
    }

    /// All fields of a selection, those of fragments included, whatever type they are for.
    pub(crate) fn flat<'d>(&'d self, selection: &'d [Selection]) -> Vec<&'d Selection> {
        let mut found = Vec::new();
        self.add_flat(selection, &mut Vec::new(), &mut found);
        found
    }

    fn add_flat<'d>(
        &'d self,
        selection: &'d [Selection],
        open: &mut Vec<&'d str>,
        found: &mut Vec<&'d Selection>,
    ) {
        for item in selection {
            match item {
                Selection::Field { .. } => found.push(item),
                Selection::Inline { selection, .. } => self.add_flat(selection, open, found),
                Selection::Spread(name) => {
                    let fragment = self.fragments.iter().find(|fragment| fragment.name == *name);
                    if let Some(fragment) = fragment.filter(|_| !open.contains(&name.as_str())) {
                        open.push(name);
                        self.add_flat(&fragment.selection, open, found);
                        open.pop();
                    }
                }
            }
        }
    }

    /// Adds the fields of a selection. `open` names the fragments that the selection is part of, so
    /// that a fragment that contains itself comes to an end.
    fn add_fields<'d>(
        &'d self,
        selection: &'d [Selection],
        open: &mut Vec<&'d str>,
        found: &mut Fields<'d>,
    ) {
        for item in selection {
            match item {
                Selection::Field { key, name, selection, .. } => {
                    if !found.all.iter().any(|known| known.key == key) {
                        found.all.push(Field { key, name, selection });
                    }
                }
                Selection::Spread(name) => {
                    let fragment = self.fragments.iter().find(|fragment| fragment.name == *name);
                    if let Some(fragment) = fragment.filter(|_| !open.contains(&name.as_str())) {
                        open.push(name);
                        self.add_fields(&fragment.selection, open, found);
                        open.pop();
                    }
                }
                Selection::Inline { on, selection } => {
                    let on = on.as_deref();
                    if found.kind.is_none() || on.is_none() || found.kind == on {
                        found.kind = found.kind.or(on);
                        self.add_fields(selection, open, found);
                    }
                }
            }
        }
    }
}

/// The fields that were found so far, and the type of the object that has them.
#[derive(Default)]
struct Fields<'d> {
    kind: Option<&'d str>,
    all: Vec<Field<'d>>,
}

//! Copies the files to which a document refers into the document, so that all references lead to
//! places inside it. Only files in the folder of the document, and in folders below it, are read,
//! and nothing is read from the network.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Component, Path, PathBuf};

use airbyte_agent_yaml::read_leniently;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::mend::mend;
use crate::notes::Notes;
use crate::refs::FILES;
use crate::text::{LARGEST, text_of};
use crate::walk::{self, Place};

/// The largest number of files that a document may consist of.
const MOST_FILES: usize = 5_000;

/// Names and texts of the files that were read.
pub(crate) type Texts = Vec<(String, String)>;

/// Reads the files to which the document refers, and puts them into it. `folder` contains the
/// document; without a folder, no file is read. Problems with references are noted.
pub(crate) fn bundle(
    root: &mut Value,
    name: &str,
    folder: Option<&Path>,
    notes: &mut Notes,
) -> Texts {
    let mut bundle = Bundle {
        main: name,
        folder: folder.and_then(|folder| folder.canonicalize().ok()),
        known: BTreeMap::new(),
        queue: VecDeque::new(),
        texts: Vec::new(),
        left: LARGEST,
    };
    bundle.references(root, "", notes);
    let mut files = Map::new();
    while let Some((name, mut value)) = bundle.queue.pop_front() {
        bundle.references(&mut value, &name, notes);
        mend(&mut value, &name, notes);
        files.insert(name, value);
    }
    if let (false, Some(members)) = (files.is_empty(), root.as_object_mut()) {
        members.insert(FILES.to_owned(), Value::Object(files));
    }
    bundle.texts
}

struct Bundle<'a> {
    main: &'a str,
    folder: Option<PathBuf>,
    /// The files to which references lead, and whether they could be read.
    known: BTreeMap<String, bool>,
    queue: VecDeque<(String, Value)>,
    texts: Texts,
    /// The number of bytes that may still be read.
    left: u64,
}

impl Bundle<'_> {
    /// Changes the references of a file so that they lead to places inside the document.
    fn references(&mut self, value: &mut Value, file: &str, notes: &mut Notes) {
        walk::objects(value, &mut |members, place| {
            if let Some(Value::String(reference)) = members.get_mut("$ref") {
                self.reference(reference, file, place.key("$ref"), notes);
            }
            // A discriminator refers to schemas by plain texts, which may also be names.
            if members.contains_key("propertyName")
                && let Some(Value::Object(mapping)) = members.get_mut("mapping")
            {
                for target in mapping.values_mut() {
                    if let Value::String(reference) = target
                        && reference.contains(['/', '.'])
                    {
                        self.reference(reference, file, place.key("mapping"), notes);
                    }
                }
            }
        });
    }

    /// Changes a reference so that it leads to a place inside the document, or notes why this is
    /// not possible.
    fn reference(
        &mut self,
        reference: &mut String,
        file: &str,
        place: Place<'_>,
        notes: &mut Notes,
    ) {
        match self.place(reference, file) {
            Ok(Some(inside)) => *reference = inside,
            Ok(None) => {}
            Err(message) => notes.add(file, place, message),
        }
    }

    /// The place inside the document to which a reference leads; `None` if the reference needs no
    /// change.
    fn place(&mut self, reference: &str, file: &str) -> Result<Option<String>, String> {
        let (target, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let inside = |file: &str| {
            let file = file.replace('~', "~0").replace('/', "~1");
            format!("#/{FILES}/{file}{fragment}")
        };
        if target.is_empty() {
            return Ok((!file.is_empty()).then(|| inside(file)));
        }
        if target.contains("://") || target.starts_with("//") {
            return Err(format!(
                "the reference leads to `{target}`, and nothing is read from the network; save the file \
                 beside the document and refer to it"
            ));
        }
        let name = relative(file, target).ok_or_else(|| {
            format!(
                "the reference leads to `{target}`, which is outside the folder of the document"
            )
        })?;
        if name == self.main {
            return Ok(Some(format!("#{fragment}")));
        }
        if self.load(&name)? {
            Ok(Some(inside(&name)))
        } else {
            Err(format!("the reference leads to the file `{name}`, which cannot be read"))
        }
    }

    /// Reads a file, if it was not read before. Returns whether it can be read; the error is
    /// returned only once.
    fn load(&mut self, name: &str) -> Result<bool, String> {
        if let Some(known) = self.known.get(name) {
            return Ok(*known);
        }
        self.known.insert(name.to_owned(), false);
        let Some(folder) = &self.folder else {
            return Err(format!(
                "the reference leads to the file `{name}`, and only documents in a folder can refer to files"
            ));
        };
        if self.known.len() > MOST_FILES {
            return Err(format!("the document refers to more than {MOST_FILES} files"));
        }
        let fail = |why: &dyn std::fmt::Display| {
            format!("the reference leads to the file `{name}`, which cannot be read: {why}")
        };
        let path = folder.join(name).canonicalize().map_err(|error| fail(&error))?;
        if !path.starts_with(folder) {
            return Err(fail(&"it is a link to a file outside the folder of the document"));
        }
        if !path.is_file() {
            return Err(fail(&"it is not a file"));
        }
        let text = text_of(&path, self.left).map_err(|error| fail(&error))?;
        let read = read_leniently(&text, "a part of a document");
        let value = read.map_err(|problems| match problems.first() {
            Some(first) => fail(first),
            None => fail(&"it is neither JSON nor YAML"),
        })?;
        self.left = self.left.saturating_sub(text.len() as u64);
        self.texts.push((name.to_owned(), text));
        self.queue.push_back((name.to_owned(), value.root));
        self.known.insert(name.to_owned(), true);
        Ok(true)
    }
}

/// The name of a file below the folder of the document, if `file` refers to it as `target`.
fn relative(file: &str, target: &str) -> Option<String> {
    let target = percent_decode_str(target).decode_utf8().ok()?;
    let mut parts: Vec<&str> = file.split('/').filter(|part| !part.is_empty()).collect();
    parts.pop();
    for component in Path::new(target.as_ref()).components() {
        match component {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            Component::ParentDir => {
                parts.pop()?;
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_found_from_the_file_that_refers_to_them() {
        for (file, target, expected) in [
            ("", "a.yaml", Some("a.yaml")),
            ("", "./in/a.yaml", Some("in/a.yaml")),
            ("in/b.yaml", "a.yaml", Some("in/a.yaml")),
            ("in/b.yaml", "../a.yaml", Some("a.yaml")),
            ("in/b.yaml", "../../a.yaml", None),
            ("", "../a.yaml", None),
            ("", "/etc/a.yaml", None),
            ("", "my%20file.json", Some("my file.json")),
            ("", ".", None),
        ] {
            assert_eq!(relative(file, target).as_deref(), expected, "{file} {target}");
        }
    }
}

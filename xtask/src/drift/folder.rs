//! A folder of vendors' documents, for checks that run where the documents are.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The environment variable that names the folder.
pub const VARIABLE: &str = "AIRBYTE_AGENT_VENDOR_DOCUMENTS";

/// The endings of files that may be documents.
const ENDINGS: [&str; 9] =
    ["json", "yaml", "yml", "graphql", "graphqls", "gql", "gz", "tgz", "tar"];

/// The documents in a folder and in the folders inside it.
#[derive(Debug)]
pub struct Folder {
    files: Vec<PathBuf>,
}

impl Folder {
    /// Lists the files of a folder.
    ///
    /// # Errors
    ///
    /// When a folder cannot be read.
    pub fn read(path: &Path) -> io::Result<Self> {
        let mut files = Vec::new();
        collect(path, &mut files)?;
        files.sort();
        Ok(Self { files })
    }

    /// The documents of a connector: those whose name, or whose folder's name, is the connector's or begins
    /// with it and is followed by a full stop or hyphen. Of several such connectors, the longest name counts.
    pub fn of<'f>(&'f self, slug: &str, slugs: &[String]) -> Vec<&'f Path> {
        let of_slug = |file: &&PathBuf| owner(file, slugs) == Some(slug);
        self.files.iter().filter(of_slug).map(PathBuf::as_path).collect()
    }

    /// The documents that belong to no connector.
    pub fn others<'f>(&'f self, slugs: &[String]) -> Vec<&'f Path> {
        let no_owner = |file: &&PathBuf| owner(file, slugs).is_none();
        self.files.iter().filter(no_owner).map(PathBuf::as_path).collect()
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            collect(&path, files)?;
        } else if ENDINGS.contains(&name.rsplit('.').next().unwrap_or_default()) {
            files.push(path);
        }
    }
    Ok(())
}

/// The connector that a file belongs to.
fn owner<'s>(file: &Path, slugs: &'s [String]) -> Option<&'s str> {
    let of = |name: &str| {
        let fitting = slugs.iter().filter(|slug| {
            let rest = name.strip_prefix(slug.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
        });
        fitting.max_by_key(|slug| slug.len()).map(String::as_str)
    };
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    of(&name(file)).or_else(|| of(&name(file.parent()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_belong_to_the_connector_whose_name_they_bear() {
        let slugs: Vec<String> = ["acme", "acme-chat", "blue"].map(str::to_owned).to_vec();
        for (file, slug) in [
            ("acme.json.gz", Some("acme")),
            ("x/acme-rest.json", Some("acme")),
            ("acme-chat.yaml", Some("acme-chat")),
            ("acmechat.yaml", None),
            ("blue/users.yaml", Some("blue")),
            ("red/users.yaml", None),
        ] {
            assert_eq!(owner(Path::new(file), &slugs), slug, "{file}");
        }
    }
}

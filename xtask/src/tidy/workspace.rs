//! The workspace in the form that the rules need: its crates, their manifests and the files written
//! by hand.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use toml::Table;

use super::Error;
use super::rules::Rules;
use super::source::{Token, tokens};
use crate::output;

/// The parts of the workspace that the rules examine.
#[derive(Debug)]
pub struct Workspace {
    /// The path of its root.
    pub root: PathBuf,
    /// The manifest of the workspace.
    pub manifest: Table,
    /// The member crates, sorted by name.
    pub crates: Vec<Crate>,
    pub(crate) rules: Rules,
    pub(crate) architecture: String,
}

/// A member of the workspace.
#[derive(Debug)]
pub struct Crate {
    /// The name of the package.
    pub name: String,
    /// The path of its folder, relative to the root.
    pub folder: String,
    /// The content of its `Cargo.toml`.
    pub manifest: Table,
    /// Whether the whole crate is generated from a spec.
    pub generated: bool,
    pub(crate) files: Vec<File>,
}

/// A Rust file written by hand.
#[derive(Debug)]
pub(crate) struct File {
    /// The path, relative to the root.
    pub(crate) path: String,
    pub(crate) text: String,
    pub(crate) tokens: Vec<Token>,
    /// Whether the file is compiled for tests, benchmarks and examples only.
    pub(crate) test: bool,
}

impl Workspace {
    /// Reads the crates in `codegen`, `xtask` and `crates/*`.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or a manifest cannot be understood.
    pub fn read(root: &Path) -> Result<Self, Error> {
        let manifest = table(root, "Cargo.toml")?;
        let mut folders = vec!["codegen".to_owned(), "xtask".to_owned()];
        for name in names(root, "crates")? {
            let folder = format!("crates/{name}");
            if root.join(&folder).join("Cargo.toml").is_file() {
                folders.push(folder);
            }
        }
        let mut crates = folders
            .iter()
            .map(|folder| Crate::read(root, folder))
            .collect::<Result<Vec<_>, _>>()?;
        crates.sort_by(|a, b| a.name.cmp(&b.name));
        let rules = "xtask/tidy.toml";
        let rules = toml::from_str(&text(root, rules)?)
            .map_err(|source| Error::Toml { path: rules.to_owned(), source })?;
        let architecture = text(root, "ARCHITECTURE.md")?;
        Ok(Self { root: root.to_owned(), manifest, crates, rules, architecture })
    }

    /// Whether a package of this name is a member.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.crates.iter().any(|member| member.name == name)
    }

    /// Every file written by hand, with its crate.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&Crate, &File)> {
        self.crates.iter().flat_map(|member| member.files.iter().map(move |file| (member, file)))
    }
}

impl Crate {
    fn read(root: &Path, folder: &str) -> Result<Self, Error> {
        let path = format!("{folder}/Cargo.toml");
        let content = text(root, &path)?;
        let manifest: Table =
            toml::from_str(&content).map_err(|source| Error::Toml { path, source })?;
        let name = manifest["package"]["name"].as_str().unwrap_or_default().to_owned();
        let mut files = Vec::new();
        collect(root, folder, &mut files)?;
        let mut member = Self {
            generated: output::is_generated("Cargo.toml", content.as_bytes())
                && name != "airbyte-agent",
            name,
            folder: folder.to_owned(),
            manifest,
            files,
        };
        member.mark_tests();
        Ok(member)
    }

    /// Files of modules that are declared behind `#[cfg(test)]` are tests as a whole.
    fn mark_tests(&mut self) {
        let mut declared = BTreeSet::new();
        for file in &self.files {
            let module = module_folder(&file.path);
            for three in file.tokens.windows(3) {
                if let [first, name, last] = three
                    && first.test
                    && first.is("mod")
                    && last.is(";")
                {
                    declared.insert(format!("{module}/{}.rs", name.text));
                    declared.insert(format!("{module}/{}/mod.rs", name.text));
                }
            }
        }
        for file in &mut self.files {
            file.test |= declared.contains(&file.path);
        }
    }

    /// The names of the workspace crates that this one needs to be built, without those for tests.
    pub fn dependencies<'a>(&'a self, workspace: &'a Workspace) -> BTreeSet<&'a str> {
        let mut tables = vec![&self.manifest];
        let targets = self.manifest.get("target").and_then(|targets| targets.as_table());
        tables.extend(targets.into_iter().flat_map(Table::values).filter_map(|t| t.as_table()));
        let sections = ["dependencies", "build-dependencies"];
        tables
            .iter()
            .flat_map(|table| sections.iter().filter_map(|section| table.get(*section)?.as_table()))
            .flat_map(Table::keys)
            .map(String::as_str)
            .filter(|name| workspace.has(name))
            .collect()
    }
}

/// The folder of the child modules of a file: `src/a` for both `src/a.rs` and `src/a/mod.rs`.
pub(crate) fn module_folder(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    match name {
        "mod.rs" | "lib.rs" | "main.rs" => folder.to_owned(),
        _ => path.trim_end_matches(".rs").to_owned(),
    }
}

fn collect(root: &Path, folder: &str, files: &mut Vec<File>) -> Result<(), Error> {
    for name in names(root, folder)? {
        let path = format!("{folder}/{name}");
        if root.join(&path).is_dir() {
            if name != "target" && name != "compat" {
                collect(root, &path, files)?;
            }
        } else if Path::new(&name).extension().is_some_and(|extension| extension == "rs") {
            let text = text(root, &path)?;
            if !output::is_generated(&path, text.as_bytes()) {
                let folders = ["/tests/", "/benches/", "/examples/"];
                let for_tests = folders.iter().any(|folder| path.contains(folder));
                files.push(File { tokens: tokens(&text), test: for_tests, path, text });
            }
        }
    }
    Ok(())
}

fn names(root: &Path, folder: &str) -> Result<Vec<String>, Error> {
    let read = |source| Error::Read { path: folder.to_owned(), source };
    let mut names = Vec::new();
    for entry in fs::read_dir(root.join(folder)).map_err(read)? {
        names.push(entry.map_err(read)?.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(names)
}

fn text(root: &Path, path: &str) -> Result<String, Error> {
    fs::read_to_string(root.join(path))
        .map_err(|source| Error::Read { path: path.to_owned(), source })
}

fn table(root: &Path, path: &str) -> Result<Table, Error> {
    toml::from_str(&text(root, path)?)
        .map_err(|source| Error::Toml { path: path.to_owned(), source })
}

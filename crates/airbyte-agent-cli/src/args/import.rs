//! Arguments of `import`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// Examples behind the options.
pub(crate) const EXAMPLES: &str = "\
Examples:
  airbyte-agent import openapi.json
  airbyte-agent import openapi.yaml -o acme.yaml --only '/users*'
  airbyte-agent exec --spec acme.yaml users list --sandbox

Corrections by hand belong into the overlay beside the spec, such as acme.overlay.yaml:
  actions:
    - {target: GET /users, update: {x-agent-pagination: {page: {into: page}}}}";

#[derive(Args)]
pub(crate) struct ImportArgs {
    /// The vendor's document: OpenAPI 3 or Swagger 2, in YAML or JSON
    #[arg(value_name = "DOCUMENT", value_hint = ValueHint::FilePath)]
    pub(crate) document: PathBuf,
    /// Name of the connector [default: that of the last import, or one made of the title]
    #[arg(long, value_name = "NAME")]
    pub(crate) slug: Option<String>,
    /// The spec to write [default: NAME.yaml]
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) out: Option<PathBuf>,
    /// Import only operations that fit: '/users*', 'GET *' or 'users.*'
    #[arg(long, value_name = "PATTERN")]
    pub(crate) only: Option<String>,
    /// Write what was decided about each operation, as one JSON object in each line
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) report: Option<PathBuf>,
    /// Write over a spec that was not written by an import, or was edited since
    #[arg(long)]
    pub(crate) force: bool,
}

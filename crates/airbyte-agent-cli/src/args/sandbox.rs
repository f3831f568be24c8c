//! Arguments of `sandbox`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

#[derive(Args)]
pub(crate) struct SandboxArgs {
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// Emulate this spec too; may be repeated
    #[arg(long, value_name = "FILE")]
    pub(crate) spec: Vec<PathBuf>,
    /// Print one JSON object with the address, client id, secret and credentials of every
    /// connector, instead of the line with the address
    #[arg(long)]
    pub(crate) json: bool,
}

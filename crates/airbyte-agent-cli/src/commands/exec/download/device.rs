//! Writes a download to a device or a pipe that exists already. It is written to as it is, and never
//! replaced by a file.

use std::path::Path;

use airbyte_agent_core::Call;
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;

use crate::failure::{Stop, unwritable};
use crate::signals::Interrupt;

/// Writes the file that the call returns.
pub(super) async fn write(call: Call, path: &Path) -> Result<(), Stop> {
    let mut interrupt = Interrupt::new()?;
    let interrupted = || Stop::interrupted("interrupted; a part of the file may be written", None);
    let work = async {
        let mut file = call.download().await?;
        // For a pipe this waits until somebody reads.
        let opened = File::options().write(true).open(path).await;
        let mut out = opened.map_err(|error| unwritable(path, &error))?;
        while let Some(chunk) = file.chunk().await? {
            out.write_all(&chunk).await.map_err(|error| unwritable(path, &error))?;
        }
        out.flush().await.map_err(|error| unwritable(path, &error))
    };
    interrupt.race(work).await.ok_or_else(interrupted)?.map_err(Stop::from)
}

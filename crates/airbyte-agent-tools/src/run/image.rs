//! Images that a model is shown as such.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Map;

use super::plain_output::output as plain;
use crate::output::{ToolImage, ToolOutput};

/// The media types of images that models take.
const SHOWN: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// Whether a file of this media type can be shown as an image.
pub(super) fn is_shown(media_type: &str) -> bool {
    SHOWN.contains(&essence(media_type).as_str())
}

/// The media type without parameters.
fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The result with the image.
pub(super) fn output(bytes: &[u8], media_type: &str) -> ToolOutput {
    let media_type = essence(media_type);
    let data = Map::from_iter([
        ("content_type".to_owned(), media_type.clone().into()),
        ("bytes".to_owned(), bytes.len().into()),
    ]);
    let image = ToolImage { media_type, base64: STANDARD.encode(bytes) };
    let notes = vec!["The image is beside this text.".to_owned()];
    ToolOutput { image: Some(image), ..plain(data, notes) }
}

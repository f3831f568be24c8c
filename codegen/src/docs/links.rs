//! Links between the documents of a crate.

use crate::model::{EntityModel, Model, OperationModel};

/// The public address of a file of the crate. Registries and API documentation show the README too,
/// and relative links do not work there.
pub(super) fn page(model: &Model<'_>, file: &str) -> String {
    format!("{}/blob/main/crates/{}/{file}", env!("CARGO_PKG_REPOSITORY"), model.package())
}

/// An entity's actions, each linked to its heading in `page`; an empty `page` means the document itself.
pub(super) fn action_links(entity: &EntityModel<'_>, page: &str) -> String {
    let link = |operation: &OperationModel<'_>| {
        let action = operation.operation.action;
        format!("[{action}]({page}#{})", anchor(&entity.entity.name, action.as_str()))
    };
    entity.operations.iter().map(link).collect::<Vec<_>>().join(", ")
}

/// The anchor of an operation's heading in REFERENCE.md.
pub(super) fn anchor(entity: &str, action: &str) -> String {
    format!("{}-{action}", entity.to_lowercase())
}

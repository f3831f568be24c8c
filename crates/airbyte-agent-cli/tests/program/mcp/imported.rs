//! A vendor's document as tools.

use serde_json::json;

use super::{Server, names};
use crate::imports::garden;

#[test]
fn a_document_is_served_as_tools() {
    let garden = garden();
    let mut server =
        Server::start(&["--spec", &garden, "--sandbox", "--expose", "operations"], &[]);
    let tools = server.ask(2, "tools/list", json!({}));
    let names = names(&tools);
    for name in ["garden_plants_list", "garden_bed_plants_list", "garden_orders_get"] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
    let plants = server.call("garden_plants_list", json!({"limit": 3}));
    assert_eq!(plants["isError"], false, "{plants}");
    assert_eq!(plants["structuredContent"]["data"].as_array().unwrap().len(), 3, "{plants}");
    server.end().succeeded();
}

//! A vendor's document as tools.

use serde_json::{Value, json};

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
    let plants = server.call("garden_plants_list", json!({"max_records": 3}));
    assert_eq!(plants["isError"], false, "{plants}");
    let text = plants["content"][0]["text"].as_str().unwrap();
    let result: Value = serde_json::from_str(text).unwrap();
    assert_eq!(result["data"].as_array().unwrap().len(), 3, "{plants}");
    server.end().succeeded();
}

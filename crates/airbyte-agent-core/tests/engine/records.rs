//! Records decoded with the drift of vendors.

use airbyte_agent_core::{Extra, open_enum, record};
use serde_json::json;

open_enum!(Color { Red = "red" });

#[derive(Debug, Clone, Default, PartialEq)]
struct Part {
    size: Option<i64>,
    extra: Extra,
}
record!(Part { size: "size" });

#[derive(Debug, Clone, Default, PartialEq)]
struct Thing {
    name: Option<String>,
    count: Option<i64>,
    price: Option<f64>,
    live: Option<bool>,
    color: Option<Color>,
    parts: Option<Vec<Part>>,
    extra: Extra,
}
record!(Thing {
    name: "name",
    count: "count",
    price: "price",
    live: "live",
    color: "color",
    parts: "parts",
});

#[test]
fn drift_is_tolerated_and_nothing_is_lost() {
    let drift = json!({
        "name": 7, "count": "12", "price": "1.5", "live": "true", "color": "blue",
        "parts": [{"size": 3.0}, null, {"size": ""}, []], "more": {"deep": null},
    });
    let thing: Thing = serde_json::from_value(drift).unwrap();
    assert_eq!(thing.name.as_deref(), Some("7"));
    assert_eq!((thing.count, thing.price, thing.live), (Some(12), Some(1.5), Some(true)));
    assert_eq!(thing.color, Some(Color::Other("blue".to_owned())));
    let sizes: Vec<_> = thing.parts.iter().flatten().map(|part| part.size).collect();
    assert_eq!(sizes, [Some(3), None, None]);
    assert_eq!(thing.extra["more"], json!({"deep": null}));
    let nulls = r#"{"name":null,"count":null,"price":null,"live":null,"color":null,"parts":null}"#;
    assert_eq!(serde_json::from_str::<Thing>(nulls).unwrap(), Thing::default());
}

#[test]
fn a_record_is_written_as_it_was_read() {
    let text = r#"{"name":"a","color":"red","parts":[{"size":1,"odd":[1]}],"more":1}"#;
    let thing: Thing = serde_json::from_str(text).unwrap();
    assert_eq!(thing.color, Some(Color::Red));
    assert_eq!(serde_json::to_string(&thing).unwrap(), text);
}

#[test]
fn another_shape_is_an_error() {
    for text in [r#"{"name": {}}"#, r#"{"count": "x"}"#, r#"{"parts": {}}"#, "[1]", "7"] {
        assert!(serde_json::from_str::<Thing>(text).is_err(), "{text}");
    }
}

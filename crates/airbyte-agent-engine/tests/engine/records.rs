//! Records decoded with the drift of vendors.

use airbyte_agent_engine::description::Action;
use airbyte_agent_engine::{Client, Hosted, Scalar, open_enum, record};
use serde_json::{Value, json};

use crate::server::{Answer, Server};

open_enum!(Color { Red = "red" });

record! {
    struct Part {
        size: i64,
    }
}

record! {
    struct Thing {
        name: String,
        count: i64,
        price: f64,
        live: bool,
        color: Color,
        parts: Vec<Part>,
    }
}

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
fn a_number_that_a_member_cannot_hold_keeps_its_digits() {
    let long = "0.1234567890123456789";
    for (text, extra) in [
        (format!(r#"{{"price":"{long}"}}"#), json!({"price": long})),
        (format!(r#"{{"price":"-{long}e5"}}"#), json!({"price": format!("-{long}e5")})),
        (r#"{"price":"1E400"}"#.to_owned(), json!({"price": "1E400"})),
        (
            r#"{"price":"12345678901234567890"}"#.to_owned(),
            json!({"price": "12345678901234567890"}),
        ),
        (
            r#"{"count":"3.00000000000000000001"}"#.to_owned(),
            json!({"count": "3.00000000000000000001"}),
        ),
        (
            r#"{"count":"12345678901234567890"}"#.to_owned(),
            json!({"count": "12345678901234567890"}),
        ),
        (r#"{"price":"1.50"}"#.to_owned(), json!({})),
        (r#"{"price":"0.30000000000000004"}"#.to_owned(), json!({})),
        (r#"{"price":"1.5000000000000000000000"}"#.to_owned(), json!({})),
        (r#"{"count":"3.0"}"#.to_owned(), json!({})),
    ] {
        let thing: Thing = serde_json::from_str(&text).unwrap();
        assert_eq!(json!(thing.extra), extra, "{text}");
        let is_held = thing.price.is_some() || thing.count.is_some();
        assert_ne!(is_held, !thing.extra.is_empty(), "{text}");
    }
}

#[tokio::test]
async fn typed_records_keep_the_digits_that_plain_json_keeps() {
    const TAGS: &str = r#"{"tags": [{"price": 0.1234567890123456789}, {"price": 1.5}]}"#;
    let server = Server::start(|_, _| Answer::json(200, TAGS)).await;
    let client = crate::acme::client(&server.url);
    let plain = client.execute("tags", "list", json!({})).await.unwrap().data;
    let typed = client.call("tags", Action::List).page::<Thing, Value>().await.unwrap().data;
    assert_eq!(plain, json!([{"price": "0.1234567890123456789"}, {"price": 1.5}]));
    assert_eq!(json!(typed), plain);
    assert_eq!((typed[0].price, typed[1].price), (None, Some(1.5)));
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
    for text in [r#"{"name": {}}"#, r#"{"count": "x"}"#, r#"{"parts": {"a": 1}}"#, "[1]", "7"] {
        assert!(serde_json::from_str::<Thing>(text).is_err(), "{text}");
    }
}

#[test]
fn plain_values_come_bare_or_wrapped() {
    let read = |text: &str| serde_json::from_str::<Scalar<i64>>(text).map(|scalar| scalar.value);
    for (text, expected) in [
        ("7", Some(7)),
        ("\"7\"", Some(7)),
        (r#"{"value": 7}"#, Some(7)),
        (r#"{"more": [1], "value": "7"}"#, Some(7)),
        ("null", None),
        (r#"{"value": null}"#, None),
    ] {
        assert_eq!(read(text).unwrap(), expected, "{text}");
    }
    for text in ["{}", r#"{"value": {}}"#, "\"x\""] {
        assert!(read(text).is_err(), "{text}");
    }
    let colors: Vec<Scalar<Color>> = serde_json::from_str(r#"["red", {"value": "blue"}]"#).unwrap();
    assert_eq!(colors, [Color::Red.into(), Color::Other("blue".to_owned()).into()]);
    let rows: Vec<Scalar<Vec<String>>> =
        serde_json::from_str(r#"[["a", 1], {"value": []}]"#).unwrap();
    assert_eq!(rows, [vec!["a".to_owned(), "1".to_owned()].into(), Vec::new().into()]);
}

#[tokio::test]
async fn a_list_of_plain_values_is_the_same_through_every_door() {
    let server = Server::start(|request, _| match request.target.split('?').next().unwrap() {
        "/api/v1/account/applications/token" => {
            Answer::json(200, json!({"access_token": "t", "expires_in": 900}))
        }
        "/api/v1/integrations/connectors" => Answer::json(200, json!({"data": [{"id": "c"}]})),
        "/tags" => Answer::json(200, json!({"tags": ["a", "b"]})),
        _ => {
            let result = json!([{"value": "a"}, {"value": "b"}]);
            Answer::json(200, json!({"result": result, "connector_metadata": {}}))
        }
    })
    .await;
    let hosted = Hosted::new("id", "secret").workspace("w").base_url(&server.url);
    let hosted = Client::hosted(crate::acme::description(), hosted).unwrap();
    for client in [crate::acme::client(&server.url), hosted] {
        let dynamic = client.execute("tags", "list", json!({})).await.unwrap().data;
        assert_eq!(dynamic, json!([{"value": "a"}, {"value": "b"}]));
        let typed =
            client.call("tags", Action::List).page::<Scalar<String>, Value>().await.unwrap();
        assert_eq!(json!(typed.data), dynamic);
    }
}

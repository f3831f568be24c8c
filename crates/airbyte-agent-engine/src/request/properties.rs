//! Tests the encoders against decoders that were written from the standards and not from the
//! encoders.

use percent_encoding::utf8_percent_encode;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{UNRESERVED, encode_pairs, form_pairs};

/// `application/x-www-form-urlencoded`, decoded by the WHATWG rules.
fn decode(text: &str) -> Vec<(String, String)> {
    let piece = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            bytes.push(match byte {
                b'+' => b' ',
                b'%' => {
                    let mut hex = || char::from(rest.next().unwrap()).to_digit(16).unwrap();
                    u8::try_from(hex() * 16 + hex()).unwrap()
                }
                other => other,
            });
        }
        String::from_utf8(bytes).unwrap()
    };
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap();
            (piece(key), piece(value))
        })
        .collect()
}

/// Rebuilds nested values from names such as `a[b][0]`, with every scalar as a text.
fn unflatten(pairs: &[(String, String)]) -> Value {
    let mut root = Value::Null;
    for (key, value) in pairs {
        let (head, rest) = key.split_once('[').map_or((key.as_str(), ""), |(h, r)| (h, r));
        let mut steps = vec![head];
        steps.extend(
            rest.split("][").map(|step| step.trim_end_matches(']')).filter(|s| !s.is_empty()),
        );
        let mut place = &mut root;
        for (depth, step) in steps.iter().enumerate() {
            match step.parse::<usize>() {
                Ok(index) if depth > 0 => {
                    if place.is_null() {
                        *place = json!([]);
                    }
                    let items = place.as_array_mut().unwrap();
                    if items.len() <= index {
                        items.resize(index + 1, Value::Null);
                    }
                    place = &mut items[index];
                }
                _ => {
                    if place.is_null() {
                        *place = json!({});
                    }
                    place = place.as_object_mut().unwrap().entry(*step).or_insert(Value::Null);
                }
            }
        }
        *place = json!(value);
    }
    root
}

/// What a form can express of a value: texts, and nothing for empty lists and objects.
fn as_texts(value: &Value) -> Option<Value> {
    match value {
        Value::Array(items) => {
            let items: Vec<Value> = items.iter().filter_map(as_texts).collect();
            (!items.is_empty()).then_some(Value::Array(items))
        }
        Value::Object(members) => {
            let members: Map<String, Value> =
                members.iter().filter_map(|(k, v)| Some((k.clone(), as_texts(v)?))).collect();
            (!members.is_empty()).then_some(Value::Object(members))
        }
        Value::Null => Some(json!("")),
        Value::String(text) => Some(json!(text)),
        other => Some(json!(other.to_string())),
    }
}

/// Values without empty lists inside lists, which would shift the indexes behind them.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(Value::Null),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..4).prop_map(Value::from),
            btree_map("[a-z_]{1,6}", inner, 1..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn pairs_survive_a_query(pairs in vec((any::<String>(), any::<String>()), 0..8)) {
        let encoded = encode_pairs(&pairs);
        prop_assert!(encoded.is_ascii() && !encoded.contains([' ', '#', '?']));
        prop_assert_eq!(decode(&encoded), pairs);
    }

    #[test]
    fn nested_values_survive_a_form(members in btree_map("[a-z_]{1,6}", values(), 0..5)) {
        let arguments: Map<String, Value> = members.into_iter().collect();
        let pairs = form_pairs(arguments.keys().map(String::as_str), &arguments);
        let rebuilt = unflatten(&decode(&encode_pairs(&pairs)));
        let expected = as_texts(&Value::Object(arguments)).unwrap_or(Value::Null);
        prop_assert_eq!(rebuilt, expected);
    }

    #[test]
    fn a_path_value_stays_one_segment(text in any::<String>()) {
        let encoded = utf8_percent_encode(&text, UNRESERVED).to_string();
        prop_assert!(encoded.is_ascii() && !encoded.contains(['/', '?', '#', '\\', ';', ':', '@']));
        let decoded = &decode(&format!("k={}", encoded.replace('+', "%2B")))[0].1;
        prop_assert_eq!(decoded, &text);
    }
}

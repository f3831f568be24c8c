//! Compares the records and values that are read from a body with plain `serde_json` on the same
//! body. The bodies are texts and not values, so that they contain what a value cannot: repeated
//! members, escapes in names, numbers of any length.

use proptest::collection::vec;
use proptest::prelude::*;
use serde::de::{DeserializeOwned, Deserializer};
use serde_json::{Map, Value};

use super::envelope::{Sink, pick};
use super::read::json_text;
use crate::description::JsonPath;
use crate::record;

record! {
    /// A record with a member of every kind.
    struct Odd {
        /// A text.
        text: String,
        /// An integer.
        whole: i64,
        /// A number.
        number: f64,
        /// A truth value.
        truth: bool,
        /// A list.
        list: Vec<String>,
        /// Another record.
        inner: Inner = "in ner",
        /// Any JSON value.
        value: Value,
    }
}

record! {
    /// A record inside another one.
    struct Inner {
        /// A text.
        text: String,
    }
}

/// The names of the members of [`Odd`].
const KNOWN: [&str; 7] = ["text", "whole", "number", "truth", "list", "in ner", "value"];

/// Takes every match as a value of one type.
struct All<T>(Vec<T>);

impl<T: DeserializeOwned> Sink for All<T> {
    fn take<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        self.0.push(T::deserialize(deserializer)?);
        Ok(())
    }

    fn clear(&mut self) {
        self.0.clear();
    }
}

/// The decoded records at `$.data`, and the values at these places.
fn picked<T: DeserializeOwned>(
    text: &str,
    places: &[&str],
) -> Result<(Vec<T>, Vec<Option<Value>>), serde_json::Error> {
    let path = |text: &str| JsonPath::parse(text).unwrap();
    let places: Vec<_> = places.iter().map(|place| path(place).into()).collect();
    let mut all = All(Vec::new());
    let values = pick(text, Some(&path("$.data")), &places, &mut all)?;
    Ok((all.0, values))
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::sample::select(vec![
            "0",
            "-0",
            "3.0",
            "1e2",
            "-1.5E-3",
            "9007199254740993",
            "18446744073709551615",
            "18446744073709551616",
            "-9223372036854775808",
            "123456789012345678901234567890",
            "0.1234567890123456789",
            "1e308",
            "1e999",
            "2.2250738585072014e-308",
        ])
        .prop_map(str::to_owned),
        "-?[1-9][0-9]{0,25}",
        r"-?[1-9][0-9]{0,18}\.[0-9]{1,20}",
    ]
}

/// A string with its quotation marks: with escapes, some of them of half a character, and with
/// numbers in it.
fn text() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(vec![
        "a",
        "B c",
        "é",
        "😀",
        r"\n",
        r"\\",
        r#"\""#,
        r"\u00e9",
        r"\ud83d\ude00",
        r"\u0000",
        r"\/",
        "12",
        "true",
        "3.5",
        " ",
    ]);
    let half = Just(r#""\ud83d""#.to_owned());
    prop_oneof![
        30 => vec(piece, 0..4).prop_map(|pieces| format!("\"{}\"", pieces.concat())),
        10 => number().prop_map(|number| format!("\"{number}\"")),
        1 => half,
    ]
}

/// A name with its quotation marks, in one of several spellings.
fn name() -> impl Strategy<Value = String> {
    proptest::sample::select(vec![
        r#""text""#,
        r#""te\u0078t""#,
        r#""whole""#,
        r#""number""#,
        r#""truth""#,
        r#""list""#,
        r#""in ner""#,
        r#""in\u0020ner""#,
        r#""value""#,
        r#""other""#,
        r#""oth\u0065r""#,
        r#""""#,
        r#""täxt""#,
        r#""Text""#,
    ])
    .prop_map(str::to_owned)
}

fn space() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec!["", "", " ", "\n\t", "\r\n"])
}

/// Any JSON value, as a text.
fn json() -> impl Strategy<Value = String> {
    let plain = proptest::sample::select(vec!["null", "true", "false"]).prop_map(str::to_owned);
    let leaf = prop_oneof![plain, number(), text()];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            object(inner),
        ]
    })
}

fn object(value: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    let member = (name(), space(), value, space());
    let member =
        member.prop_map(|(name, before, value, after)| format!("{name}{before}:{value}{after}"));
    vec(member, 0..6).prop_map(|members| format!("{{{}}}", members.join(",")))
}

/// A member of [`Odd`] with a value that usually fits its type.
fn fitting() -> impl Strategy<Value = String> {
    let list = vec(text(), 0..3).prop_map(|items| format!("[{}]", items.join(",")));
    let inner = text().prop_map(|text| format!(r#"{{"text": {text}, "more": {text}}}"#));
    prop_oneof![
        (Just("text"), text()),
        (Just("whole"), number()),
        (Just("number"), number()),
        (
            Just("truth"),
            proptest::sample::select(vec!["true", "0", "\"yes\"", "null"]).prop_map(str::to_owned)
        ),
        (Just("list"), list),
        (Just("in ner"), inner),
        (Just("value"), json()),
        (Just("unknown"), json()),
    ]
    .prop_map(|(name, value)| format!("\"{name}\": {value}"))
}

/// An object that can usually be decoded as [`Odd`].
fn odd() -> impl Strategy<Value = String> {
    prop_oneof![
        5 => vec(fitting(), 0..9).prop_map(|members| format!("{{{}}}", members.join(", "))),
        1 => object(json()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn values_are_those_of_plain_json(data in json(), page in object(json())) {
        let body = format!(r#"{{"before": [1, {{}}], "data": {data}, "page": {page}, "after": "x"}}"#);
        let plain = serde_json::from_str::<Value>(&body);
        match (plain, picked::<Value>(&body, &["$.page", "$.after"])) {
            (Ok(plain), Ok((data, values))) => {
                prop_assert_eq!(&data, &vec![plain["data"].clone()]);
                prop_assert_eq!(values[0].as_ref(), Some(&plain["page"]));
                prop_assert_eq!(values[1].as_ref(), Some(&plain["after"]));
            }
            (plain, picked) => prop_assert!(plain.is_err() && picked.is_err(), "{plain:?} {picked:?}"),
        }
    }

    #[test]
    fn records_are_those_of_plain_json(record in odd()) {
        let body = format!(r#"{{"data": {record}}}"#);
        let ours = picked::<Odd>(&body, &[]).map(|(mut records, _)| records.remove(0));
        let plain = serde_json::from_str::<Odd>(&record);
        let (ours, plain) = match (ours, plain) {
            (Ok(ours), Ok(plain)) => (ours, plain),
            (ours, plain) => {
                prop_assert!(ours.is_err() && plain.is_err(), "{ours:?} {plain:?}");
                return Ok(());
            }
        };
        // An empty object loses nothing if it is replaced by an empty list.
        prop_assert_eq!(&ours, &plain);
        let value: Value = serde_json::from_str(&record).unwrap();
        let mut members = value.as_object().cloned().unwrap_or_default();
        prop_assert_eq!(ours.value.clone(), members.get("value").cloned().filter(|value| !value.is_null()));
        members.retain(|name, _| !KNOWN.contains(&name.as_str()));
        // A value that does not fit its member is kept in `extra`, so the text below contains it as
        // well.
        let mut extra = Map::from(ours.extra.clone());
        extra.retain(|name, _| !KNOWN.contains(&name.as_str()));
        prop_assert_eq!(&extra, &members);
        // Writing the record and reading it again gives an equal record.
        let text = serde_json::to_string(&ours).unwrap();
        prop_assert_eq!(serde_json::from_str::<Odd>(&text).unwrap(), ours);
    }

    #[test]
    fn broken_text_is_mended_and_the_rest_stays(
        names in vec(text(), 1..4),
        broken in proptest::sample::select(vec![&b"\xff"[..], b"\xc3", b"\xe2\x82", b"\xed\xa0\x80", b"\xf0\x9f"]),
    ) {
        let names = names.join(",");
        let body = |middle: &[u8]| {
            [br#"{"data": {"text": "a"#, middle, br#"b", "other": ["#, names.as_bytes(), br#"]}, "x"#, middle, br#"": 1}"#].concat()
        };
        let mended = String::from_utf8_lossy(broken).into_owned();
        let broken = body(broken);
        let ours = picked::<Odd>(&json_text(&broken), &[]);
        let plain = picked::<Odd>(std::str::from_utf8(&body(mended.as_bytes())).unwrap(), &[]);
        match (ours, plain) {
            (Ok(ours), Ok(plain)) => {
                prop_assert_eq!(ours.0[0].text.clone(), Some(format!("a{mended}b")));
                prop_assert_eq!(ours, plain);
            }
            (ours, plain) => prop_assert!(ours.is_err() && plain.is_err(), "{ours:?} {plain:?}"),
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text(data in json()) {
        let body = format!("\u{feff} {data}");
        let ours = picked::<Value>(&json_text(body.as_bytes()), &["$"]);
        match (serde_json::from_str::<Value>(&json_text(data.as_bytes())), ours) {
            (Ok(plain), Ok((_, values))) => prop_assert_eq!(values, vec![Some(plain)]),
            (plain, ours) => prop_assert!(plain.is_err() && ours.is_err(), "{plain:?} {ours:?}"),
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused_as_plain_json_is(bytes in vec(any::<u8>(), 0..24)) {
        let text = json_text(&bytes);
        let plain = serde_json::from_str::<Value>(&text).is_ok();
        prop_assert_eq!(picked::<Value>(&text, &["$"]).is_ok(), plain);
    }
}

#[test]
fn nesting_is_limited_where_it_is_kept_and_free_where_it_is_skipped() {
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    for (levels, accepted) in [(100, true), (10_000, false)] {
        let record = format!(r#"{{"data": {{"unknown": {}}}}}"#, deep(levels));
        let found = picked::<Odd>(&record, &[]);
        assert_eq!(found.is_ok(), accepted, "{levels}");
        let beside = format!(r#"{{"noise": {}, "data": {{"text": "a"}}}}"#, deep(levels));
        let (records, _) = picked::<Odd>(&beside, &[]).unwrap();
        assert_eq!(records[0].text.as_deref(), Some("a"), "{levels}");
    }
}

#[test]
fn unknown_members_come_as_they_are() {
    let body =
        r#"{"data": {"id": 9007199254740993, "a": 1, "a": {"b": [null, 0.1]}, "\u0061b": "x"}}"#;
    let (records, _) = picked::<Odd>(body, &[]).unwrap();
    let expected: Map<String, Value> =
        serde_json::from_str(r#"{"id": 9007199254740993, "a": {"b": [null, 0.1]}, "ab": "x"}"#)
            .unwrap();
    assert_eq!(records[0].extra, expected);
}

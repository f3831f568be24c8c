//! No document makes an import panic, and none takes much time or memory: documents of which parts stand at other places,
//! under other names or twice are imported, lowered and linted, and written as text.

use std::time::{Duration, Instant};

use airbyte_agent_import::{Options, import, report, summary};
use fastrand::Rng;
use serde_json::{Value, json};

const SEEDS: [&str; 2] =
    [include_str!("../fixtures/garden.yaml"), include_str!("../fixtures/garden.json")];

/// How long one document may take in a build without optimisation. They have some tens of kilobytes.
const LONGEST: Duration = Duration::from_secs(5);

/// How many times longer than its document, with an allowance for what is always there, a spec may be.
const LONGER: usize = 20;

/// Values that mean something somewhere in a document.
fn piece(random: &mut Rng) -> Value {
    let pieces = [
        json!({}),
        json!([]),
        json!(null),
        json!(-1),
        json!(1e300),
        json!(18_446_744_073_709_551_615_u64),
        json!(true),
        json!(""),
        json!("{"),
        json!("{}{id}{id}"),
        json!("/a/{b}/{b}:c"),
        json!("$.a[*]['b"),
        json!("array"),
        json!("object"),
        json!(["null", "array", "string"]),
        json!("\u{202e}\u{0}é\u{1f600}"),
        json!({"$ref": "#"}),
        json!({"$ref": "#/components/schemas/Plant"}),
        json!({"$ref": "#/definitions/Bed"}),
        json!({"allOf": [{"$ref": "#/components/schemas/Plant"}]}),
        json!({"type": "array", "items": {"$ref": "#/components/schemas/Plant"}}),
        json!({"name": "page", "in": "query", "schema": {"type": "integer"}}),
        json!({"name": "cursor", "in": "query", "schema": {"type": "string"}}),
        json!({"nextLinkName": "next"}),
        json!("x-ms-pageable"),
        json!("additionalProperties"),
        json!("oauth2"),
        json!("https://{a}.test:{port}/{a}"),
    ];
    let mut pieces = Vec::from(pieces);
    pieces.swap_remove(random.usize(..pieces.len()))
}

fn pointers(value: &Value, pointer: &str, found: &mut Vec<String>) {
    found.push(pointer.to_owned());
    let mut below = |key: &str, child: &Value| {
        let key = key.replace('~', "~0").replace('/', "~1");
        pointers(child, &format!("{pointer}/{key}"), found);
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(key, child)| below(key, child)),
        Value::Array(all) => {
            all.iter().enumerate().for_each(|(index, child)| below(&index.to_string(), child));
        }
        _ => {}
    }
}

/// A document with one to eight changes.
fn changed(document: &Value, random: &mut Rng) -> Value {
    let mut document = document.clone();
    for _ in 0..random.usize(1..=8) {
        let mut all = Vec::new();
        pointers(&document, "", &mut all);
        // Parts that stand inside themselves double each time.
        if all.len() > 8_000 {
            break;
        }
        let at = &all[random.usize(..all.len())];
        let other = document.pointer(&all[random.usize(..all.len())]).cloned().unwrap_or_default();
        let piece = piece(random);
        let name = piece.as_str().map_or_else(|| "id".to_owned(), str::to_owned);
        let Some(value) = document.pointer_mut(at) else { continue };
        match (random.u8(..7), value) {
            (0, value) => *value = other,
            (1, value) => *value = piece,
            (2, value) => *value = json!([value.take(), other]),
            (3, value) => *value = json!({ name: value.take() }),
            (4, Value::Object(members)) => {
                members.insert(name, other);
            }
            (5, Value::Object(members)) => {
                let keys: Vec<String> = members.keys().cloned().collect();
                if let Some(key) = random.choice(&keys)
                    && let Some(child) = members.remove(key)
                {
                    members.insert(name, child);
                }
            }
            (_, Value::Object(members)) => {
                let keys: Vec<String> = members.keys().cloned().collect();
                if let Some(key) = random.choice(&keys) {
                    members.remove(key);
                }
            }
            (_, Value::Array(all)) => all.push(piece),
            _ => {}
        }
    }
    document
}

/// Imports a document as far as it can be. Gives whether a connector came of it.
fn tried(text: &str) -> bool {
    let Ok(document) = airbyte_agent_document::parse("robust.json", text) else { return false };
    let Ok(mut imported) = import(&document, text.as_bytes(), &Options::default()) else {
        return false;
    };
    let lowered = imported.lower();
    let (spec, _) = imported.written("robust.overlay.yaml");
    let longest = LONGER * text.len() + 10_000;
    assert!(spec.len() < longest, "{} bytes of {}:\n{text}", spec.len(), text.len());
    assert_eq!(
        report::json_lines(&imported.decided).lines().count(),
        imported.decided.operations.len()
    );
    assert!(!summary(&imported).is_empty());
    lowered.is_ok_and(|(spec, _)| {
        let _ = spec.lint();
        true
    })
}

#[test]
fn no_document_makes_an_import_panic_or_run_on() {
    let seconds = std::env::var("AIRBYTE_AGENT_FUZZ_SECONDS").ok();
    let seconds = seconds.and_then(|text| text.parse().ok());
    let least = if seconds.is_some() { 0 } else { 100 };
    let end = Instant::now() + Duration::from_secs(seconds.unwrap_or_default());
    let mut random = match std::env::var("AIRBYTE_AGENT_FUZZ_SEED").ok() {
        Some(seed) => Rng::with_seed(seed.parse().unwrap()),
        None if seconds.is_some() => Rng::new(),
        None => Rng::with_seed(12),
    };
    let seeds =
        SEEDS.map(|text| airbyte_agent_yaml::read(text, "a document").unwrap().root.to_json());
    let (mut count, mut connectors, mut longest) = (0_u64, 0_u64, Duration::ZERO);
    while count < least || Instant::now() < end {
        let seed = random.get_seed();
        let text = changed(&seeds[random.usize(..2)], &mut random).to_string();
        let start = Instant::now();
        let caught = std::panic::catch_unwind(|| tried(&text));
        let took = start.elapsed();
        let works = caught.unwrap_or_else(|_| panic!("seed {seed} of the random numbers:\n{text}"));
        assert!(took < LONGEST, "{took:?} with seed {seed} of the random numbers:\n{text}");
        longest = longest.max(took);
        count += 1;
        connectors += u64::from(works);
    }
    println!("{count} documents, {connectors} connectors, longest {longest:?}");
    // Documents that are refused at once would show nothing.
    assert!(connectors * 5 > count, "only {connectors} of {count} became connectors");
}

//! No text makes the reader or the opener panic, and none takes much time or memory: documents that are changed at
//! random, and small ones that stand for endless schemas.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::time::{Duration, Instant};

use airbyte_agent_document::{Api, Definitions, Document, Opener, Rest, Schema, parse};
use fastrand::Rng;
use serde_json::{Value, json};

const SEEDS: [&str; 3] = [
    include_str!("seeds/openapi.yaml"),
    include_str!("seeds/openapi.json"),
    include_str!("seeds/swagger.yaml"),
];

/// How long one input may take. Inputs have a few kilobytes.
const LONGEST: Duration = Duration::from_secs(2);

/// Pieces that mean something somewhere in a document.
const PIECES: [&str; 36] = [
    "{}",
    "[]",
    "null",
    "~",
    "''",
    "\"",
    "-1",
    "1e999",
    "true",
    "#/components/schemas/A",
    "#/definitions/A",
    "#/",
    "#",
    "{\"$ref\": \"#\"}",
    "{$ref: '#/components/schemas/A'}",
    "../a.yaml",
    "https://a.test",
    "&a ",
    "*a",
    "<<: *a",
    "- ",
    "? ",
    ": ",
    "\t",
    "\\ud800",
    "\\u12",
    "\u{202e}",
    "\u{0}",
    "x-files",
    "allOf",
    "items",
    "properties",
    "enum",
    "nullable: true",
    "%zz",
    "~2",
];

fn rest(document: Document) -> Rest {
    match document.api {
        Api::Rest(rest) => rest,
        #[cfg(feature = "graphql")]
        Api::GraphQl(_) => panic!("expected operations"),
    }
}

/// Changes the text in one to three places: lines, pieces of text, and letters.
fn changed(text: &str, random: &mut Rng) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..random.usize(1..=3) {
        if lines.is_empty() {
            break;
        }
        let at = random.usize(..lines.len());
        let piece = PIECES[random.usize(..PIECES.len())];
        let mut cut = random.usize(..=lines[at].len());
        while !lines[at].is_char_boundary(cut) {
            cut -= 1;
        }
        match random.u8(..9) {
            0 => drop(lines.remove(at)),
            1 => {
                let copy = lines[random.usize(..lines.len())].clone();
                lines.insert(at, copy);
            }
            2 => {
                let key = lines[at].split(':').next().unwrap_or_default().to_owned();
                lines[at] = format!("{key}: {piece}");
            }
            3 => lines[at].insert_str(0, &" ".repeat(random.usize(1..5))),
            4 => {
                let trimmed = lines[at].trim_start().to_owned();
                lines[at] = trimmed;
            }
            5 => lines[at].push_str(piece),
            6 => lines[at].insert_str(cut, piece),
            7 => lines[at].truncate(cut),
            _ => {
                let other = random.usize(..lines.len());
                lines.swap(at, other);
            }
        }
    }
    lines.join("\n")
}

/// The pointers to all values.
fn pointers(value: &Value, pointer: &str, found: &mut Vec<String>) {
    found.push(pointer.to_owned());
    match value {
        Value::Object(members) => {
            for (key, child) in members {
                let key = key.replace('~', "~0").replace('/', "~1");
                pointers(child, &format!("{pointer}/{key}"), found);
            }
        }
        Value::Array(all) => {
            for (index, child) in all.iter().enumerate() {
                pointers(child, &format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// Changes a document in one to six places: parts of it come to stand at other places, under other names, or twice.
fn rearranged(document: &Value, random: &mut Rng) -> String {
    let mut document = document.clone();
    for _ in 0..random.usize(1..=6) {
        let mut all = Vec::new();
        pointers(&document, "", &mut all);
        // Parts that stand inside themselves double each time.
        if all.len() > 2_000 {
            break;
        }
        let at = &all[random.usize(..all.len())];
        let piece = PIECES[random.usize(..PIECES.len())];
        let other = document.pointer(&all[random.usize(..all.len())]).cloned().unwrap_or_default();
        let key = at.rsplit('/').next().unwrap_or_default().replace("~1", "/").replace("~0", "~");
        let Some(value) = document.pointer_mut(at) else { continue };
        match (random.u8(..6), value) {
            (0, value) => *value = other,
            (1, value) => *value = Value::String(piece.to_owned()),
            (2, value) => *value = json!([value.take(), other]),
            (3, value) => *value = json!({ key: value.take() }),
            (4, Value::Object(members)) => {
                members.insert(piece.to_owned(), other);
            }
            (4, Value::Array(all)) => all.push(other),
            (_, value) => *value = json!({"$ref": format!("#{at}")}),
        }
    }
    document.to_string()
}

/// Opens everything that the operations name, to some depth, and writes it in the newest form.
fn open(rest: &Rest) {
    let opener = Opener::new(&rest.root);
    let definitions = Definitions::new(&rest.root);
    for operation in &rest.operations {
        let bodies = operation.body.iter().flat_map(|body| &body.contents);
        let responses = operation.responses.iter().chain(&operation.failures);
        let contents = bodies.chain(responses.flat_map(|response| &response.contents));
        let schemas = contents.filter_map(|content| content.schema.as_ref());
        let schemas = schemas.chain(operation.parameters.iter().map(|parameter| &parameter.schema));
        let mut written = Vec::new();
        for schema in schemas {
            let mut level = vec![Schema::One(schema)];
            for _ in 0..4 {
                let shapes: Vec<_> =
                    level.iter().take(20).map(|schema| opener.open(schema)).collect();
                level = shapes
                    .into_iter()
                    .flat_map(|shape| {
                        shape.members.into_values().chain(shape.items).chain(shape.values)
                    })
                    .collect();
            }
            written.push(definitions.schema(schema));
        }
        definitions.needed(&written);
    }
}

/// How long to go on: the seconds in `AIRBYTE_AGENT_FUZZ_SECONDS`, and no longer than the first inputs unless that is
/// set.
fn fuzz_time() -> Duration {
    let seconds = std::env::var("AIRBYTE_AGENT_FUZZ_SECONDS").ok();
    Duration::from_secs(seconds.and_then(|text| text.parse().ok()).unwrap_or_default())
}

/// The most memory that this process has had, in MiB; zero where the system does not say.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let words = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    words.unwrap_or_default() / 1024
}

#[test]
fn documents_that_are_changed_at_random_are_read_or_refused() {
    let seed = std::env::var("AIRBYTE_AGENT_FUZZ_SEED").ok().and_then(|text| text.parse().ok());
    let mut random = Rng::with_seed(seed.unwrap_or(12));
    let mut documents = Vec::new();
    for text in SEEDS {
        let document = parse("seed", text).unwrap();
        assert!(document.warnings.is_empty(), "{:?}", document.warnings);
        documents.push(airbyte_agent_yaml::read_leniently(text, "a document").unwrap().root);
    }
    let began = Instant::now();
    let until = began + fuzz_time();
    let (mut executions, mut read, mut slowest) = (0_u64, 0_u64, Duration::ZERO);
    while executions < 400 || Instant::now() < until {
        executions += 1;
        let seed = random.usize(..SEEDS.len());
        let text = if random.bool() {
            changed(SEEDS[seed], &mut random)
        } else {
            rearranged(&documents[seed], &mut random)
        };
        let start = Instant::now();
        if let Ok(document) = parse("changed", &text) {
            read += 1;
            assert!(document.warnings.iter().all(|warning| warning.line > 0 && warning.column > 0));
            open(&rest(document));
        }
        let took = start.elapsed();
        slowest = slowest.max(took);
        assert!(took < LONGEST, "{took:?} for\n{text}");
    }
    println!(
        "document reader: {executions} executions in {:?}, {read} read, slowest {slowest:?}, {} MiB",
        began.elapsed(),
        peak()
    );
    assert!(peak() < 400, "{} MiB", peak());
}

#[test]
fn small_documents_that_stand_for_endless_schemas_are_opened_soon() {
    let refer = |to: &str| format!("{{$ref: '#/components/schemas/{to}'}}");
    let list = |to: &str, times: usize| vec![refer(to); times].join(", ");
    let chain: String = (0..60)
        .map(|level| {
            let parts = list(&format!("A{}", level + 1), 6);
            format!("    A{level}: {{allOf: [{parts}]}}\n")
        })
        .collect();
    for (name, schemas) in [
        ("allOf on itself", format!("    A0: {{allOf: [{}]}}\n", list("A0", 8))),
        ("allOf, sixty levels", chain + "    A60: {type: string}\n"),
        ("oneOf of itself", format!("    A0: {{oneOf: [{0}], anyOf: [{0}]}}\n", list("A0", 8))),
        (
            "allOf and anyOf in turn",
            format!(
                "    A0: {{allOf: [{}]}}\n    A1: {{anyOf: [{}]}}\n",
                list("A1", 8),
                list("A0", 8)
            ),
        ),
        ("a circle of references", format!("    A0: {}\n    A1: {}\n", refer("A1"), refer("A0"))),
        (
            "members that are composed of each other",
            format!(
                "    A0: {{allOf: [{{properties: {{a: {0}}}}}, {{properties: {{a: {0}}}}}]}}\n",
                refer("A0")
            ),
        ),
    ] {
        let text = format!(
            "openapi: 3.1.0\ninfo: {{title: Endless, version: '1'}}\ncomponents:\n  schemas:\n{schemas}paths:\n  /a:\n    get:\n      \
             summary: a\n      responses: {{200: {{description: a, content: {{application/json: {{schema: {}}}}}}}}}\n",
            refer("A0")
        );
        let began = Instant::now();
        let document = parse(name, &text).unwrap();
        open(&rest(document));
        let took = began.elapsed();
        println!("{name}: {took:?}, {} MiB", peak());
        assert!(took < LONGEST, "{name} took {took:?}");
    }
    assert!(peak() < 400, "{} MiB", peak());
}

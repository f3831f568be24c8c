//! No text makes the crate panic, and none takes much time or memory: specs that are damaged line by line,
//! damaged at random, or small and endless.

#![allow(missing_docs)]

use std::time::{Duration, Instant};

use airbyte_agent_spec::Spec;

const SMALL: &str = include_str!("fixtures/small.yaml");
const FEATURE: &str = include_str!("fixtures/feature.yaml");

#[test]
fn damaged_specs_are_told_not_crashed_on() {
    let lines: Vec<&str> = SMALL.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        let key = line.split_once(':').map_or(*line, |(key, _)| key);
        for value in
            [None, Some(""), Some("[]"), Some("{}"), Some("7"), Some("'{{ $'"), Some("[{}]")]
        {
            let changed = value.map(|value| format!("{key}: {value}"));
            let text: Vec<&str> = lines[..index]
                .iter()
                .copied()
                .chain(changed.as_deref())
                .chain(lines[index + 1..].iter().copied())
                .collect();
            if let Ok(spec) = Spec::parse(&text.join("\n")) {
                let refused = spec.lower().is_err();
                let found = spec.lint();
                let error = |p: &&airbyte_agent_spec::Problem| p.severity.as_str() == "error";
                assert!(!refused || found.iter().any(|p| error(&p)), "{line} -> {value:?}");
            }
        }
    }
}

/// A spec with these component schemas, whose only operation sends and returns the schema `A0`.
fn endless(schemas: &str) -> String {
    format!(
        r"
openapi: 3.1.0
info: {{title: Endless, version: '1', x-airbyte-connector-name: endless}}
servers: [{{url: 'https://endless.test'}}]
components:
  securitySchemes: {{key: {{type: http, scheme: bearer}}}}
  schemas:
{schemas}
paths:
  /things:
    post:
      x-airbyte-entity: things
      x-airbyte-action: create
      parameters: [{{name: filter, in: query, schema: {{$ref: '#/components/schemas/A0'}}}}]
      requestBody:
        content: {{application/json: {{schema: {{$ref: '#/components/schemas/A0'}}}}}}
      responses:
        '200':
          description: Things.
          content: {{application/json: {{schema: {{$ref: '#/components/schemas/A0'}}}}}}
"
    )
}

/// A schema whose properties refer to another one in so many ways.
fn level(name: usize, to: usize, ways: usize) -> String {
    let properties: Vec<String> = (0..ways)
        .map(|number| format!("p{number}: {{$ref: '#/components/schemas/A{to}'}}"))
        .collect();
    format!("    A{name}: {{type: object, properties: {{{}}}}}\n", properties.join(", "))
}

/// The most memory that this process has had, in MiB; zero where the system does not say.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let words = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    words.unwrap_or_default() / 1024
}

#[test]
fn small_specs_that_stand_for_endless_schemas_end_soon() {
    let refer = |to: &str| format!("{{$ref: '#/components/schemas/{to}'}}");
    let chain = |ways: usize, levels: usize| -> String {
        let levels: String = (0..levels).map(|name| level(name, name + 1, ways)).collect();
        levels + "    A99: {type: string}\n"
    };
    let all_of = format!("    A0: {{allOf: [{}]}}\n", vec![refer("A0"); 8].join(", "));
    let mutual = format!(
        "    A0: {{allOf: [{0}, {1}, {0}, {1}]}}\n    A1: {{allOf: [{0}, {1}, {0}, {1}]}}\n",
        refer("A0"),
        refer("A1")
    );
    let choices = format!("    A0: {{oneOf: [{}]}}\n", vec![refer("A0"); 6].join(", "));
    let items = format!(
        "    A0: {{type: array, items: {0}, properties: {{a: {0}, b: {0}, c: {0}, d: {0}}}}}\n",
        refer("A0")
    );
    let long: String = (0..60)
        .map(|name| format!("    A{name}: {}\n", refer(&format!("A{}", name + 1))))
        .collect::<String>()
        + "    A60: {type: string}\n";
    let wide = format!(
        "{}    A9: {{type: string, enum: [{}]}}\n",
        (0..9).map(|name| level(name, name + 1, 4)).collect::<String>(),
        (0..500).map(|number| format!("v{number}")).collect::<Vec<_>>().join(", ")
    );
    let circle = format!("    A0: {}\n    A1: {}\n", refer("A1"), refer("A0"));
    for (name, schemas) in [
        ("allOf on itself", all_of),
        ("allOf on each other", mutual),
        ("oneOf of itself", choices),
        ("properties of itself", level(0, 0, 6)),
        ("items of itself", items),
        ("two ways, forty levels", chain(2, 40)),
        ("six ways, fourteen levels", chain(6, 14)),
        ("references to references", long),
        ("a large enum many times", wide),
        ("references in a circle", circle),
    ] {
        let began = Instant::now();
        let text = endless(&schemas);
        let spec = Spec::parse(&text).unwrap();
        match spec.lower() {
            Ok(connector) => assert_eq!(connector.entities.len(), 1, "{name}"),
            Err(problems) => {
                let told = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
                let is_told = told.contains("parts") || told.contains("refers to something");
                assert!(is_told, "{name}: {told}");
            }
        }
        let took = began.elapsed();
        println!("{name}: {took:?}, {} MiB", peak());
        assert!(took < Duration::from_secs(5), "{name} took {took:?}");
        assert!(peak() < 400, "{name} took {} MiB", peak());
    }
}

/// Six ways and fourteen levels cannot be followed. What is followed is checked, and anything is accepted below.
#[test]
fn a_schema_with_too_many_parts_is_cut_and_accepts_anything_below() {
    let levels: String = (0..14).map(|name| level(name, name + 1, 6)).collect();
    let spec = Spec::parse(&endless(&levels)).unwrap();
    let connector = spec.lower().unwrap();
    let operation = connector.operations().next().unwrap();
    let filter = operation.parameters.iter().find(|one| one.name == "filter").unwrap();
    let mut schema = &filter.schema;
    let mut levels = 0;
    while let Some(first) = schema.properties.first() {
        assert_eq!(schema.properties.len(), 6);
        schema = &first.schema;
        levels += 1;
    }
    assert!((2..13).contains(&levels), "{levels} levels are checked");
    assert!(schema.open);
    let record = operation.response.schema.as_ref().unwrap().value();
    assert_eq!(record["properties"].as_object().unwrap().len(), 6);
}

/// How long to go on: the seconds in `AIRBYTE_AGENT_FUZZ_SECONDS`, and no longer than the first inputs unless
/// that is set.
fn fuzz_time() -> Duration {
    let seconds = std::env::var("AIRBYTE_AGENT_FUZZ_SECONDS").ok();
    Duration::from_secs(seconds.and_then(|text| text.parse().ok()).unwrap_or_default())
}

/// Pieces that mean something somewhere in a spec.
const PIECES: [&str; 24] = [
    "{}",
    "[]",
    "null",
    "~",
    "''",
    "'{{ x }}'",
    "'{{ $'",
    "${a}",
    "{a}",
    "-1",
    "1e999",
    "true",
    "'#/components/schemas/A'",
    "'#/'",
    "$.a[*].b",
    "$",
    "@link.next",
    "&a",
    "*a",
    "- ",
    "? ",
    ": ",
    "\t",
    "\u{202e}",
];

/// Changes the text in one to eight places.
fn damaged(text: &str, random: &mut fastrand::Rng) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..random.usize(1..=8) {
        if lines.is_empty() {
            break;
        }
        let at = random.usize(..lines.len());
        let piece = PIECES[random.usize(..PIECES.len())];
        match random.u8(..7) {
            0 => {
                lines.remove(at);
            }
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
            _ => {
                let cut = random.usize(..=lines[at].len());
                if lines[at].is_char_boundary(cut) {
                    lines[at].truncate(cut);
                }
            }
        }
    }
    lines.join("\n")
}

#[test]
fn specs_that_are_damaged_at_random_are_told_not_crashed_on() {
    let mut random = fastrand::Rng::with_seed(11);
    let (mut executions, mut lowered) = (0_u64, 0_u64);
    let until = Instant::now() + fuzz_time();
    while executions < 60 || Instant::now() < until {
        executions += 1;
        let text = damaged(if random.bool() { SMALL } else { FEATURE }, &mut random);
        let Ok(spec) = Spec::parse(&text) else { continue };
        let is_refused = spec.lower().is_err();
        lowered += u64::from(!is_refused);
        let found = spec.lint();
        let has_error = found.iter().any(|problem| problem.severity.as_str() == "error");
        assert!(!is_refused || has_error, "refused without an error:\n{text}");
    }
    println!("spec reader: {executions} executions, {lowered} usable specs");
}

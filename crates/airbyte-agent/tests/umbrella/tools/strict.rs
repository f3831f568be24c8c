//! The narrow forms of JSON Schema that model APIs take, checked key by key.

use airbyte_agent::serde_json::{Map, Value};

/// Everything that breaks the rules of `rules`, each with its place.
pub fn problems(schema: &Value, rules: &Rules) -> Vec<String> {
    let mut problems = Vec::new();
    rules.check("$", schema, 0, &mut problems);
    if schema["type"] != "object" {
        problems.push("the root is no object".to_owned());
    }
    problems
}

/// What a form of JSON Schema allows.
pub struct Rules {
    /// Keys of a schema.
    pub keys: &'static [&'static str],
    /// Formats of texts.
    pub formats: &'static [&'static str],
    /// Whether every property must be required and no object open.
    pub all_required: bool,
    /// Whether `required` and `additionalProperties` must be said of every object.
    pub explicit: bool,
    /// Whether a type may be a pair of a type and `null`.
    pub nullable_types: bool,
    /// Whether an object must have members.
    pub members: bool,
}

/// The form that every client takes: what definitions carry.
pub const COMMON: Rules = Rules {
    keys: &[
        "type",
        "description",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "enum",
        "format",
        "minimum",
        "maximum",
    ],
    formats: &["date-time"],
    all_required: false,
    explicit: true,
    nullable_types: false,
    members: false,
};

/// Structured outputs and strict function calling of `OpenAI`:
/// <https://platform.openai.com/docs/guides/structured-outputs#supported-schemas>.
pub const OPENAI: Rules =
    Rules { all_required: true, nullable_types: true, members: false, ..COMMON };

/// `Schema` of Gemini's function declarations: <https://ai.google.dev/api/caching#Schema>.
pub const GEMINI: Rules = Rules {
    keys: &[
        "type",
        "description",
        "properties",
        "required",
        "items",
        "enum",
        "format",
        "minimum",
        "maximum",
    ],
    formats: &["date-time"],
    all_required: false,
    explicit: false,
    nullable_types: false,
    members: true,
};

/// Deepest nesting that strict function calling takes.
const DEEPEST: usize = 10;

impl Rules {
    fn check(&self, place: &str, schema: &Value, depth: usize, problems: &mut Vec<String>) {
        let Some(schema) = schema.as_object() else {
            return problems.push(format!("{place}: no object"));
        };
        let mut say = |problem: &str| problems.push(format!("{place}: {problem}"));
        if depth > DEEPEST {
            say("nested too deeply");
        }
        for key in schema.keys().filter(|key| !self.keys.contains(&key.as_str())) {
            say(&format!("'{key}' is not known"));
        }
        if schema.get("description").is_some_and(|d| d.as_str().is_none_or(str::is_empty)) {
            say("an empty description");
        }
        let kind = match schema.get("type") {
            Some(Value::String(kind)) => kind.clone(),
            Some(Value::Array(kinds)) if self.nullable_types => match kinds.as_slice() {
                [Value::String(kind), Value::String(null)] if null == "null" => kind.clone(),
                _ => return say("more than one type"),
            },
            _ => return say("no single type"),
        };
        let known = ["string", "integer", "number", "boolean", "array", "object"];
        if !known.contains(&kind.as_str()) {
            say("an unknown type");
        }
        for (key, kinds) in [
            ("enum", &["string"][..]),
            ("format", &["string"]),
            ("items", &["array"]),
            ("properties", &["object"]),
            ("required", &["object"]),
            ("additionalProperties", &["object"]),
            ("minimum", &["integer", "number"]),
            ("maximum", &["integer", "number"]),
        ] {
            if schema.contains_key(key) && !kinds.contains(&kind.as_str()) {
                say(&format!("'{key}' does not go with {kind}"));
            }
        }
        if let Some(format) = schema.get("format").and_then(Value::as_str)
            && !self.formats.contains(&format)
        {
            say(&format!("the format {format}"));
        }
        if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
            let is_nullable = schema["type"].is_array();
            let fit = |choice: &Value| choice.is_string() || is_nullable && choice.is_null();
            if choices.is_empty() || !choices.iter().all(fit) {
                say("an enum of something else than texts");
            }
            // Gemini refuses the empty text as a choice.
            if choices.iter().any(|choice| choice == "") {
                say("an empty choice");
            }
        }
        if kind == "array" {
            match schema.get("items") {
                Some(items) => self.check(&format!("{place}[]"), items, depth + 1, problems),
                None => say("no items"),
            }
        }
        if kind == "object" {
            self.object(place, schema, depth, problems);
        }
    }

    fn object(
        &self,
        place: &str,
        schema: &Map<String, Value>,
        depth: usize,
        problems: &mut Vec<String>,
    ) {
        let empty = Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let required: Vec<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let mut say = |problem: &str| problems.push(format!("{place}: {problem}"));
        if self.explicit && !schema.contains_key("required") {
            say("'required' is missing");
        }
        if self.explicit && !schema.get("additionalProperties").is_some_and(Value::is_boolean) {
            say("'additionalProperties' is missing");
        }
        let is_open = schema.get("additionalProperties") == Some(&Value::Bool(true));
        if is_open && (self.all_required || depth == 0) {
            say("open");
        }
        if self.members && properties.is_empty() {
            say("no members");
        }
        if let Some(name) = required.iter().find(|name| !properties.contains_key(**name)) {
            say(&format!("'{name}' is required and unknown"));
        }
        if self.all_required
            && let Some(name) = properties.keys().find(|name| !required.contains(&name.as_str()))
        {
            say(&format!("'{name}' is not required"));
        }
        for (name, schema) in properties {
            // Anthropic and Gemini refuse the whole request for one other key.
            if !is_key(name) {
                problems.push(format!("{place}: the key '{name}'"));
            }
            self.check(&format!("{place}.{name}"), schema, depth + 1, problems);
        }
    }
}

/// `^[a-zA-Z0-9_.-]{1,64}$`.
fn is_key(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    (1..=64).contains(&name.len()) && name.chars().all(fits)
}

/// What strict function calling of `OpenAI` bounds in a schema as a whole.
#[derive(Debug, Default, PartialEq)]
pub struct Totals {
    pub properties: usize,
    pub choices: usize,
    /// Characters of names and choices.
    pub characters: usize,
    /// Characters of the choices of one property that has more than 250 of them.
    pub longest: usize,
}

impl Totals {
    /// Counts a schema.
    pub fn of(schema: &Value) -> Self {
        let mut totals = Self::default();
        totals.count(schema);
        totals
    }

    fn count(&mut self, schema: &Value) {
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            self.properties += 1;
            self.characters += name.len();
            self.count(property);
        }
        if let Some(choices) = schema["enum"].as_array() {
            let length = choices.iter().filter_map(Value::as_str).map(str::len).sum::<usize>();
            self.choices += choices.len();
            self.characters += length;
            if choices.len() > 250 {
                self.longest = self.longest.max(length);
            }
        }
        if schema["items"].is_object() {
            self.count(&schema["items"]);
        }
    }

    /// Whether <https://platform.openai.com/docs/guides/structured-outputs> takes it.
    pub fn fit(&self) -> bool {
        self.properties <= 5_000
            && self.choices <= 1_000
            && self.characters <= 120_000
            && self.longest <= 15_000
    }
}

#[test]
fn the_checker_finds_what_clients_refuse() {
    use airbyte_agent::serde_json::json;
    let object = |properties: Value| {
        json!({"type": "object", "properties": properties, "required": [],
               "additionalProperties": false})
    };
    for (schema, rules, expected) in [
        (object(json!({"a": {"type": "string"}})), &COMMON, None),
        (object(json!({"a": {"anyOf": []}})), &COMMON, Some("$.a: 'anyOf' is not known")),
        (object(json!({"a": {"type": ["string", "null"]}})), &COMMON, Some("$.a: no single type")),
        (object(json!({"a": {"type": "array"}})), &COMMON, Some("$.a: no items")),
        (object(json!({"a": {"type": "integer", "enum": [1]}})), &COMMON, Some("$.a: 'enum' does")),
        (object(json!({"a[b]": {"type": "string"}})), &COMMON, Some("$: the key 'a[b]'")),
        (object(json!({"": {"type": "string"}})), &COMMON, Some("$: the key ''")),
        (object(json!({"a": {"type": "string"}})), &OPENAI, Some("$: 'a' is not required")),
        (object(json!({})), &GEMINI, Some("$: 'additionalProperties' is not known")),
        (json!({"type": "object"}), &GEMINI, Some("$: no members")),
        (json!({"type": "object"}), &COMMON, Some("$: 'required' is missing")),
    ] {
        let found = problems(&schema, rules);
        let text = found.join("\n");
        match expected {
            None => assert!(found.is_empty(), "{text}"),
            Some(expected) => assert!(text.contains(expected), "{schema}: {text}"),
        }
    }
}

#[test]
fn totals_count_names_and_choices_at_every_depth() {
    use airbyte_agent::serde_json::json;
    let schema = json!({"properties": {
        "ab": {"type": "array", "items": {"properties": {"c": {"enum": ["xy", "z"]}}}},
    }});
    let totals = Totals { properties: 2, choices: 2, characters: 6, longest: 0 };
    assert_eq!(Totals::of(&schema), totals);
    assert!(totals.fit() && !Totals { choices: 1_001, ..totals }.fit());
}

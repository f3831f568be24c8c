//! Writes schemas, parameters, paths and templates as code.

use airbyte_agent_description::{
    ConfigInject, Json, JsonPath, Location, Parameter, Piece, Property, Schema, Step, Style,
    Template, TextRule,
};

use airbyte_agent_description::query::Grammar;

use super::code::Code;

/// A schema as an expression: the constant of its type, and calls for what the schema adds to it.
pub(super) fn schema(schema: &Schema) -> Code {
    let Schema {
        kinds,
        nullable,
        format,
        rules,
        description,
        choices,
        minimum,
        maximum,
        items,
        properties,
        open,
        default,
    } = schema;
    if *schema == Schema::ANY {
        return Code::plain("Schema::ANY");
    }
    let base = match kinds.as_ref() {
        [] => Code::plain("ANY"),
        [only] => Code::plain(only.as_str().to_uppercase()),
        several => {
            let kinds: Vec<String> = several.iter().map(|kind| format!("Kind::{kind:?}")).collect();
            Code::plain("ANY").with("kinds", [Code::plain(format!("&[{}]", kinds.join(", ")))])
        }
    };
    let number = |number: &f64| Code::plain(format!("{number:?}"));
    base.mark("nullable", *nullable)
        .said("format", format)
        .each("rules", rules, text_rule)
        .maybe("choices", (!choices.is_empty()).then(|| words(choices)))
        .maybe("minimum", minimum.as_ref().map(number))
        .maybe("maximum", maximum.as_ref().map(number))
        .maybe("default", default.as_ref().map(json_text))
        .each("items", items, self::schema)
        .each("properties", properties, property)
        .mark("closed", !open)
        .said("description", description)
}

fn text_rule(rule: &TextRule) -> Code {
    match rule {
        TextRule::Formats(names) => Code::call("formats", [Code::texts(names.iter())]),
        TextRule::Pattern(pattern) => Code::call("pattern", [Code::text(pattern)]),
        TextRule::Grammar(grammar) => {
            let Grammar { language, names, bounded } = grammar;
            let language = Code::plain(format!("Language::{language:?}"));
            if *bounded {
                Code::call("bounded", [language])
            } else {
                Code::call("grammar", [language, Code::texts(names.iter())])
            }
        }
    }
}

fn property(property: &Property) -> Code {
    let Property { name, required, schema, is_addition } = property;
    let head = if *required { "required" } else { "optional" };
    Code::call(head, [Code::text(name), self::schema(schema)]).mark("addition", *is_addition)
}

/// The values of an enum, as expressions.
fn words(choices: &[Json]) -> Code {
    let word = |json: &Json| {
        let word = json.0.strip_prefix('"')?.strip_suffix('"')?;
        (!word.contains(['\\', '"'])).then(|| Code::Text(word.to_owned()))
    };
    match choices.iter().map(word).collect::<Option<Vec<_>>>() {
        Some(words) => Code::List("words!", words),
        None => Code::list(choices.iter().map(json)),
    }
}

/// A JSON text, as an expression.
pub(super) fn json(json: &Json) -> Code {
    Code::call("json", [json_text(json)])
}

/// The text of a JSON value, as a literal.
pub(super) fn json_text(json: &Json) -> Code {
    Code::text(&json.0)
}

/// A parameter as an expression: its place in the request, its name and its schema, then what
/// differs from the usual, and its description at the end.
pub(super) fn parameter(parameter: &Parameter) -> Code {
    let Parameter {
        name,
        wire,
        location,
        required,
        description,
        schema,
        style,
        default,
        send_default,
        probe_default,
        config,
        is_addition,
        prefix,
        example,
    } = parameter;
    let head = match location {
        Location::Path => "path",
        Location::Query => "query",
        Location::Header => "header",
        Location::Body => "body",
        Location::File => "file_part",
        Location::GraphQl => "argument",
    };
    let style = (*style != Style::Repeat).then(|| Code::plain(format!("Style::{style:?}")));
    let code = Code::call(head, [Code::text(name), self::schema(schema)])
        .maybe("wire", wire.as_deref().map(Code::text))
        .mark("required", *required)
        .maybe("style", style)
        .maybe("default", default.as_ref().map(json_text))
        .mark("send_default", *send_default)
        .maybe("probe_default", probe_default.as_ref().map(json_text))
        .mark("addition", *is_addition)
        .maybe("prefix", prefix.as_deref().map(Code::text))
        .maybe("example", example.as_ref().map(json_text));
    let code = match config {
        Some(ConfigInject { source, map }) => {
            let map = Code::list(map.iter().map(|(from, to)| {
                Code::call("", [Code::call("text", [Code::text(from)]), json(to)])
            }));
            code.with("config", [Code::text(source), map])
        }
        None => code,
    };
    code.said("description", description)
}

/// A place inside a JSON document, as an expression.
pub(super) fn path(path: &JsonPath) -> Code {
    let text = path.to_string();
    if JsonPath::parse(&text).as_ref() == Some(path) {
        return Code::call("json_path!", [Code::Text(text)]);
    }
    let steps = path.steps.iter().map(|step| match step {
        Step::Key(key) => Code::call("Step::Key", [Code::call("text", [Code::text(key)])]),
        Step::Index(index) => Code::plain(format!("Step::Index({index})")),
        Step::Each => Code::plain("Step::Each"),
    });
    let steps = Code::call("Cow::Borrowed", [Code::list(steps)]);
    Code::Struct("JsonPath", vec![("steps", steps)])
}

/// A text with placeholders, as an expression.
pub(super) fn template(template: &Template) -> Code {
    let text: String = template
        .pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.to_string(),
            Piece::Name(name) => format!("{{{name}}}"),
        })
        .collect();
    let plain = |piece: &Piece| match piece {
        Piece::Text(text) => !text.contains(['{', '}']),
        Piece::Name(_) => true,
    };
    if template.pieces.iter().all(plain) && Template::parse(&text, "{", "}") == *template {
        return Code::call("template!", [Code::Text(text)]);
    }
    let pieces = template.pieces.iter().map(|piece| match piece {
        Piece::Text(literal) => {
            Code::call("Piece::Text", [Code::call("text", [Code::text(literal)])])
        }
        Piece::Name(name) => Code::call("Piece::Name", [Code::call("text", [Code::text(name)])]),
    });
    let pieces = Code::call("Cow::Borrowed", [Code::list(pieces)]);
    Code::Struct("Template", vec![("pieces", pieces)])
}

//! Documents that are not as their format demands are read, with a warning for each fault, and documents that cannot
//! be read say why.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fmt::Write as _;
use std::path::Path;

use airbyte_agent_document::{Api, Definitions, Document, Opener, Rest, Schema, parse, read};
use serde_json::json;

fn rest(document: &Document) -> &Rest {
    match &document.api {
        Api::Rest(rest) => rest,
        #[cfg(feature = "graphql")]
        Api::GraphQl(_) => panic!("expected operations"),
    }
}

fn warnings(document: &Document) -> Vec<String> {
    document.warnings.iter().map(ToString::to_string).collect()
}

/// A document in YAML with these lines behind its head. The first of them is line 3.
fn document(lines: &str) -> Document {
    let head = "openapi: 3.0.0\ninfo: {title: Acme, version: '1'}\n";
    parse("acme.yaml", &format!("{head}{lines}")).unwrap()
}

/// An operation that is as it should be.
const GOOD: &str = "get: {summary: s, responses: {200: {description: ok}}}";

#[test]
fn each_fault_has_a_warning_with_its_place() {
    let good = |path: &str| format!("  {path}: {{{GOOD}}}\n");
    let paths = |lines: &str| format!("paths:\n{lines}");
    let one = paths(&good("/a"));
    for (name, lines, expected) in [
        ("nothing", one.clone(), &[][..]),
        (
            "double ids",
            paths(
                "  /a: {get: {operationId: x, summary: s, responses: {200: {description: ok}}}}\n  \
                 /b:\n    get: {operationId: x, summary: s, responses: {200: {description: ok}}}\n",
            ),
            &[
                "6:11: warning: the operation id `x` is used twice, first at /paths/~1a/get (at /paths/~1b/get/operationId)",
            ],
        ),
        (
            "no texts",
            paths("  /a: {get: {responses: {200: {description: ok}}}}\n"),
            &[
                "4:8: warning: 1 operations have neither a summary nor a description; the first is this one (at /paths/~1a/get)",
            ],
        ),
        (
            "no responses",
            paths("  /a: {get: {summary: s}}\n"),
            &["4:8: warning: the operation has no responses (at /paths/~1a/get)"],
        ),
        (
            "a path without a slash",
            paths(&good("a")),
            &["4:3: warning: the path `a` does not begin with `/`, which is added (at /paths/a)"],
        ),
        (
            "a method in capitals",
            paths("  /a: {GET: {summary: s, responses: {200: {description: ok}}}}\n"),
            &["4:8: warning: the method `GET` is read as `get` (at /paths/~1a/GET)"],
        ),
        (
            "paths as a list",
            format!("paths:\n  - /a: {{{GOOD}}}\n"),
            &["3:1: warning: `paths` is a list; it is read as a mapping (at /paths)"],
        ),
        (
            "a parameter that is missing",
            paths(&good("'/a/{id}'")),
            &[
                "4:15: warning: the path has `{id}`, and no parameter of this name is declared; any value is accepted (at /paths/~1a~1{id}/get)",
            ],
        ),
        (
            "parameters as a mapping",
            paths(
                "  /a:\n    parameters: {x: {in: query}}\n    get: {summary: s, responses: {200: {description: ok}}}\n",
            ),
            &[
                "5:5: warning: `parameters` is a mapping; it is read as a list (at /paths/~1a/parameters)",
            ],
        ),
        (
            "parameters without a name, without a place and twice",
            paths(
                "  /a:\n    get:\n      summary: s\n      responses: {200: {description: ok}}\n      parameters:\n        - {in: query}\n        \
                 - {name: x, in: nowhere}\n        - {name: y, in: query}\n        - {name: y, in: query}\n",
            ),
            &[
                "9:11: warning: the parameter has no `name` (at /paths/~1a/get/parameters/0)",
                "10:11: warning: the parameter `x` has no `in` that is known, found `nowhere`; it is left out (at /paths/~1a/get/parameters/1)",
                "12:11: warning: the parameter `y` in `query` is declared twice; the last one counts (at /paths/~1a/get/parameters/3)",
            ],
        ),
        (
            "enums that are no lists",
            one.clone()
                + "components:\n  schemas:\n    A: {enum: a}\n    B: {enum: [[a, b]]}\n    C: {enum: {a: null}}\n    D:\n      enum:\n      type: string\n",
            &[
                "7:9: warning: `enum` is a single value; it is read as a list (at /components/schemas/A/enum)",
                "8:9: warning: `enum` is a list in a list; the inner list is read (at /components/schemas/B/enum)",
                "9:9: warning: `enum` is no list, and its values may be indented wrongly; it is left out (at /components/schemas/C/enum)",
                "11:7: warning: `enum` is no list, and its values may be indented wrongly; it is left out (at /components/schemas/D/enum)",
            ],
        ),
        (
            "properties as a list",
            one.clone()
                + "components: {schemas: {A: {properties: [{name: a, type: string}, {b: {type: string}}]}}}\n",
            &[
                "5:28: warning: `properties` is a list; it is read as a mapping (at /components/schemas/A/properties)",
            ],
        ),
        (
            "a name that is required",
            one.clone() + "components: {schemas: {A: {required: a}}}\n",
            &[
                "5:28: warning: `required` is the text `a`; it is read as [\"a\"] (at /components/schemas/A/required)",
            ],
        ),
        (
            "types and formats that are not known",
            one.clone()
                + "components: {schemas: {A: {type: text, format: odd}, B: {type: string, format: odd}}}\n",
            &[
                "5:28: warning: the type `text` is not known; any value is allowed (at /components/schemas/A/type)",
                "5:40: warning: the format `odd` is not known (2 times); values are not checked against it (at /components/schemas/A/format)",
            ],
        ),
        (
            "members whose names are those of keywords",
            one.clone()
                + "components: {schemas: {A: {properties: {enum: {type: string}, required: {type: string}, type: {type: string}}}}}\n",
            &[],
        ),
        (
            "references that lead nowhere",
            one.clone()
                + "components: {schemas: {A: {$ref: '#/components/schemas/X'}, B: {$ref: '#/components/schemas/B'}}}\n",
            &[
                "5:28: warning: the reference `#/components/schemas/X` leads nowhere; any value is allowed (at /components/schemas/A/$ref)",
                "5:65: warning: the reference `#/components/schemas/B` leads nowhere; any value is allowed (at /components/schemas/B/$ref)",
            ],
        ),
        (
            "references to the network and to other files",
            one.clone()
                + "components: {schemas: {A: {$ref: 'https://a.test/b.yaml#/c'}, B: {$ref: 'b.yaml'}}}\n",
            &[
                "5:28: warning: the reference leads to `https://a.test/b.yaml`, and nothing is read from the network; save the file beside the document and refer to it (at /components/schemas/A/$ref)",
                "5:67: warning: the reference leads to the file `b.yaml`, and only documents in a folder can refer to files (at /components/schemas/B/$ref)",
            ],
        ),
        (
            "double keys, merge keys and tags",
            one.clone() + "x-a: &a {b: 1}\nx-b: {<<: *a, c: 2}\nx-c: !thing 1\nx-c: .inf\n",
            &[
                "7:6: warning: the tag !thing is not understood; the value is read without it",
                "8:6: warning: .inf cannot be written in JSON; use a finite number; it is read as a text",
                "8:1: warning: the key `x-c` stands twice in this mapping; the last one counts",
            ],
        ),
    ] {
        let expected: Vec<String> = expected.iter().map(|one| format!("acme.yaml:{one}")).collect();
        assert_eq!(warnings(&document(&lines)), expected, "{name}");
    }
    let merged = document(&(one + "x-a: &a {b: 1, c: 1}\nx-b: {<<: *a, c: 2}\n"));
    assert_eq!(rest(&merged).extensions["x-b"], json!({"c": 2, "b": 1}));
}

#[test]
fn what_was_meant_is_read() {
    let document = document(
        "paths:\n  - users/{id}:\n      parameters: {page: {in: query}}\n      Get: {responses: [{status: 200, description: ok}]}\n\
         components: {schemas: {A: {properties: [{name: a, enum: x}], required: a}}}\n",
    );
    let rest = rest(&document);
    let operation = &rest.operations[0];
    assert_eq!((operation.method.as_str(), operation.path.as_str()), ("GET", "/users/{id}"));
    let names: Vec<(&str, bool)> =
        operation.parameters.iter().map(|one| (one.name.as_str(), one.required)).collect();
    assert_eq!(names, [("page", false), ("id", true)]);
    assert_eq!(operation.responses[0].status, "200");
    let opener = Opener::new(&rest.root);
    let shape = opener.open(&opener.find("/components/schemas/A").unwrap());
    assert_eq!(shape.required, ["a"]);
    assert_eq!(opener.open(&shape.members["a"]).choices, Some(vec![&json!("x")]));
}

#[test]
fn json_has_places_and_letters_of_every_kind() {
    let text = "\u{feff}{\"openapi\": \"3.1.0\",\n \"info\": {\"title\": \"\\ud83d\\ude00 \\ud83d\", \"version\": \"1\"},\n\
                \"info\": {\"title\": \"\\ud83d\\ude00 \\ud83d\", \"version\": \"1\"},\n\
                \"paths\": {\"a\": {\"get\": {\"summary\": \"s\", \"responses\": {\"200\": {\"description\": \"\"}}}}}}";
    let document = parse("acme.json", text).unwrap();
    assert_eq!(rest(&document).title, "\u{1f600} \u{fffd}");
    assert_eq!(
        warnings(&document),
        [
            "acme.json:2:20: warning: the text has half of a letter, which is read as U+FFFD",
            "acme.json:3:19: warning: the text has half of a letter, which is read as U+FFFD",
            "acme.json:3:1: warning: the key `info` stands twice in this object; the last one counts",
            "acme.json:4:11: warning: the path `a` does not begin with `/`, which is added (at /paths/a)",
        ]
    );
}

#[test]
fn what_cannot_be_read_says_why() {
    let deep = format!("{{\"openapi\": {}1{}}}", "[".repeat(200), "]".repeat(200));
    let mut wide = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..9 {
        let list = vec![format!("*a{}", level - 1); 10].join(", ");
        let _ = writeln!(wide, "a{level}: &a{level} [{list}]");
    }
    for (text, expected) in [
        ("", "the file is empty; expected a document that describes an API"),
        (
            "{\"openapi\": \"3.0.0\", \"paths\": {\"/a\": ",
            "1:38: error: not valid JSON: the text ends too early",
        ),
        ("openapi: 3.0.0\npaths: [", "not valid YAML"),
        (deep.as_str(), "nested deeper than 128 levels"),
        (wide.as_str(), "the aliases make the document too large"),
        ("openapi: 4.0.0\npaths: {/a: {get: {}}}", "the version `4.0.0` is not understood"),
        ("swagger: '1.2'\napis: []", "the version `1.2` is not understood"),
        ("openapi: 3.1.0\nwebhooks: {a: {post: {}}}", "only webhooks"),
        ("openapi: 3.1.0\npaths: {}", "`paths` is empty"),
        ("openapi: 3.1.0\npaths: {/a: {summary: s}}", "its paths have no methods"),
        ("a: b", "this is no document that is understood"),
    ] {
        let error = parse("acme", text).unwrap_err().to_string();
        assert!(error.starts_with("acme: ") && error.contains(expected), "{text:.40}: {error}");
    }
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

#[test]
fn a_document_may_have_many_files() {
    let parent = tempfile::tempdir().unwrap();
    let folder = &parent.path().join("api");
    write(parent.path(), "secret.yaml", "type: string");
    write(
        folder,
        "acme.yaml",
        "openapi: 3.1.0\ninfo: {title: Acme, version: '1'}\npaths:\n  /users: {$ref: paths/users.yaml}\n\
         components:\n  schemas:\n    Id: {type: string}\n    Out: {$ref: ../secret.yaml}\n    Lost: {$ref: lost.yaml}\n",
    );
    write(
        folder,
        "paths/users.yaml",
        "get:\n  summary: Users.\n  responses:\n    '200':\n      description: ok\n      content:\n        application/json:\n          \
         schema: {type: array, items: {$ref: '../schemas/all.json#/User'}}\n  parameters: [{$ref: '#/page'}]\n\
         page: {name: page, in: query, required: 'true', schema: {$ref: '../acme.yaml#/components/schemas/Id'}}\n",
    );
    write(
        folder,
        "schemas/all.json",
        r##"{"User": {"type": "object", "properties": {"friend": {"$ref": "#/User"}, "id": {"$ref": "../acme.yaml#/components/schemas/Id"}},
            "discriminator": {"propertyName": "id", "mapping": {"a": "#/User"}}}}"##,
    );
    let documents = read(&folder.join("acme.yaml")).unwrap();
    assert_eq!(
        warnings(&documents[0]),
        [
            "acme.yaml:8:11: warning: the reference leads to `../secret.yaml`, which is outside the folder of the document (at /components/schemas/Out/$ref)",
            "acme.yaml:9:12: warning: the reference leads to the file `lost.yaml`, which cannot be read: No such file or directory (os error 2) (at /components/schemas/Lost/$ref)",
            "paths/users.yaml:10:31: warning: `required` is the text `true`; it is read as true (at /page/required)",
        ]
    );
    let rest = rest(&documents[0]);
    assert!(rest.extensions.is_empty());
    let operation = &rest.operations[0];
    assert_eq!(
        (operation.parameters[0].name.as_str(), operation.parameters[0].required),
        ("page", true)
    );
    let opener = Opener::new(&rest.root);
    let schema = operation.responses[0].contents[0].schema.as_ref().unwrap();
    let mut shape = opener.open(&Schema::One(schema));
    shape = opener.open(&shape.items.unwrap());
    for _ in 0..5 {
        assert_eq!(shape.members.keys().copied().collect::<Vec<_>>(), ["friend", "id"]);
        shape = opener.open(&shape.members["friend"]);
    }
    let definitions = Definitions::new(&rest.root);
    let schema = definitions.schema(schema);
    assert_eq!(
        schema,
        json!({"type": "array", "items": {"$ref": "#/components/schemas/all_User"}})
    );
    let needed = definitions.needed([&schema]);
    assert_eq!(needed.keys().collect::<Vec<_>>(), ["Id", "all_User"]);
    assert_eq!(
        needed["all_User"]["discriminator"]["mapping"]["a"],
        "#/components/schemas/all_User"
    );
}

#[cfg(unix)]
#[test]
fn links_do_not_lead_out_of_the_folder() {
    let parent = tempfile::tempdir().unwrap();
    let folder = &parent.path().join("api");
    write(parent.path(), "secret.yaml", "type: string");
    write(
        folder,
        "acme.yaml",
        "openapi: 3.1.0\ninfo: {title: Acme, version: '1'}\npaths: {/a: {get: {summary: s, responses: {200: {$ref: link.yaml}}}}}\n",
    );
    std::os::unix::fs::symlink("../secret.yaml", folder.join("link.yaml")).unwrap();
    let documents = read(&folder.join("acme.yaml")).unwrap();
    let found = warnings(&documents[0]);
    assert!(found[0].contains("it is a link to a file outside the folder"), "{found:?}");
}

//! Arguments of which at least one has to be given.

use airbyte_agent_engine::{Client, Credentials, ErrorKind, Local};
use airbyte_agent_spec::Spec;
use serde_json::{Value, json};

const SPEC: &str = r"
openapi: 3.1.0
info: {title: Post, version: '1'}
servers: [{url: 'https://post.test'}]
security: [{key: []}]
components:
  securitySchemes:
    key: {type: http, scheme: bearer}
  schemas:
    Place:
      type: object
      x-agent-at-least-one: [street, box]
      properties: {street: {type: string}, box: {type: integer}, city: {type: string}}
paths:
  /letters:
    post:
      x-airbyte-entity: letters
      x-airbyte-action: create
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [to]
              x-agent-at-least-one: [text, pages]
              properties:
                to: {$ref: '#/components/schemas/Place'}
                text: {type: string}
                pages: {type: array, items: {type: string}}
      responses: {'200': {description: The letter.}}
";

/// What the refusal says; `None` where the call would be sent.
fn refusal(arguments: Value) -> Option<String> {
    let connector = Spec::parse(SPEC).and_then(|spec| spec.lower()).unwrap();
    let local = Local::new(Credentials::new().field("token", "secret-of-a-test"));
    let client = Client::local(connector, local).unwrap();
    let call = client.execute("letters", "create", arguments).into_call().unwrap();
    let error = call.dry_run().err()?;
    assert_eq!(error.kind(), ErrorKind::Validation);
    Some(error.message().to_owned())
}

#[test]
fn a_call_without_any_of_a_group_is_refused() {
    for (arguments, expected) in [
        (json!({"to": {"box": 7}, "text": "Hello"}), None),
        (json!({"to": {"street": "Elm", "box": 7}, "pages": ["one"]}), None),
        (json!({"to": {"box": 7}}), Some("at least one of 'text', 'pages' is needed")),
        (json!({"to": {"box": 7}, "text": null}), Some("at least one of 'text', 'pages'")),
        (
            json!({"to": {"city": "Ulm"}, "text": "Hello"}),
            Some("at least one of 'to.street', 'to.box' is needed"),
        ),
        (json!({"text": "Hello"}), Some("missing required body field 'to'")),
    ] {
        let told = refusal(arguments.clone());
        assert_eq!(told.is_some(), expected.is_some(), "{arguments}: {told:?}");
        assert!(told.unwrap_or_default().contains(expected.unwrap_or_default()), "{arguments}");
    }
}

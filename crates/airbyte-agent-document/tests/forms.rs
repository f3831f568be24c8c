//! What documents of every form say, in one form.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use airbyte_agent_document::{
    Api, FlowKind, Operation, Place, Requirement, Rest, SchemeKind, Style, parse,
};
use serde_json::json;

fn rest(text: &str) -> Rest {
    match parse("acme.yaml", text).unwrap().api {
        Api::Rest(rest) => rest,
        #[cfg(feature = "graphql")]
        Api::GraphQl(_) => panic!("expected operations"),
    }
}

const OPENAPI: &str = r"
openapi: 3.0.3
info: {title: Acme, version: 2, description: All of Acme., x-logo: {url: a}}
x-rate: 5
servers:
  - url: https://{region}.acme.test/v1
    description: By region.
    variables: {region: {default: eu, enum: [eu, us], description: The region.}}
security: [{key: []}]
tags: [{name: users, description: People., x-group: a}]
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key, description: Your key.}
    login: {type: http, scheme: BASIC}
    token: {type: http, scheme: bearer, bearerFormat: JWT}
    digest: {type: http, scheme: Digest}
    oauth:
      type: oauth2
      flows:
        authorizationCode: {authorizationUrl: 'https://a.test/a', tokenUrl: 'https://a.test/t', scopes: {read: Reads.}}
        clientCredentials: {tokenUrl: 'https://a.test/t', scopes: {}}
    oidc: {type: openIdConnect, openIdConnectUrl: 'https://a.test/o'}
    cert: {type: mutualTLS}
  parameters:
    limit: {name: limit, in: query, description: How many., schema: {type: integer}, example: 5, x-max: 100}
paths:
  /users/{id}:
    servers: [{url: /other}]
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
      - {name: expand, in: query, schema: {type: array}}
    get:
      operationId: getUser
      summary: A user.
      description: Gives one user.
      tags: [users]
      security: []
      x-own: true
      parameters:
        - {name: expand, in: query, deprecated: true, style: form, explode: false, schema: {type: array, items: {type: string}}}
        - {name: filter, in: query, content: {application/json: {schema: {type: object}}}}
        - {name: deep, in: query, style: deepObject, schema: {type: object}}
        - {$ref: '#/components/parameters/limit'}
      responses:
        '200':
          description: The user.
          headers: {X-Next: {schema: {type: string}}}
          content: {application/json; charset=utf-8: {schema: {type: object}}}
          links: {friends: {operationId: friends, parameters: {id: '$response.body#/id'}}}
        '404': {description: There is none.}
        default: {description: Anything else.}
    put:
      security: [{oauth: [read], key: []}, {}]
      requestBody:
        required: true
        description: The user.
        content: {multipart/form-data: {schema: {type: object}, encoding: {photo: {contentType: image/png}}}}
      responses: {default: {description: Done.}}
";

#[test]
fn openapi_3_is_read_with_all_that_it_says() {
    let rest = rest(OPENAPI);
    assert_eq!((rest.title.as_str(), rest.version.as_str()), ("Acme", "2"));
    assert_eq!(rest.description, "All of Acme.");
    assert_eq!(rest.extensions["x-rate"], 5);
    assert_eq!(rest.info_extensions["x-logo"], json!({"url": "a"}));
    let server = &rest.servers[0];
    assert_eq!(
        (server.url.as_str(), server.description.as_str()),
        ("https://{region}.acme.test/v1", "By region.")
    );
    let region = &server.variables[0];
    assert_eq!((region.name.as_str(), region.default.as_str()), ("region", "eu"));
    assert_eq!((region.choices.len(), region.description.as_str()), (2, "The region."));
    assert_eq!(
        (rest.tags[0].name.as_str(), rest.tags[0].description.as_str()),
        ("users", "People.")
    );
    let [get, put] = &rest.operations[..] else { panic!("expected two operations") };
    assert_eq!((get.id.as_str(), get.summary.as_str()), ("getUser", "A user."));
    assert_eq!(
        (get.description.as_str(), get.tags.join(",").as_str()),
        ("Gives one user.", "users")
    );
    assert_eq!(get.extensions["x-own"], true);
    assert_eq!((get.servers[0].url.as_str(), get.bases[0].as_str()), ("/other", "/other"));
    // An operation may say that it needs nothing, which is not the same as saying nothing.
    assert_eq!(get.security, Some(Vec::new()));
    let both = vec![("oauth".to_owned(), vec!["read".to_owned()]), ("key".to_owned(), Vec::new())];
    let needed = vec![Requirement { schemes: both }, Requirement::default()];
    assert_eq!(put.security, Some(needed));
    let ok = &get.responses[0];
    assert_eq!((ok.status.as_str(), ok.description.as_str()), ("200", "The user."));
    assert_eq!(
        (ok.headers.join(",").as_str(), ok.contents[0].media_type.as_str()),
        ("X-Next", "application/json")
    );
    assert_eq!(
        (ok.links[0].name.as_str(), ok.links[0].operation_id.as_str()),
        ("friends", "friends")
    );
    assert_eq!(ok.links[0].parameters["id"], "$response.body#/id");
    let failures: Vec<&str> = get.failures.iter().map(|one| one.status.as_str()).collect();
    assert_eq!(failures, ["404", "default"]);
    assert_eq!((put.responses[0].status.as_str(), put.failures.len()), ("default", 0));
    let body = put.body.as_ref().unwrap();
    assert_eq!((body.required, body.description.as_str()), (true, "The user."));
    assert_eq!(body.contents[0].encoding["photo"], json!({"contentType": "image/png"}));
}

#[test]
fn parameters_of_a_path_count_unless_the_operation_has_its_own() {
    let rest = rest(OPENAPI);
    let get = &rest.operations[0];
    let shown: Vec<_> = get
        .parameters
        .iter()
        .map(|one| (one.name.as_str(), one.place, one.style, one.explode))
        .collect();
    assert_eq!(
        shown,
        [
            ("id", Place::Path, Style::Simple, false),
            ("expand", Place::Query, Style::Form, false),
            ("filter", Place::Query, Style::Form, true),
            ("deep", Place::Query, Style::DeepObject, false),
            ("limit", Place::Query, Style::Form, true),
        ]
    );
    let [_, expand, filter, _, limit] = &get.parameters[..] else { panic!("expected five") };
    assert!(expand.deprecated);
    assert_eq!(filter.media_type.as_deref(), Some("application/json"));
    assert_eq!(filter.schema, json!({"type": "object"}));
    assert_eq!((limit.description.as_str(), limit.example.clone()), ("How many.", Some(json!(5))));
    assert_eq!(limit.extensions["x-max"], 100);
    // The other operation has those of the path alone.
    assert_eq!(rest.operations[1].parameters.len(), 2);
}

#[test]
fn every_way_to_authenticate_is_known_by_its_kind() {
    let swagger = r"
swagger: '2.0'
info: {title: Acme, version: '1'}
securityDefinitions:
  key: {type: apiKey, in: query, name: token}
  login: {type: basic}
  oauth: {type: oauth2, flow: accessCode, authorizationUrl: a, tokenUrl: t, scopes: {read: Reads.}}
  app: {type: oauth2, flow: application, tokenUrl: t, scopes: {}}
  new: {type: telepathy}
paths: {/a: {get: {responses: {200: {description: ok}}}}}
";
    let shown = |rest: &Rest| -> Vec<String> {
        let kind = |kind: &SchemeKind| match kind {
            SchemeKind::ApiKey { name, place } => format!("key {name} in {place:?}"),
            SchemeKind::OAuth2 { flows } => {
                let flows = flows
                    .iter()
                    .map(|flow| (flow.kind, flow.token_url.as_str(), flow.scopes.len()));
                format!("{:?}", flows.collect::<Vec<(FlowKind, &str, usize)>>())
            }
            other => format!("{other:?}"),
        };
        rest.schemes.iter().map(|one| format!("{}: {}", one.name, kind(&one.kind))).collect()
    };
    assert_eq!(
        shown(&rest(OPENAPI)),
        [
            "key: key X-Key in Header",
            "login: Basic",
            "token: Bearer { format: \"JWT\" }",
            "digest: Http { scheme: \"digest\" }",
            "oauth: [(AuthorizationCode, \"https://a.test/t\", 1), (ClientCredentials, \"https://a.test/t\", 0)]",
            "oidc: OpenIdConnect { url: \"https://a.test/o\" }",
            "cert: MutualTls",
        ]
    );
    assert_eq!(
        shown(&rest(swagger)),
        [
            "key: key token in Query",
            "login: Basic",
            "oauth: [(AuthorizationCode, \"t\", 1)]",
            "app: [(ClientCredentials, \"t\", 0)]",
            "new: Other(\"telepathy\")",
        ]
    );
}

const SWAGGER: &str = r"
swagger: '2.0'
info: {title: Old Acme, version: '1'}
host: acme.test
basePath: /api/
schemes: [http, https]
produces: [application/xml, application/hal+json]
parameters:
  page: {name: page, in: query, type: integer}
paths:
  /users:
    parameters: [{$ref: '#/parameters/page'}]
    get:
      parameters:
        - {name: ids, in: query, type: array, items: {type: string}, collectionFormat: pipes, description: The ids.}
        - {name: names, in: query, type: array, items: {type: string}, collectionFormat: multi}
        - {name: kinds, in: query, type: array, items: {type: string}}
      responses:
        200: {description: Users., schema: {type: array, items: {$ref: '#/definitions/User'}}}
        400: {description: No.}
    post:
      consumes: [application/json]
      parameters: [{name: body, in: body, required: true, description: The user., schema: {$ref: '#/definitions/User'}}]
      responses: {201: {description: Made.}}
  /photos:
    post:
      schemes: [wss]
      parameters:
        - {name: photo, in: formData, type: file, required: true}
        - {name: title, in: formData, type: string}
      responses: {200: {description: Done.}}
definitions:
  User: {type: object, properties: {id: {type: string}}}
";

#[test]
fn swagger_2_has_the_same_form() {
    let rest = rest(SWAGGER);
    let urls: Vec<&str> = rest.servers.iter().map(|server| server.url.as_str()).collect();
    assert_eq!(urls, ["https://acme.test/api", "http://acme.test/api"]);
    let [get, post, photos] = &rest.operations[..] else { panic!("expected three") };
    let shown = |operation: &Operation| -> Vec<_> {
        let one =
            |one: &airbyte_agent_document::Parameter| (one.name.clone(), one.style, one.explode);
        operation.parameters.iter().map(one).collect()
    };
    assert_eq!(
        shown(get),
        [
            ("page".to_owned(), Style::Form, false),
            ("ids".to_owned(), Style::PipeDelimited, false),
            ("names".to_owned(), Style::Form, true),
            ("kinds".to_owned(), Style::Form, false),
        ]
    );
    assert_eq!(get.responses[0].contents[0].media_type, "application/hal+json");
    assert_eq!(get.failures[0].description, "No.");
    let body = post.body.as_ref().unwrap();
    assert_eq!((body.required, body.description.as_str()), (true, "The user."));
    assert_eq!(body.contents[0].schema, Some(json!({"$ref": "#/definitions/User"})));
    let body = photos.body.as_ref().unwrap();
    assert_eq!(
        (body.required, body.contents[0].media_type.as_str()),
        (true, "multipart/form-data")
    );
    // No protocol of the operation is one that is spoken, so that the usual one is meant.
    assert_eq!(photos.servers[0].url, "https://acme.test/api");
}

#[test]
fn discovery_documents_have_servers_and_scopes() {
    let rest = rest(
        r#"{"discoveryVersion": "v1", "title": "Drive", "version": "v3", "rootUrl": "https://g.test/", "basePath": "/drive/v3/",
            "auth": {"oauth2": {"scopes": {"https://g.test/read": {"description": "Reads."}}}},
            "resources": {"files": {"methods": {"list": {"httpMethod": "GET", "path": "files", "description": "Files.",
                "scopes": ["https://g.test/read"], "response": {"$ref": "FileList"}}}}}}"#,
    );
    assert_eq!(
        (rest.title.as_str(), rest.servers[0].url.as_str()),
        ("Drive", "https://g.test/drive/v3")
    );
    let list = &rest.operations[0];
    assert_eq!(list.description, "Files.");
    let needed = vec![("oauth2".to_owned(), vec!["https://g.test/read".to_owned()])];
    assert_eq!(list.security, Some(vec![Requirement { schemes: needed }]));
    assert!(
        matches!(&rest.schemes[0].kind, SchemeKind::OAuth2 { flows } if flows[0].scopes.len() == 1)
    );
}

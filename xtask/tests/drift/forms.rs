//! One API in every kind of document.

use airbyte_agent_document as vendor;

use super::{SPEC, VENDOR, compare, ids, packed, with};

const SWAGGER: &str = r##"{
  "swagger": "2.0", "info": {"version": "2"}, "basePath": "/v1", "consumes": ["application/json"],
  "parameters": {"Version": {"name": "acme-version", "in": "header", "type": "string", "enum": ["1", "2"]}},
  "definitions": {
    "User": {"type": "object", "properties": {
      "id": {"type": "string"}, "role": {"type": "string", "enum": ["admin", "guest"]},
      "hidden": {"type": "boolean"}, "address": {"$ref": "#/definitions/Address"}}},
    "Address": {"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}}}
  },
  "paths": {
    "/users": {
      "get": {
        "parameters": [
          {"$ref": "#/parameters/Version"},
          {"name": "after", "in": "query", "type": "string"},
          {"name": "limit", "in": "query", "type": "integer", "minimum": 1, "maximum": 100, "default": 20},
          {"name": "role", "in": "query", "type": "string", "enum": ["admin", "guest"]},
          {"name": "ids", "in": "query", "type": "array", "collectionFormat": "csv", "items": {"type": "string"}}
        ],
        "responses": {"200": {"schema": {"type": "object", "properties": {
          "users": {"type": "array", "items": {"$ref": "#/definitions/User"}},
          "page": {"type": "object", "properties": {"next": {"type": "string"}, "total": {"type": "integer"}}}
        }}}}
      },
      "post": {
        "parameters": [{"name": "body", "in": "body", "required": true, "schema": {
          "type": "object", "required": ["name"], "properties": {
            "name": {"type": "string"}, "age": {"type": "integer"}, "address": {"$ref": "#/definitions/Address"}}
        }}],
        "responses": {"201": {"schema": {"$ref": "#/definitions/User"}}}
      }
    },
    "/users/{user_id}": {
      "get": {
        "parameters": [{"name": "user_id", "in": "path", "required": true, "type": "string"}],
        "responses": {"200": {"schema": {"$ref": "#/definitions/User"}}}
      }
    }
  }
}"##;

const DISCOVERY: &str = r#"{
  "discoveryVersion": "v1", "version": "2", "basePath": "/v1/",
  "parameters": {"acme-version": {"location": "header", "type": "string", "enum": ["1", "2"]}},
  "schemas": {
    "User": {"type": "object", "properties": {
      "id": {"type": "string"}, "role": {"type": "string", "enum": ["admin", "guest"]},
      "hidden": {"type": "boolean"}, "address": {"$ref": "Address"}}},
    "NewUser": {"type": "object", "required": ["name"], "properties": {
      "name": {"type": "string"}, "age": {"type": "integer"}, "address": {"$ref": "Address"}}},
    "Address": {"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}}},
    "UserList": {"type": "object", "properties": {
      "users": {"type": "array", "items": {"$ref": "User"}},
      "page": {"type": "object", "properties": {"next": {"type": "string"}, "total": {"type": "integer"}}}}}
  },
  "resources": {"account": {"resources": {"users": {"methods": {
    "list": {
      "httpMethod": "GET", "path": "users", "response": {"$ref": "UserList"},
      "parameters": {
        "after": {"location": "query", "type": "string"},
        "limit": {"location": "query", "type": "integer", "minimum": "1", "maximum": "100", "default": "20"},
        "role": {"location": "query", "type": "string", "enum": ["admin", "guest"]},
        "ids": {"location": "query", "type": "string", "repeated": true}
      }
    },
    "insert": {
      "httpMethod": "POST", "path": "users", "request": {"$ref": "NewUser"}, "response": {"$ref": "User"}
    },
    "get": {
      "httpMethod": "GET", "path": "users/{+userId}", "response": {"$ref": "User"},
      "parameters": {"userId": {"location": "path", "required": true, "type": "string"}}
    }
  }}}}}
}"#;

#[test]
fn every_form_says_the_same() {
    for (name, text, from, to) in [
        ("acme.yaml", VENDOR, "{name: after, in: query", "{name: from, in: query"),
        ("acme.json.gz", SWAGGER, r#"{"name": "after""#, r#"{"name": "from""#),
        ("acme.json", DISCOVERY, r#""after": {"location""#, r#""from": {"location""#),
    ] {
        assert_eq!(ids(&compare(SPEC, &[(name, text)])), [""; 0], "{name}");
        let report = compare(SPEC, &[(name, &with(text, from, to))]);
        assert_eq!(ids(&report), ["users.list/argument-unknown:after"], "{name}");
    }
}

#[test]
fn an_archive_holds_several_documents() {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = tar::Builder::new(Vec::new());
    // Each describes a part of the API.
    let (list, get) = VENDOR.split_once("  /users/{user_id}:\n").unwrap();
    let (get, components) = get.split_once("components:\n").unwrap();
    let one = format!("{list}components:\n{components}");
    let start = list.split_once("paths:\n").unwrap().0;
    let two = format!("{start}paths:\n  /users/{{user_id}}:\n{get}components:\n{components}");
    for (name, text) in
        [("./one.yaml", one.as_str()), ("./two.yml", &two), ("./LICENCE.txt", "Free.")]
    {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        archive.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    let path = folder.path().join("acme.tar.gz");
    std::fs::write(&path, packed(&archive.into_inner().unwrap())).unwrap();
    let documents = vendor::read(&path).unwrap();
    let names: Vec<&str> = documents.iter().map(|document| document.name.as_str()).collect();
    assert_eq!(names, ["acme.tar.gz:one.yaml", "acme.tar.gz:two.yml"]);
    let spec = super::written(folder.path(), "spec.yaml", SPEC);
    let report = xtask::drift::drift(&spec, &[path]).unwrap();
    assert_eq!((ids(&report), report.compared.len()), (Vec::new(), 3));
}

#[test]
fn objects_and_edges_are_operations() {
    let spec = SPEC
        .split_once("paths:\n")
        .map(|(start, _)| {
            format!(
                "{start}paths:
  /{{account_id}}/users:
    get:
      summary: List users
      description: Returns users.
      x-airbyte-entity: users
      x-airbyte-action: list
      x-airbyte-record-extractor: $.data
      x-agent-pagination: {{cursor: {{from: $.paging.cursors.after, into: after}}}}
      parameters:
        - {{name: account_id, in: path, required: true, description: Account., schema: {{type: string}}}}
        - {{name: after, in: query, description: Token., schema: {{type: string}}}}
        - {{name: team, in: query, description: Team., schema: {{type: string}}}}
        - {{name: role, in: query, description: Role., schema: {{type: string, enum: [admin, guest]}}}}
      responses:
        '200':
          description: Users.
          content:
            application/json:
              schema:
                type: object
                properties: {{data: {{type: array, items: {{$ref: '#/components/schemas/User'}}}}}}
"
            )
        })
        .unwrap();
    let account = r#"{"apis": [{"method": "GET", "endpoint": "users", "return": "User", "params": [
        {"name": "role", "required": false, "type": "user_role_enum"}]}], "fields": []}"#;
    let user = r#"{"fields": [{"name": "id", "type": "string"}, {"name": "role", "type": "user_role_enum"},
        {"name": "address", "type": "Object"}]}"#;
    let enums =
        r#"[{"name": "user_role_enum", "node": "User", "values": ["admin", "guest", "owner"]}]"#;
    let folder = tempfile::tempdir().unwrap();
    let mut archive = tar::Builder::new(Vec::new());
    for (name, text) in [("Account.json", account), ("User.json", user), ("enums.json", enums)] {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        archive.append_data(&mut header, name, text.as_bytes()).unwrap();
    }
    let path = folder.path().join("acme.tar");
    std::fs::write(&path, archive.into_inner().unwrap()).unwrap();
    let spec = super::written(folder.path(), "spec.yaml", &spec);
    let report = xtask::drift::drift(&spec, &[path]).unwrap();
    assert_eq!(
        ids(&report),
        [
            "users.list/argument-unknown:team",
            "users.list/enum-narrower:role",
            "users.list/field-unknown:hidden",
            "users.list/field-enum:role",
        ]
    );
}

#[test]
fn what_is_not_a_document_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str, text: &str| {
        vendor::read(&super::written(folder.path(), name, text)).unwrap_err().to_string()
    };
    assert!(read("a.json", "{}").starts_with("a.json: this is no document that is understood"));
    assert!(read("a.yaml", "a: [").starts_with("a.yaml: neither JSON nor YAML that can be read"));
    let message = read("a.yml", "openapi: 3.0.0");
    assert!(message.starts_with("a.yml: the document describes no operations"), "{message}");
    assert!(vendor::read(&folder.path().join("none.json")).is_err());
    let broken = folder.path().join("broken.gz");
    std::fs::write(&broken, b"no gzip").unwrap();
    assert!(vendor::read(&broken).is_err());
}

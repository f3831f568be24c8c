//! Fields that a vendor's customers define themselves: settable in typed requests and readable from
//! typed records, by every vendor that has them.
#![cfg(all(feature = "all", feature = "typed"))]
#![allow(clippy::unwrap_used, reason = "tests stop where they fail")]

use airbyte_agent::core::{DryRun, TypedConnector};
use airbyte_agent::serde_json::{self, Value, json};
use airbyte_agent::{Credentials, Local, Result};

/// A connector whose requests are looked at and never sent.
fn dry<C: TypedConnector>(credentials: &[&str], config: &[(&str, &str)]) -> C {
    let fields = credentials.iter();
    let credentials =
        fields.fold(Credentials::new(), |all, name| all.field(*name, "secret-of-a-test"));
    let local = config
        .iter()
        .fold(Local::new(credentials), |local, (key, value)| local.config(*key, *value));
    C::from_client(airbyte_agent::Client::local(C::description(), local).unwrap())
}

/// The body that would be sent.
fn body(request: Result<DryRun>) -> Value {
    let request = serde_json::to_value(request.unwrap()).unwrap();
    match &request["body"] {
        Value::String(text) => serde_json::from_str(text).unwrap(),
        body => body.clone(),
    }
}

#[test]
fn hubspot_properties() {
    use airbyte_agent::hubspot::{HubspotConnector, types};
    let hubspot: HubspotConnector = dry(&["private_app_token"], &[]);
    let properties = types::ContactPropertiesInput::new()
        .email("ada@example.com")
        .param("favourite_colour", "green");
    let sent = body(hubspot.contacts().create().properties(properties).dry_run());
    assert_eq!(sent["properties"]["favourite_colour"], "green");
    let read = json!({"id": "1", "properties": {"email": "a@b.c", "favourite_colour": "green"}});
    let contact: types::Contact = serde_json::from_value(read).unwrap();
    assert_eq!(contact.properties.unwrap().extra["favourite_colour"], "green");
}

#[test]
fn salesforce_fields_and_objects() {
    use airbyte_agent::salesforce::{SalesforceConnector, types};
    let salesforce: SalesforceConnector = dry(
        &["client_id", "client_secret", "refresh_token"],
        &[("instance_url", "https://acme.my.salesforce.com")],
    );
    let account = salesforce.accounts().create().name("Acme").param("Region__c", "North");
    assert_eq!(body(account.dry_run()), json!({"Name": "Acme", "Region__c": "North"}));
    let object = salesforce.sobjects().create("Shipment__c").param("Weight__c", 12.5);
    let request = serde_json::to_value(object.dry_run().unwrap()).unwrap();
    assert!(request["url"].as_str().unwrap().ends_with("/sobjects/Shipment__c"), "{request}");
    assert_eq!(body(object.dry_run()), json!({"Weight__c": 12.5}));
    // Null empties a field, one that the spec does not know as well.
    let emptied = salesforce.accounts().update("001").param("Region__c", Value::Null);
    assert_eq!(body(emptied.dry_run()), json!({"Region__c": null}));
    let read = json!({"Id": "001", "Region__c": "North"});
    let account: types::Account = serde_json::from_value(read).unwrap();
    assert_eq!(account.extra["Region__c"], "North");
}

#[test]
fn jira_custom_fields() {
    use airbyte_agent::jira::{JiraConnector, types};
    let jira: JiraConnector = dry(&["username", "password"], &[("subdomain", "acme")]);
    let fields = types::IssueFieldsInput::new(
        types::IssueFieldsInputProject::new().key("OPS"),
        types::IssueFieldsInputIssuetype::new().name("Task"),
        "Replace the pump",
    )
    .param("customfield_10010", 5);
    let sent = body(jira.issues().create().fields(fields).dry_run());
    assert_eq!(sent["fields"]["customfield_10010"], 5);
    let read = json!({"id": "1", "fields": {"summary": "x", "customfield_10010": {"value": "a"}}});
    let issue: types::Issue = serde_json::from_value(read).unwrap();
    assert_eq!(issue.fields.unwrap().extra["customfield_10010"]["value"], "a");
}

#[test]
fn airtable_fields() {
    use airbyte_agent::airtable::types;
    let read = json!({"id": "rec1", "fields": {"Name": "Pump", "In stock": true}});
    let record: types::Record = serde_json::from_value(read.clone()).unwrap();
    assert_eq!(serde_json::to_value(&record).unwrap(), read);
}

#[test]
fn zendesk_custom_fields() {
    use airbyte_agent::zendesk_support::{ZendeskSupportConnector, types};
    let zendesk: ZendeskSupportConnector = dry(&["email", "api_token"], &[("subdomain", "acme")]);
    let field = types::TicketCreateInputCustomField::new().id(360_001).value(json!(["a", "b"]));
    let ticket = types::TicketCreateInput::new("It leaks").custom_fields([field]);
    let sent = body(zendesk.tickets().create().ticket(ticket).dry_run());
    let expected = json!([{"id": 360_001, "value": ["a", "b"]}]);
    assert_eq!(sent["ticket"]["custom_fields"], expected);
    let read = json!({"id": 1, "custom_fields": [{"id": 360_001, "value": true}]});
    let ticket: types::Ticket = serde_json::from_value(read.clone()).unwrap();
    assert_eq!(serde_json::to_value(&ticket).unwrap(), read);
}

#[test]
fn shopify_metafields() {
    use airbyte_agent::shopify::{ShopifyConnector, types};
    let shopify: ShopifyConnector = dry(&["api_key"], &[("shop", "acme")]);
    let input = types::CustomerCreateInput::new()
        .email("ada@example.com")
        .param("metafields", json!([{"namespace": "care", "key": "level", "value": "gold"}]));
    let sent = body(shopify.customers().create().input(input).dry_run());
    assert_eq!(sent["variables"]["input"]["metafields"][0]["key"], "level");
    let read = json!({"id": 1, "metafield": {"value": "gold"}});
    let customer: types::Customer = serde_json::from_value(read.clone()).unwrap();
    assert_eq!(serde_json::to_value(&customer).unwrap(), read);
}

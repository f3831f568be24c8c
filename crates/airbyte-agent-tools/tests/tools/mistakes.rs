//! Mistakes that models make with the connectors of this repository. The message of each holds the line that
//! mends it, and the call with this line reaches the vendor.

use airbyte_agent_description::Connector;
use airbyte_agent_engine::testing::Mock;
use airbyte_agent_tools::{ClientTools as _, Exposure};
use serde_json::{Map, Value, json};

fn connector(slug: &str) -> Connector {
    let path = format!("{}/../../specs/{slug}.yaml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    airbyte_agent_spec::Spec::parse(&text)
        .and_then(|spec| spec.lower())
        .unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// A call with a mistake: tool, arguments, what is said, and the arguments that are mended by it.
type Mistake = (&'static str, Value, &'static str, Value);

fn jira() -> Vec<Mistake> {
    let jql =
        "project = APOLLO AND statusCategory != Done AND updated >= -7d ORDER BY updated DESC";
    let create = json!({"project": {"key": "A"}, "issuetype": {"name": "Bug"}, "summary": "Login"});
    vec![
        (
            "jira_issues_search",
            json!({"jql": "status = In Progress"}),
            "at character 10: a value is expected, found the keyword 'In'; put a text in quotation marks: \"In Progress\"",
            json!({"jql": "status = \"In Progress\""}),
        ),
        (
            "jira_issues_search",
            json!({"jql": "assignee = me@acme.com AND"}),
            "; write jql: \"project = APOLLO",
            json!({"jql": jql}),
        ),
        (
            "jira_issues_search",
            json!({"jql": "ORDER BY created"}),
            "a restriction is missing",
            json!({"jql": jql}),
        ),
        (
            "jira_issues_search",
            json!({"jql": jql, "expand": "changelogs"}),
            "there is no 'changelogs', did you mean 'changelog'?",
            json!({"jql": jql, "expand": "changelog"}),
        ),
        (
            "jira_issues_search",
            json!({"jql": jql, "limit": 20}),
            "unknown argument 'limit': the number of records is set by 'max_records'",
            json!({"jql": jql, "max_records": 20}),
        ),
        (
            "jira_issues_search",
            json!({"jql": jql, "page_token": "x"}),
            "unknown argument 'page_token': a list continues with 'cursor'",
            json!({"jql": jql}),
        ),
        (
            "jira_issues_create",
            create.clone(),
            "put these inside 'fields'; write fields: {\"project\": {\"key\": \"A\"}, \"issuetype\": {\"name\": \"Bug\"}, \"summary\": \"Login\"}",
            json!({"fields": create}),
        ),
        (
            "jira_issues_create",
            json!({"body": {"fields": create}}),
            "unknown argument 'body': pass 'fields' without it, as arguments",
            json!({"fields": create}),
        ),
    ]
}

fn stripe() -> Vec<Mistake> {
    vec![
        (
            "stripe_charges_list",
            json!({"created": "yesterday"}),
            "'created' must be an object, got a string \"yesterday\"; write created: {\"gte\": 1740787200, ",
            json!({"created": {"gte": 1_740_787_200}}),
        ),
        (
            "stripe_charges_list",
            json!({"created": {"gte": 1_740_787_200_000_u64}}),
            "a time in Unix seconds, such as 1740787200",
            json!({"created": {"gte": 1_740_787_200}}),
        ),
        (
            "stripe_charges_list",
            json!({"gte": 1_740_787_200}),
            "unknown argument 'gte': put it inside 'created'; write created: {\"gte\": 1740787200}",
            json!({"created": {"gte": 1_740_787_200}}),
        ),
        (
            "stripe_customers_search",
            json!({"query": "ann@acme.com"}),
            "; write query: \"name~\\\"acme\\\" AND created>1740787200\"",
            json!({"query": "name~\"acme\" AND created>1740787200"}),
        ),
        (
            "stripe_customers_search",
            json!({"query": "mail:\"ann@acme.com\""}),
            "'mail' cannot be searched, did you mean 'email'",
            json!({"query": "email:\"ann@acme.com\""}),
        ),
    ]
}

fn hubspot() -> Vec<Mistake> {
    let filters = json!([{"filters": [{"propertyName": "email", "operator": "EQ", "value": "a"}]}]);
    vec![
        (
            "hubspot_contacts_search",
            json!({"filterGroups": {"propertyName": "email"}}),
            "; write filterGroups: [{\"filters\": [{",
            json!({"filterGroups": filters}),
        ),
        (
            "hubspot_contacts_search",
            json!({"filters": [{"propertyName": "email", "operator": "EQ", "value": "a"}]}),
            "put it inside 'filterGroups[]'; write filterGroups: [{\"filters\": [{\"propertyName\": \"email\", \"operator\": \"EQ\", \"value\": \"a\"}]}]",
            json!({"filterGroups": filters}),
        ),
        (
            "hubspot_contacts_create",
            json!({"email": "ada@example.com"}),
            "unknown argument 'email': put it inside 'properties'; write properties: {\"email\": \"ada@example.com\"}",
            json!({"properties": {"email": "ada@example.com"}}),
        ),
    ]
}

fn others() -> Vec<Mistake> {
    vec![
        (
            "slack_channel_messages_list",
            json!({"channel": "C1", "oldest": "2025-03-01"}),
            "must be a time in Unix seconds, such as 1740787200, or 'now'",
            json!({"channel": "C1", "oldest": "1740787200"}),
        ),
        (
            "salesforce_query_list",
            json!({"q": "SELECT * FROM Account"}),
            "there is no '*'; name the fields, or write FIELDS(STANDARD)",
            json!({"q": "SELECT FIELDS(STANDARD) FROM Account"}),
        ),
        (
            "salesforce_query_list",
            json!({"q": "SELECT Id FROM Account WHERE Name = \"Acme\""}),
            "texts stand in single quotation marks, as in Name = 'Acme'",
            json!({"q": "SELECT Id FROM Account WHERE Name = 'Acme'"}),
        ),
        (
            "klaviyo_profiles_list",
            json!({"filter": "email = 'ann@acme.com'"}),
            "a filter of the form equals(field,\"value\") is expected: equals(email,\"…\")",
            json!({"filter": "equals(email,\"ann@acme.com\")"}),
        ),
        (
            "google_drive_files_list",
            json!({"q": "name contains \"budget\""}),
            "texts stand in single quotation marks",
            json!({"q": "name contains 'budget'"}),
        ),
        (
            "airtable_records_list",
            json!({"base_id": "app1", "table_id_or_name": "tbl1", "filterByFormula": "AND({Status} = 'Done'"}),
            "the parenthesis '(' is not closed",
            json!({"base_id": "app1", "table_id_or_name": "tbl1", "filterByFormula": "AND({Status} = 'Done')"}),
        ),
        (
            "greenhouse_candidates_list",
            json!({"updated_at": "2025-03-01"}),
            "; write updated_at: \"gte|2025-03-01T00:00:00Z\"",
            json!({"updated_at": "gte|2025-03-01T00:00:00Z"}),
        ),
        (
            "asana_tasks_create",
            json!({"name": "Draft", "due_on": "2025-04-01", "workspace": "1"}),
            "put these inside 'data'; write data: {\"name\": \"Draft\", \"due_on\": \"2025-04-01\", \"workspace\": \"1\"}",
            json!({"data": {"name": "Draft", "due_on": "2025-04-01", "workspace": "1"}}),
        ),
        (
            "asana_tasks_create",
            json!({"data": {"name": "Draft", "due_on": "next Friday", "workspace": "1"}}),
            "'data.due_on' must be a day, such as 2025-03-01, got \"next Friday\"",
            json!({"data": {"name": "Draft", "due_on": "2025-03-01", "workspace": "1"}}),
        ),
        (
            "gong_calls_list",
            json!({"fromDateTime": "last week"}),
            "'fromDateTime' must be an instant in ISO 8601, such as 2025-03-01T00:00:00Z, got \"last week\"; write fromDateTime: \"2025-03-01T00:00:00Z\"",
            json!({"fromDateTime": "2025-03-01T00:00:00Z"}),
        ),
    ]
}

/// The argument that a message shows with a value that works.
fn shown(message: &str) -> Option<(String, Value)> {
    let (name, rest) = message.split("; write ").nth(1)?.split_once(": ")?;
    let value = serde_json::Deserializer::from_str(rest).into_iter::<Value>().next()?.ok()?;
    Some((name.to_owned(), value))
}

#[tokio::test]
async fn every_mistake_is_mended_in_one_step() {
    let all: Vec<Mistake> = [jira(), stripe(), hubspot(), others()].into_iter().flatten().collect();
    assert!(all.len() >= 25);
    let mut failures = Vec::new();
    for slug in [
        "jira",
        "stripe",
        "hubspot",
        "slack",
        "salesforce",
        "klaviyo",
        "google-drive",
        "airtable",
        "greenhouse",
        "asana",
        "gong",
    ] {
        let prefix = format!("{}_", slug.replace('-', "_"));
        let mine: Vec<&Mistake> =
            all.iter().filter(|mistake| mistake.0.starts_with(&prefix)).collect();
        assert!(!mine.is_empty(), "{slug}");
        let description = connector(slug);
        for (tool, wrong, said, mended) in mine {
            let mock = Mock::new();
            let tools = mock.client(description.clone()).tools().exposure(Exposure::PerOperation);
            let error = tools.call(tool, wrong.clone()).await.unwrap_err();
            let text = error.to_string();
            if !text.contains(said) || !mock.calls().is_empty() {
                failures.push(format!("{tool} {wrong}\n  {said}\n  {text}"));
            }
            // What the message shows replaces what was wrong, and works, whatever else is said.
            if let Some((name, value)) = shown(error.message()) {
                let mut arguments: Map<String, Value> = wrong.as_object().cloned().unwrap();
                arguments.retain(|name, _| mended.get(name).is_some());
                arguments.insert(name, value);
                let answer = tools.call(tool, Value::Object(arguments.clone())).await;
                if mock.calls().len() != 1 {
                    failures.push(format!("{tool} {arguments:?}\n  {text}\n  {answer:?}"));
                }
            }
            let calls = mock.calls().len();
            let answer = tools.call(tool, mended.clone()).await;
            if mock.calls().len() != calls + 1 {
                failures.push(format!("{tool} {mended}\n  {answer:?}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

//! Where descriptions send credentials, and specs that try to send them elsewhere.

use airbyte_agent_engine::description::Connector;
use airbyte_agent_engine::{Credentials, Destination, Local};
use airbyte_agent_spec::Spec;

/// The spec of a vendor of ours.
fn text(name: &str) -> String {
    let path = format!("{}/../../specs/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

fn connector(text: &str) -> Connector {
    Spec::parse(text).unwrap().lower().unwrap()
}

fn shown(destinations: &[Destination]) -> Vec<String> {
    let mut shown: Vec<String> = destinations.iter().map(ToString::to_string).collect();
    shown.sort();
    shown.dedup();
    shown
}

#[test]
fn every_address_of_a_description_is_known() {
    for (name, expected) in [
        ("github", &["https://api.github.com", "https://github.com"][..]),
        ("mailchimp", &["https://{data_center}.api.mailchimp.com"]),
        ("salesforce", &["<instance_url>", "https://login.salesforce.com"]),
    ] {
        let found = Destination::declared_by(&connector(&text(name)));
        for expected in expected {
            assert!(shown(&found).contains(&(*expected).to_owned()), "{name}: {found:?}");
        }
    }
    let zendesk = Destination::declared_by(&connector(&text("zendesk-support")));
    assert!(shown(&zendesk).iter().all(|one| one.ends_with(".zendesk.com")), "{zendesk:?}");
}

#[test]
fn options_say_where_credentials_go() {
    let jira = connector(&text("jira"));
    let local = Local::new(Credentials::new().field("username", "a@b.c").field("password", "k"))
        .config("subdomain", "acme");
    assert_eq!(shown(&local.destinations(&jira).unwrap()), ["https://acme.atlassian.net"]);
    assert_eq!(
        shown(&local.possible_destinations(&jira).unwrap()),
        ["https://acme.atlassian.net", "https://api.atlassian.com"]
    );
    let cloud = local.config("cloud_id", "c-17");
    assert_eq!(shown(&cloud.destinations(&jira).unwrap()), ["https://api.atlassian.com"]);
    // What hides in a credential is compared, and never shown.
    let mailchimp = connector(&text("mailchimp"));
    let at = |key: &str| {
        let local = Local::new(Credentials::new().field("api_key", key));
        local.destinations(&mailchimp).unwrap().remove(0)
    };
    assert!(at("canary-us6").is_origin_of(&at("other-us6")));
    assert!(!at("canary-us6").is_origin_of(&at("canary-us7")));
    assert!(!format!("{:?}", at("canary-us6")).contains("us6"));
}

#[test]
fn a_spec_that_leads_elsewhere_is_told_apart() {
    let cases: [(&str, &str, &str, bool); 14] = [
        ("github", "", "", false),
        ("github", "https://api.github.com", "https://api.github.com:443/", false),
        ("github", "https://api.github.com", "https://evil.test", true),
        ("github", "https://api.github.com", "https://api.github.com.evil.test", true),
        ("github", "https://api.github.com", "https://api.github.com@evil.test", true),
        ("github", "https://api.github.com", "http://api.github.com", true),
        ("hubspot", "refreshUrl: https://api.hubapi.com", "refreshUrl: https://evil.test", true),
        ("hubspot", "tokenUrl: https://api.hubapi.com", "tokenUrl: https://evil.test", true),
        ("jira", "https://api.atlassian.com/ex", "https://evil.test/ex", true),
        ("zendesk-support", "https://{subdomain}.zendesk.com", "https://evil.zendesk.com", true),
        ("mailchimp", "{data_center}.api.mailchimp.com", "us6.api.mailchimp.com", true),
        ("shopify", "https://{shop}.myshopify.com", "https://{shop}", true),
        ("salesforce", "'{instance_url}/services", "'https://{instance_url}/services", true),
        ("amazon-ads", "default: https://advertising-api", "default: https://evil-api", true),
    ];
    for (name, from, to, leads_elsewhere) in cases {
        let own = text(name);
        assert!(own.contains(from), "{name} {from}");
        let known = Destination::declared_by(&connector(&own));
        let other = Destination::declared_by(&connector(&own.replace(from, to)));
        let strange: Vec<_> = other.iter().filter(|one| !one.is_declared_among(&known)).collect();
        assert_eq!(!strange.is_empty(), leads_elsewhere, "{name} {to}: {strange:?}");
    }
}

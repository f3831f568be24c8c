//! A client for a single endpoint, as a programmer would write it by hand.

use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Users {
    pub(crate) users: Vec<User>,
    #[allow(dead_code)]
    pub(crate) records: Records,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
pub(crate) struct Records {
    cursor: Option<String>,
    total_records: Option<i64>,
    current_page_number: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
pub(crate) struct User {
    id: Option<String>,
    email_address: Option<String>,
    created: Option<String>,
    active: Option<bool>,
    email_aliases: Option<Vec<String>>,
    trusted_email_address: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    title: Option<String>,
    phone_number: Option<String>,
    extension: Option<String>,
    personal_meeting_urls: Option<Vec<String>>,
    settings: Option<Settings>,
    manager_id: Option<String>,
    meeting_consent_page_url: Option<String>,
    spoken_languages: Option<Vec<Language>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
struct Settings {
    web_conferences_recorded: Option<bool>,
    prevent_web_conference_recording: Option<bool>,
    telephony_calls_imported: Option<bool>,
    emails_imported: Option<bool>,
    prevent_email_import: Option<bool>,
    non_recorded_meetings_imported: Option<bool>,
    gong_connect_enabled: Option<bool>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Language {
    language: Option<String>,
    primary: Option<bool>,
}

pub(crate) struct Client {
    http: reqwest::Client,
    url: String,
}

impl Client {
    pub(crate) fn new(address: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self { http: reqwest::Client::new(), url: format!("{address}/v2/users") }
    }

    pub(crate) async fn users(&self) -> Users {
        let request = self.http.get(&self.url).basic_auth("key", Some("secret"));
        let answer = request.send().await.unwrap().error_for_status().unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }
}

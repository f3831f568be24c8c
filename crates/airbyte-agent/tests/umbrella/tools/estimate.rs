//! The estimate of tokens, held against the vocabulary.

use airbyte_agent::core::tools::{Exposure, estimate_tokens};
use airbyte_agent::registry;
use airbyte_agent::serde_json::{self, json};

use super::offline::tools;

/// Texts of every kind that results are made of.
fn samples() -> Vec<(String, String)> {
    let mut samples = Vec::new();
    for connector in registry() {
        let shown = tools(connector).exposure(Exposure::PerOperation).definitions();
        let text = serde_json::to_string(&shown).unwrap();
        samples.push((format!("definitions of {}", connector.name), text));
        let prose: Vec<&str> =
            connector.operations().map(|operation| operation.description.as_ref()).collect();
        samples.push((format!("prose of {}", connector.name), prose.join("\n")));
    }
    let issue = |n: u64| {
        json!({
            "id": 2_000_000_000 + n * 7_919, "node_id": format!("I_kwDOA{n}bC5x{n}"),
            "number": n, "title": "Crash when the config file is missing", "state": "open",
            "user": {"login": "octocat", "id": 583_231 + n}, "comments": n % 7,
            "labels": [{"id": n, "name": "bug"}, {"id": n + 1, "name": "good first issue"}],
            "created_at": "2026-03-04T05:06:07Z", "updated_at": "2026-03-05T15:16:17Z",
            "html_url": format!("https://github.com/octocat/hello-world/issues/{n}"),
        })
    };
    let issues: Vec<_> = (1..40).map(issue).collect();
    samples.push(("issues".to_owned(), json!(issues).to_string()));
    let charge = |n: u64| {
        json!({
            "id": format!("ch_3OaB{n}cDeFgHiJkLmNo{n}Q"), "object": "charge", "amount": 129_900 + n,
            "currency": "eur", "paid": true, "customer": format!("cus_PqRs{n}TuVwXyZ"),
            "created": 1_767_225_600 + n * 86_400, "receipt_email": "jane.doe@example.com",
            "billing_details": {"address": {"city": "Berlin", "postal_code": "10115"}},
        })
    };
    let charges: Vec<_> = (1..40).map(charge).collect();
    samples.push(("charges".to_owned(), json!(charges).to_string()));
    for (name, text) in [
        ("uuids", "550e8400-e29b-41d4-a716-446655440000 f47ac10b-58cc-4372-a567-0e02b2c3d479 "),
        (
            "base64",
            "eyJvIjoiaXNzdWVzLmxpc3QiLCJzIjp7ImFmdGVyIjoiWTNWeWMyOXlPbll5T3BLNU1qQXlOQzB3In19 ",
        ),
        ("german", "Die Rechnung wurde am Freitag verschickt, aber bislang nicht bezahlt. "),
        ("russian", "Счёт был отправлен в пятницу, но до сих пор не оплачен. "),
        ("japanese", "請求書は金曜日に送信されましたが、まだ支払われていません。"),
        ("chinese", "发票已于星期五寄出，但至今尚未付款。请尽快处理。"),
        ("hindi", "चालान शुक्रवार को भेजा गया था लेकिन अभी तक भुगतान नहीं हुआ है। "),
        ("arabic", "تم إرسال الفاتورة يوم الجمعة ولكن لم يتم دفعها حتى الآن. "),
        ("emoji", "🎉🚀 Launch day! 👩‍💻 "),
        ("code", "fn main() {\n    let x: Vec<u8> = vec![1, 2, 3];\n    println!(\"{x:?}\");\n}\n"),
        ("table", "id\ttitle\tstate\n1\tBook 1\tin\n2\tBook 2\tout\n"),
    ] {
        samples.push((name.to_owned(), text.repeat(12)));
    }
    samples
}

#[test]
fn the_estimate_is_on_the_safe_side_and_not_far_off() {
    let bpe = tiktoken_rs::o200k_base().unwrap();
    let mut wrong = Vec::new();
    for (name, text) in samples() {
        let (counted, estimated) = (bpe.encode_ordinary(&text).len(), estimate_tokens(&text));
        let percent = estimated * 100 / counted.max(1);
        if !(95..=165).contains(&percent) {
            wrong.push(format!("{name}: {estimated} for {counted} ({percent} %)"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

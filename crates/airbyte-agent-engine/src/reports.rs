//! What vendors report in addition to records, as texts for people.

use serde_json::Value;

/// What a vendor has reported in addition to records, as one text for each report: its message, if
/// there is one, after the type of the error. A report that came several times, for example on
/// every page of a list, is one text with its number.
///
/// ```
/// use airbyte_agent_engine::report_texts;
/// use serde_json::json;
///
/// let timeout = json!({"message": "The search ran out of time.", "incomplete": true});
/// let reports = [timeout.clone(), json!({"type": "FORBIDDEN", "message": "no"}), timeout];
/// assert_eq!(report_texts(&reports), ["The search ran out of time. (2 times)", "FORBIDDEN: no"]);
/// ```
pub fn report_texts(reports: &[Value]) -> Vec<String> {
    let mut texts: Vec<(String, usize)> = Vec::new();
    for report in reports {
        let text = text(report);
        match texts.iter_mut().find(|(known, _)| *known == text) {
            Some((_, times)) => *times += 1,
            None => texts.push((text, 1)),
        }
    }
    let texts = texts.into_iter();
    texts
        .map(|(text, times)| if times > 1 { format!("{text} ({times} times)") } else { text })
        .collect()
}

fn text(report: &Value) -> String {
    let member =
        |name: &str| report.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    match (member("type"), member("message"), report.as_str()) {
        (Some(kind), Some(message), _) => format!("{kind}: {message}"),
        (None, Some(message), _) => message.to_owned(),
        (_, None, Some(text)) => text.to_owned(),
        (_, None, None) => report.to_string(),
    }
}

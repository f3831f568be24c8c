//! What `info` says about the connector as a whole.

use airbyte_agent_description::{
    ErrorCheck, ErrorCode, ErrorCondition, ErrorMeaning, FailureKind, Json, JsonPath, Link,
    Questions, RateLimit, RateLimitCost, RateLimitHeaders, Relationship, RetryPolicy, Scoping,
    Step, WaitFormat,
};

use super::Cx;
use crate::expression::{self, Place};
use airbyte_agent_yaml::Node;

pub(super) fn links(cx: &Cx<'_>) -> Vec<Link> {
    let Some(list) = cx.info_key("x-airbyte-external-documentation-urls") else {
        return Vec::new();
    };
    list.items()
        .iter()
        .filter(|item| !item.text("url").is_empty())
        .map(|item| Link {
            kind: item.text("type").into(),
            title: item.text("title").into(),
            url: item.text("url").into(),
        })
        .collect()
}

pub(super) fn scoping(cx: &Cx<'_>) -> Vec<Scoping> {
    let Some(list) = cx.info_key("x-airbyte-scoping") else { return Vec::new() };
    let mut entries = Vec::new();
    for item in list.items() {
        let parameter = item.text("param");
        if parameter.is_empty() {
            cx.report.error(item, "a scoping entry needs `param`, the parameter it fills");
            continue;
        }
        let config_key = match item.text("config_key") {
            key if key.is_empty() => parameter.clone(),
            key => key,
        };
        let template = item.get("value_template").filter(|node| !node.plain().is_empty());
        if let Some(node) = template {
            expression::check(cx, node, Place::Scoping);
        }
        entries.push(Scoping {
            parameter: parameter.into(),
            config_key: config_key.into(),
            expression: template.map(|node| node.plain().into()),
        });
    }
    entries
}

pub(super) fn retry(cx: &Cx<'_>) -> RetryPolicy {
    let standard = RetryPolicy::STANDARD;
    let Some(config) = cx.info_key("x-airbyte-retry-config") else { return standard };
    let millis = |key: &str, default: u64| {
        // Delays are written in seconds with a fraction; less than a millisecond does not matter.
        config.get(key).and_then(Node::as_f64).filter(|s| *s >= 0.0).map_or(default, |seconds| {
            u64::try_from(std::time::Duration::from_secs_f64(seconds.min(1e9)).as_millis())
                .unwrap_or(default)
        })
    };
    let flag =
        |key: &str, default: bool| config.get(key).and_then(Node::as_bool).unwrap_or(default);
    let number = |key: &str| config.get(key).and_then(Node::as_u64);
    RetryPolicy {
        max_attempts: number("max_attempts")
            .and_then(|n| u32::try_from(n).ok())
            .unwrap_or(standard.max_attempts),
        initial_delay_ms: millis("initial_delay_seconds", standard.initial_delay_ms),
        base: config.get("exponential_base").and_then(Node::as_f64).unwrap_or(standard.base),
        max_delay_ms: millis("max_delay_seconds", standard.max_delay_ms),
        jitter: flag("jitter", standard.jitter),
        statuses: match config.get("retry_on_status_codes") {
            Some(list) => list
                .items()
                .iter()
                .filter_map(|code| u16::try_from(code.as_u64()?).ok())
                .collect::<Vec<_>>()
                .into(),
            None => standard.statuses,
        },
        on_timeout: flag("retry_on_timeout", standard.on_timeout),
        on_network_error: flag("retry_on_network_error", standard.on_network_error),
        wait_header: match config.text("retry_after_header") {
            header if header.is_empty() => standard.wait_header,
            header => header.to_lowercase().into(),
        },
        wait_format: config
            .get("retry_after_format")
            .and_then(|node| wait_format(cx, node))
            .unwrap_or(standard.wait_format),
    }
}

fn wait_format<'a>(cx: &Cx<'a>, node: &'a Node) -> Option<WaitFormat> {
    match node.plain().as_str() {
        "seconds" => Some(WaitFormat::Seconds),
        "milliseconds" => Some(WaitFormat::Milliseconds),
        "unix_timestamp" | "epoch_seconds" => Some(WaitFormat::UnixTimestamp),
        "epoch_milliseconds" => Some(WaitFormat::UnixMilliseconds),
        "iso8601" => Some(WaitFormat::Iso8601),
        other => {
            cx.report.error(
                node,
                format!("`{other}` is not a format of a delay; expected `seconds`, `milliseconds`, `unix_timestamp`, `epoch_milliseconds` or `iso8601`"),
            );
            None
        }
    }
}

pub(super) fn rate_limits(cx: &Cx<'_>) -> Vec<RateLimit> {
    let Some(list) = cx.info_key("x-agent-rate-limits") else { return Vec::new() };
    let mut limits = Vec::new();
    for item in list.items() {
        let number = |key: &str| item.get(key).and_then(Node::as_u64).filter(|n| *n > 0);
        let (requests, per_seconds) = match (number("requests"), number("per_seconds")) {
            (Some(requests), Some(per_seconds)) => (Some(requests), per_seconds),
            _ if number("concurrent").is_some() => (number("concurrent"), 0),
            // Some vendors publish a limit without numbers, or only how long they refuse requests.
            (None, window)
                if item.get("requests").is_none()
                    && (!item.text("description").is_empty()
                        || number("wait_seconds").is_some()) =>
            {
                (None, window.unwrap_or(0))
            }
            _ => {
                cx.report.error(
                    item,
                    "a rate limit needs `requests` and `per_seconds`, or `concurrent`, or a \
                     `description` or `wait_seconds` where no number of requests is published; all \
                     numbers are whole and above 0",
                );
                continue;
            }
        };
        limits.push(RateLimit {
            requests,
            per_seconds,
            scope: item.text("scope").into(),
            description: item.text("description").into(),
            source: item.text("source").into(),
            wait_seconds: wait_seconds(cx, item),
        });
    }
    limits
}

/// How long to wait after a refusal that names no wait; 0 where nothing is said.
fn wait_seconds<'a>(cx: &Cx<'a>, limit: &'a Node) -> u64 {
    let Some(node) = limit.get("wait_seconds") else { return 0 };
    let seconds = node.as_u64().unwrap_or(0);
    if seconds == 0 {
        cx.report.error(node, "`wait_seconds` must be a whole number above 0");
    }
    seconds
}

pub(super) fn rate_limit_headers(cx: &Cx<'_>) -> Option<RateLimitHeaders> {
    let headers = cx.info_key("x-agent-rate-limit-headers")?;
    Some(RateLimitHeaders {
        limit: headers.text("limit").into(),
        remaining: headers.text("remaining").into(),
        used_of: headers.text("used_of").into(),
        reset: headers.text("reset").into(),
        reset_format: headers
            .get("reset_format")
            .and_then(|node| wait_format(cx, node))
            .unwrap_or(WaitFormat::Seconds),
    })
}

/// `x-agent-error-kinds`
pub(super) fn error_kinds(cx: &Cx<'_>) -> Vec<ErrorMeaning> {
    const KINDS: [(&str, FailureKind); 7] = [
        ("authentication", FailureKind::Authentication),
        ("permission", FailureKind::Permission),
        ("not_found", FailureKind::NotFound),
        ("rate_limited", FailureKind::RateLimited),
        ("validation", FailureKind::Validation),
        ("unavailable", FailureKind::Unavailable),
        ("vendor", FailureKind::Vendor),
    ];
    let declared = cx.info_key("x-agent-error-kinds").map(Node::members).unwrap_or_default();
    let mut meanings = Vec::new();
    for (code, node) in declared {
        let kind = node.plain();
        match KINDS.iter().find(|(name, _)| *name == kind) {
            Some((_, kind)) => {
                meanings.push(ErrorMeaning { code: error_code(code), kind: *kind });
            }
            None => cx.report.error(
                node,
                format!(
                    "`{kind}` is no kind of failure; expected one of {}",
                    KINDS.map(|(name, _)| name).join(", ")
                ),
            ),
        }
    }
    meanings
}

/// `404`, `80000-80014`, `invalid_*`.
fn error_code(text: &str) -> ErrorCode {
    let range = text.split_once('-').and_then(|(first, last)| {
        let number = |part: &str| part.trim().parse::<u64>().ok();
        Some(ErrorCode::Between(number(first)?, number(last)?))
    });
    range.unwrap_or_else(|| match text.strip_suffix('*') {
        Some(start) => ErrorCode::Begins(start.to_owned().into()),
        None => ErrorCode::Is(text.to_owned().into()),
    })
}

/// `x-agent-error-code`: one place or several.
pub(super) fn error_codes(cx: &Cx<'_>) -> Vec<JsonPath> {
    let Some(declared) = cx.info_key("x-agent-error-code") else { return Vec::new() };
    let places =
        if declared.items().is_empty() { std::slice::from_ref(declared) } else { declared.items() };
    places.iter().filter_map(|node| path(cx, node)).collect()
}

/// `x-agent-rate-limit-cost`
pub(super) fn rate_limit_cost(cx: &Cx<'_>) -> Option<RateLimitCost> {
    let declared = cx.info_key("x-agent-rate-limit-cost")?;
    let place = |key: &str| path(cx, declared.get(key)?);
    Some(RateLimitCost {
        needed: place("needed")?,
        available: place("available")?,
        per_second: place("per_second")?,
    })
}

fn path<'a>(cx: &Cx<'a>, node: &'a Node) -> Option<JsonPath> {
    let text = node.plain();
    let path = JsonPath::parse(&text);
    if path.is_none() {
        cx.report.error(node, format!("`{text}` is no path; expected a form like `$.error.code`"));
    }
    path
}

/// Checks for failures inside successful responses. The published dialect allows only a member at the top
/// level; a path is understood as well.
pub(super) fn errors(cx: &Cx<'_>) -> Vec<ErrorCheck> {
    let published =
        cx.info_key("x-airbyte-response-error-check").and_then(|node| published(cx, node));
    let own = cx.info_key("x-agent-failures").map(|node| failures(cx, node)).unwrap_or_default();
    published.into_iter().chain(own).collect()
}

fn published<'a>(cx: &Cx<'a>, check: &'a Node) -> Option<ErrorCheck> {
    let place = |key: &str| match check.text(key) {
        text if text.is_empty() => None,
        text if text.starts_with("$.") => JsonPath::parse(&text),
        text => Some(JsonPath { steps: vec![Step::Key(text.into())].into() }),
    };
    let (Some(path), Some(value)) = (place("field"), check.get("on_value")) else {
        cx.report.error(
            check,
            "an error check needs `field` (a member of the response) and `on_value` (its value in a \
             failure)",
        );
        return None;
    };
    Some(ErrorCheck {
        path,
        when: ErrorCondition::Equals(Json::new(&value.to_json())),
        message: place("message_field"),
    })
}

/// `x-agent-failures`, in `info` or in an operation.
pub(super) fn failures<'a>(cx: &Cx<'a>, list: &'a Node) -> Vec<ErrorCheck> {
    let mut checks = Vec::new();
    for item in list.items() {
        let Some(place) = item.get("place").and_then(|node| path(cx, node)) else { continue };
        let done = item.get("done").and_then(|node| path(cx, node));
        if let Some(words) = item.get("remark") {
            let beside = ["equals", "done", "message"];
            if let Some(other) = beside.iter().find_map(|key| item.get(key)) {
                cx.report.error(other, "a remark has only `place` and `remark`: it is no failure");
            }
            let Some(when) = remark(cx, words) else { continue };
            checks.push(ErrorCheck { path: place, when, message: None });
            continue;
        }
        let when = match (item.get("equals"), done) {
            (Some(value), Some(_)) => {
                cx.report.error(
                    value,
                    "a failure has either `equals` or `done`: with `done`, any value at `place` is a failure",
                );
                continue;
            }
            (Some(value), None) => ErrorCondition::Equals(Json::new(&value.to_json())),
            (None, Some(done)) => ErrorCondition::Unless(done),
            (None, None) => ErrorCondition::NotEmpty,
        };
        let message = item.get("message").and_then(|node| path(cx, node));
        checks.push(ErrorCheck { path: place, when, message });
    }
    checks
}

/// What a response says beside its records without having failed.
fn remark<'a>(cx: &Cx<'a>, node: &'a Node) -> Option<ErrorCondition> {
    if node.as_bool() == Some(true) {
        return Some(ErrorCondition::Remark(None));
    }
    let words = node.as_str().filter(|words| !words.is_empty());
    if words.is_none() {
        cx.report.error(node, "`remark` is a sentence, or `true` if the value tells itself");
    }
    words.map(|words| ErrorCondition::Remark(Some(words.to_owned().into())))
}

pub(super) fn relationships(cx: &Cx<'_>) -> Vec<Relationship> {
    let Some(list) = cx.info_key("x-airbyte-entity-relationships") else { return Vec::new() };
    list.items()
        .iter()
        .map(|item| Relationship {
            source: item.text("source_entity").into(),
            target: item.text("target_entity").into(),
            foreign_key: item.text("foreign_key").into(),
            target_key: match item.text("target_key") {
                key if key.is_empty() => "id".into(),
                key => key.into(),
            },
            cardinality: item.text("cardinality").into(),
        })
        .collect()
}

pub(super) fn questions(cx: &Cx<'_>) -> Questions {
    let texts = |key: &str| -> Vec<_> {
        cx.info_key("x-airbyte-example-questions")
            .map(|questions| questions.texts(key))
            .unwrap_or_default()
            .into_iter()
            .map(Into::into)
            .collect()
    };
    let search = match texts("context_store_search") {
        search if search.is_empty() => texts("search"),
        search => search,
    };
    Questions {
        direct: texts("direct").into(),
        search: search.into(),
        unsupported: texts("unsupported").into(),
    }
}

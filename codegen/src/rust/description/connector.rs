//! Writes the parts of a connector other than its entities as code.

use airbyte_agent_description::{
    Connector, ErrorCode, ErrorMeaning, JsonPath, Link, Questions, RateLimit, RateLimitCost,
    RateLimitHeaders, Relationship, RetryPolicy, Scoping,
};

use super::auth::scheme;
use super::code::{Code, borrowed, list, text, texts};
use super::hosting::hosting;
use super::operation::error_check;
use super::schema::path;
use super::server::server;

/// The connector with the entities of these modules, as an expression.
pub(super) fn connector(connector: &Connector, modules: &[&str]) -> Code {
    let Connector {
        name,
        title,
        other_names,
        version,
        definition_id,
        description,
        links,
        server,
        auth,
        scoping,
        retry,
        rate_limits,
        rate_limit_headers,
        errors,
        error_kinds,
        error_codes,
        rate_limit_cost,
        entities: _,
        relationships,
        questions,
        hosting,
        date_format,
    } = connector;
    let entities = modules.iter().map(|module| Code::plain(format!("{module}::ENTITY")));
    Code::Struct(
        "Connector",
        vec![
            ("name", text(name)),
            ("title", text(title)),
            ("other_names", texts(other_names)),
            ("version", text(version)),
            ("definition_id", text(definition_id)),
            ("description", text(description)),
            ("links", list(links, link)),
            ("server", self::server(server)),
            ("auth", list(auth, scheme)),
            ("scoping", list(scoping, self::scoping)),
            ("retry", self::retry(retry)),
            ("rate_limits", list(rate_limits, rate_limit)),
            ("rate_limit_headers", Code::option(rate_limit_headers.as_ref().map(limit_headers))),
            ("errors", list(errors, error_check)),
            ("error_kinds", list(error_kinds, meaning)),
            ("error_codes", list(error_codes, |place: &JsonPath| path(place))),
            ("rate_limit_cost", Code::option(rate_limit_cost.as_ref().map(limit_cost))),
            ("entities", borrowed(Code::list(entities))),
            ("relationships", list(relationships, relationship)),
            ("questions", self::questions(questions)),
            ("hosting", self::hosting(hosting)),
            ("date_format", text(date_format)),
        ],
    )
}

fn link(link: &Link) -> Code {
    let Link { kind, title, url } = link;
    Code::call("Link::new", [kind, title, url].map(|text| Code::text(text)))
}

fn scoping(scoping: &Scoping) -> Code {
    let Scoping { parameter, config_key, expression } = scoping;
    Code::call("Scoping::new", [Code::text(parameter), Code::text(config_key)])
        .maybe("expression", expression.as_deref().map(Code::text))
}

fn retry(retry: &RetryPolicy) -> Code {
    if *retry == RetryPolicy::STANDARD {
        return Code::plain("RetryPolicy::STANDARD");
    }
    let RetryPolicy {
        max_attempts,
        initial_delay_ms,
        base,
        max_delay_ms,
        jitter,
        statuses,
        on_timeout,
        on_network_error,
        wait_header,
        wait_format,
    } = retry;
    let statuses: Vec<String> = statuses.iter().map(ToString::to_string).collect();
    Code::Struct(
        "RetryPolicy",
        vec![
            ("max_attempts", Code::plain(max_attempts.to_string())),
            ("initial_delay_ms", Code::plain(initial_delay_ms.to_string())),
            ("base", Code::plain(format!("{base:?}"))),
            ("max_delay_ms", Code::plain(max_delay_ms.to_string())),
            ("jitter", Code::plain(jitter.to_string())),
            ("statuses", Code::plain(format!("Borrowed(&[{}])", statuses.join(", ")))),
            ("on_timeout", Code::plain(on_timeout.to_string())),
            ("on_network_error", Code::plain(on_network_error.to_string())),
            ("wait_header", text(wait_header)),
            ("wait_format", Code::plain(format!("WaitFormat::{wait_format:?}"))),
        ],
    )
}

fn rate_limit(limit: &RateLimit) -> Code {
    let RateLimit { requests, per_seconds, scope, description, source, wait_seconds } = limit;
    let requests = Code::option(requests.map(|requests| Code::plain(requests.to_string())));
    let head = [requests, Code::plain(per_seconds.to_string()), Code::text(scope)];
    let wait = (*wait_seconds > 0).then(|| Code::plain(wait_seconds.to_string()));
    Code::call("RateLimit::new", head)
        .maybe("wait_seconds", wait)
        .said("source", source)
        .said("description", description)
}

fn limit_headers(headers: &RateLimitHeaders) -> Code {
    let RateLimitHeaders { limit, remaining, used_of, reset, reset_format } = headers;
    Code::Struct(
        "RateLimitHeaders",
        vec![
            ("limit", text(limit)),
            ("remaining", text(remaining)),
            ("used_of", text(used_of)),
            ("reset", text(reset)),
            ("reset_format", Code::plain(format!("WaitFormat::{reset_format:?}"))),
        ],
    )
}

fn limit_cost(cost: &RateLimitCost) -> Code {
    let RateLimitCost { needed, available, per_second } = cost;
    let fields = vec![
        ("needed", path(needed)),
        ("available", path(available)),
        ("per_second", path(per_second)),
    ];
    Code::Struct("RateLimitCost", fields)
}

fn meaning(meaning: &ErrorMeaning) -> Code {
    let ErrorMeaning { code, kind } = meaning;
    let code = match code {
        ErrorCode::Is(code) => Code::call("ErrorCode::is", [Code::text(code)]),
        ErrorCode::Begins(start) => Code::call("ErrorCode::begins", [Code::text(start)]),
        ErrorCode::Between(first, last) => {
            Code::plain(format!("ErrorCode::Between({first}, {last})"))
        }
    };
    Code::call("ErrorMeaning::new", [code, Code::plain(format!("FailureKind::{kind:?}"))])
}

fn relationship(relationship: &Relationship) -> Code {
    let Relationship { source, target, foreign_key, target_key, cardinality } = relationship;
    let texts = [source, foreign_key, target, target_key, cardinality];
    Code::call("Relationship::new", texts.map(|text| Code::text(text)))
}

fn questions(questions: &Questions) -> Code {
    let Questions { direct, search, unsupported } = questions;
    let fields = vec![
        ("direct", texts(direct)),
        ("search", texts(search)),
        ("unsupported", texts(unsupported)),
    ];
    Code::Struct("Questions", fields)
}

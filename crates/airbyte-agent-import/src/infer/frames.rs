//! Names of members around records: what holds them, and what describes a page of them.

use super::words::words;

/// Names of members that hold records, whatever the entity is called.
pub(crate) const CONTAINERS: [&str; 26] = [
    "data",
    "items",
    "results",
    "value",
    "values",
    "records",
    "entries",
    "list",
    "rows",
    "content",
    "elements",
    "objects",
    "hits",
    "resources",
    "result",
    "collection",
    "item",
    "records",
    "docs",
    "documents",
    "entities",
    "response",
    "payload",
    "output",
    "objectlist",
    "nodes",
];

/// Words of members that describe a page of records, and not a record.
const FRAME: [&str; 63] = [
    "query",
    "page",
    "pages",
    "paging",
    "pagination",
    "total",
    "totals",
    "count",
    "limit",
    "offset",
    "next",
    "previous",
    "prev",
    "first",
    "last",
    "cursor",
    "cursors",
    "token",
    "meta",
    "metadata",
    "links",
    "link",
    "success",
    "ok",
    "status",
    "code",
    "message",
    "msg",
    "error",
    "errors",
    "object",
    "kind",
    "etag",
    "self",
    "href",
    "url",
    "request",
    "warnings",
    "included",
    "facets",
    "has",
    "more",
    "size",
    "number",
    "sort",
    "empty",
    "pageable",
    "header",
    "copyright",
    "response",
    "context",
    "took",
    "timed",
    "version",
    "timestamp",
    "incomplete",
    "skip",
    "per",
    "start",
    "end",
    "debug",
    "api",
    "odata",
];

/// Whether a name that has one of these words is that of a date or a code of a record: `start_date`, `country_code`.
fn is_of_record(words: &[String]) -> bool {
    let [.., before, last] = words else { return false };
    match last.as_str() {
        "date" | "day" | "month" => ["start", "end", "first", "last"].contains(&before.as_str()),
        "code" => !["status", "error", "response", "result", "return", "http", "message", "reason"]
            .contains(&before.as_str()),
        _ => false,
    }
}

/// Whether the name of a member is one that describes a page and not a record.
pub(crate) fn is_frame(name: &str) -> bool {
    let words = words(name);
    let known = words.iter().filter(|word| FRAME.contains(&word.as_str())).count();
    if is_of_record(&words) {
        return false;
    }
    // In a long name, one such word describes something of a record: `totalDailyActiveUsers`.
    known > 0 && (words.len() < 4 || known * 2 > words.len())
        || [
            "totalitems",
            "totalresults",
            "totalrecords",
            "perpage",
            "pagesize",
            "numfound",
            "numresults",
            "resultcount",
            "nextlink",
        ]
        .iter()
        .any(|frame| words.concat().contains(frame))
}

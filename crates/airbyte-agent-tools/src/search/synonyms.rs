//! Synonyms, as people use them when they talk about software for work. They are plain English: what a
//! service calls its records is in its spec.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::query_word::QueryWord;
use super::words::{each_word, stem};

/// Groups of phrases, each of which may stand for the others.
const GROUPS: &[&[&str]] = &[
    &["user", "member", "person", "colleague", "teammate", "employee", "staff", "seat", "someone"],
    &["agent", "representative", "rep", "operator", "admin"],
    &["customer", "client", "buyer", "shopper", "consumer"],
    &["visitor", "guest"],
    &["contact", "person", "lead", "subscriber"],
    &["profile", "person", "subscriber"],
    &["who am i", "logged in", "my account", "current user", "own account", "viewer"],
    &["candidate", "applicant"],
    &["apply", "application", "candidate"],
    &["resume", "cv", "attachment"],
    &["job", "position", "vacancy", "hiring"],
    &["job post", "job ad", "career page"],
    &["ticket", "case", "issue", "request"],
    &["bug", "issue", "defect", "error", "crash"],
    &["complaint", "case", "ticket"],
    &["task", "todo", "to do", "reminder", "remind", "follow up", "card"],
    &["deal", "opportunity"],
    &["company", "organization", "account", "firm", "business"],
    &["organization", "org"],
    &["team", "group", "squad"],
    &["document", "doc", "file"],
    &["file", "pdf", "spreadsheet", "sheet", "attachment"],
    &["folder", "directory"],
    &["readme", "file content", "source code"],
    &["picture", "image", "photo"],
    &["video", "recording", "movie"],
    &["audio", "mp3", "sound", "recording"],
    &["transcript", "say", "speak", "spoken"],
    &["chat", "conversation", "dialog", "discussion"],
    &["message", "dm", "post", "write"],
    &["comment", "remark", "reply", "note", "answer", "response"],
    &["thread", "reply", "answer"],
    &["reaction", "emoji", "thumb", "like"],
    &["channel", "room"],
    &["link", "bookmark", "url"],
    &["invoice", "bill"],
    &["refund", "money back", "reimburse", "give back"],
    &["payment", "charge", "pay", "transaction"],
    &["payout", "transfer", "bank account"],
    &["dispute", "chargeback"],
    &["balance", "fund", "money"],
    &["fee", "balance transaction", "cost"],
    &["payment method", "card", "credit card"],
    &["checkout", "payment page", "payment link"],
    &["subscription", "subscribe", "plan"],
    &["plan", "pricing", "price"],
    &["coupon", "discount", "voucher", "promo"],
    &["discount", "price rule"],
    &["cart", "checkout", "basket"],
    &["inventory", "stock", "unit"],
    &["fulfillment", "ship", "shipment", "delivery", "tracking"],
    &["variant", "size", "color"],
    &["metafield", "custom field", "custom data"],
    &["location", "warehouse", "office", "branch"],
    &["shop", "store", "merchant"],
    &["collection", "category"],
    &["campaign", "newsletter", "mailing"],
    &["list", "audience", "mailing list"],
    &["unsubscribe", "opt out", "opted out"],
    &["report", "open rate", "click rate", "perform"],
    &["statistic", "stat", "metric", "insight", "performance", "result", "analytics"],
    &["spend", "cost", "budget"],
    &["flow", "automation", "workflow", "series", "sequence"],
    &["template", "layout"],
    &["event", "activity", "action"],
    &["event", "appointment", "meeting", "calendar"],
    &["call", "phone call", "phone"],
    &["pull request", "pr", "merge request"],
    &["repository", "repo", "codebase"],
    &["star", "stargazer"],
    &["release", "version"],
    &["revision", "version", "history"],
    &["commit", "change", "diff"],
    &["permission", "access", "share", "see"],
    &["storage", "space", "quota"],
    &["audit", "history", "log", "trail"],
    &["satisfaction", "happy", "csat", "feedback"],
    &["sla", "response time", "time target"],
    &["article", "help center", "knowledge base", "faq", "post"],
    &["macro", "canned response", "shortcut", "snippet"],
    &["trigger", "business rule", "rule"],
    &["stage", "status", "state", "phase"],
    &["transition", "status", "move"],
    &["assignee", "assign", "owner", "responsible"],
    &["worklog", "time spent", "hour", "time tracking", "timesheet"],
    &["duplicate", "link", "relate"],
    &["association", "connect", "link", "relate", "belong"],
    &["schema", "custom object", "object type", "structure"],
    &["record", "row", "entry"],
    &["table", "sheet"],
    &["field", "column", "attribute", "property"],
    &["section", "column"],
    &["project", "board", "roadmap"],
    &["label", "tag"],
    &["segment", "group"],
    &["interest", "group"],
    &["subtask", "child"],
    &["dependency", "block", "depend", "prerequisite"],
    &["dependent", "wait", "depend"],
    &["ban", "block"],
    &["membership", "belong", "member"],
    &["bulk", "batch", "many", "at once"],
    &["skill", "expertise"],
    &["routing", "distribute", "assignment"],
    &["role", "permission"],
    &["setting", "configuration"],
    &["targeting", "target", "audience"],
    &["negative", "exclude"],
    &["keyword", "search term"],
    &["creative", "text", "picture"],
    &["shared drive", "team drive"],
    &["purpose", "description"],
    &["delete", "remove", "trash", "erase"],
    &["archive", "retire"],
    &["cancel", "abort", "stop"],
    &["rename", "new name"],
    &["invite", "add person", "add user"],
    &["kick", "throw out", "remove person"],
];

/// Consecutive words without their endings.
type Phrase = Vec<String>;

/// The groups, prepared for the lookup of a phrase by its first word.
struct Thesaurus {
    groups: Vec<Vec<Phrase>>,
    /// For the first word of a phrase, the group of the phrase and its position in the group.
    starts: HashMap<String, Vec<(usize, usize)>>,
}

static THESAURUS: LazyLock<Thesaurus> = LazyLock::new(|| {
    let mut starts: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
    let mut groups = Vec::with_capacity(GROUPS.len());
    for (group, phrases) in GROUPS.iter().enumerate() {
        let phrases: Vec<Phrase> = phrases.iter().map(|phrase| stems(phrase)).collect();
        for (position, phrase) in phrases.iter().enumerate() {
            if let Some(first) = phrase.first() {
                starts.entry(first.clone()).or_default().push((group, position));
            }
        }
        groups.push(phrases);
    }
    Thesaurus { groups, starts }
});

/// The words of a text without their endings.
fn stems(text: &str) -> Phrase {
    let mut all = Vec::new();
    each_word(text, false, |word| {
        let mut out = String::new();
        stem(word, &mut out);
        all.push(out);
    });
    all
}

/// The phrases that begin at a word of a query: the length of each, and its synonyms.
pub(super) fn synonyms(
    words: &[QueryWord],
    position: usize,
) -> impl Iterator<Item = (usize, impl Iterator<Item = &'static Phrase>)> {
    let starts = THESAURUS.starts.get(&words[position].stem).map_or(&[][..], Vec::as_slice);
    starts.iter().filter_map(move |(group, own)| {
        let group = &THESAURUS.groups[*group];
        let phrase = &group[*own];
        let is_silent = phrase.len() == 1 && words[position].is_silent;
        let others = group.iter().enumerate().filter(move |(other, _)| other != own);
        (!is_silent && starts_with(&words[position..], phrase))
            .then(|| (phrase.len(), others.map(|(_, other)| other)))
    })
}

/// Whether the words begin with the phrase. Two other words may stand between its parts.
fn starts_with(words: &[QueryWord], phrase: &[String]) -> bool {
    let mut at = 0;
    phrase.iter().enumerate().all(|(index, part)| {
        let reach = if index == 0 { 1 } else { 3 };
        let mut window = words.iter().skip(at).take(reach);
        let found = window.position(|word| word.stem == *part);
        at += found.map_or(0, |found| found + 1);
        found.is_some()
    })
}

//! Texts and numbers by the name of their property.

use super::dates;
use crate::hash::{base36, hex, mix, stable, uuid};

const FIRST: [&str; 32] = [
    "Ada", "Bela", "Chidi", "Dana", "Elif", "Farah", "Goran", "Hana", "Ines", "Jonas", "Kaya",
    "Leo", "Mira", "Nils", "Oona", "Pavel", "Quinn", "Rosa", "Samir", "Tara", "Ugo", "Vera", "Wim",
    "Xenia", "Yara", "Zeno", "Arne", "Britt", "Cleo", "Dilan", "Esra", "Finn",
];
const LAST: [&str; 29] = [
    "Keller",
    "Okafor",
    "Marin",
    "Lindqvist",
    "Haddad",
    "Novak",
    "Ferrari",
    "Tanaka",
    "Silva",
    "Berg",
    "Costa",
    "Dubois",
    "Eriksen",
    "Fontana",
    "Garcia",
    "Huber",
    "Ivanova",
    "Jensen",
    "Kowalski",
    "Laurent",
    "Meyer",
    "Nakamura",
    "Olsen",
    "Petrov",
    "Rossi",
    "Schmidt",
    "Torres",
    "Vargas",
    "Weber",
];
const COMPANIES: [&str; 16] = [
    "Northwind",
    "Bluepeak",
    "Larkspur",
    "Ironwood",
    "Sundial",
    "Quarry",
    "Tidewater",
    "Fernhill",
    "Copperline",
    "Driftwood",
    "Moonrise",
    "Saltmarsh",
    "Redstart",
    "Whitecap",
    "Stonebridge",
    "Evergreen",
];
const TOPICS: [&str; 16] = [
    "renewal",
    "rollout",
    "onboarding",
    "migration",
    "pricing review",
    "security audit",
    "integration",
    "pilot",
    "launch",
    "quarterly plan",
    "support handover",
    "data import",
    "feedback round",
    "budget",
    "roadmap",
    "training",
];
const SENTENCES: [&str; 8] = [
    "The import stops after the first page; the second request is answered with an error.",
    "Customer asks for a shorter contract and a fixed price for two years.",
    "Numbers of the last quarter are in; the plan for the next one follows on Monday.",
    "Please check the address on the invoice before it goes out.",
    "Works as described, but the start takes longer than it did before the update.",
    "Agreed on a pilot with two teams; results are due at the end of the month.",
    "The report is empty when the time zone of the account is not set.",
    "Thanks for the quick answer, this solved it for us.",
];
const CITIES: [&str; 8] = ["Berlin", "Lyon", "Porto", "Oslo", "Denver", "Nairobi", "Osaka", "Lima"];
const COUNTRIES: [&str; 8] = ["DE", "FR", "PT", "NO", "US", "KE", "JP", "PE"];

/// What a value is made for.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) connector: &'a str,
    pub(crate) entity: &'a str,
    /// Number of the record.
    pub(crate) index: u64,
    /// Name of the property.
    pub(crate) name: &'a str,
    /// The same without case and separators.
    pub(crate) plain: &'a str,
    /// Differs from property to property of a record.
    pub(crate) seed: u64,
}

/// The identifier of a record, as text.
pub(crate) fn identifier(connector: &str, entity: &str, index: u64) -> String {
    let short: String =
        super::plain(entity).chars().filter(char::is_ascii_alphanumeric).take(3).collect();
    let seed = mix(stable(&[connector, entity, "id"]).wrapping_add(index));
    format!("{short}_{}{}", base36(seed, 11), base36(index, 3))
}

/// The identifier of a record, as a number.
pub(crate) fn numeric_identifier(connector: &str, entity: &str, index: u64) -> u64 {
    (stable(&[connector, entity, "id"]) % 90_000 + 10_000) * 10_000 + index
}

/// The identifier of a record as a UUID.
pub(crate) fn uuid_identifier(connector: &str, entity: &str, index: u64) -> String {
    uuid(mix(stable(&[connector, entity, "uuid"]).wrapping_add(index)))
}

/// Whether a plain name stands for an identifier of the record itself.
pub(crate) fn is_identifier(name: &str) -> bool {
    matches!(name, "id" | "gid" | "uuid" | "guid" | "nodeid" | "identifier")
}

fn pick<'w>(words: &[&'w str], by: u64) -> &'w str {
    let length = u64::try_from(words.len()).unwrap_or(1).max(1);
    words.get(usize::try_from(by % length).unwrap_or(0)).copied().unwrap_or_default()
}

/// Whether records of this entity are people.
fn is_person(entity: &str) -> bool {
    let entity = super::singular(&super::plain(entity));
    let words = ["user", "contact", "lead", "member", "customer", "person", "agent", "admin"];
    let more = ["candidate", "profile", "visitor", "employee", "owner", "author", "subscriber"];
    let roles = ["assignee", "party", "participant", "creator", "reviewer", "requester", "viewer"];
    words.iter().chain(&more).chain(&roles).any(|word| entity.ends_with(word))
}

/// What a record is: the entity's singular, or the last part of the way to a nested object.
fn what(entity: &str) -> String {
    super::singular(entity.rsplit('.').next().unwrap_or(entity))
}

/// When something happened to a record: `created` first, everything else within three days.
fn moment(place: Place<'_>) -> u64 {
    let created = dates::created(place.index);
    let is_first = place.plain.starts_with("creat");
    if is_first { created } else { created + 600 + place.seed % 259_200 }
}

/// A text for this place; `format` is the schema's.
pub(crate) fn text(place: Place<'_>, format: &str) -> String {
    let Place { connector, entity, index, seed, .. } = place;
    let moment = moment(place);
    match format {
        "date-time" => return dates::instant(moment),
        "date" => return dates::day(moment),
        "time" => return dates::instant(moment)[11..19].to_owned(),
        "uuid" => return uuid(mix(seed.wrapping_add(index))),
        "ipv4" => return format!("192.0.2.{}", index % 254 + 1),
        "email" => return email(index),
        _ => {}
    }
    let name = place.plain;
    let is = |all: &[&str]| all.contains(&name);
    let ends = |all: &[&str]| all.iter().any(|end| name.ends_with(end));
    let host = format!("https://{connector}.example.com");
    let what = what(entity);
    if format == "uri" || ends(&["url", "uri", "link", "href", "website", "permalink", "avatar"]) {
        format!("{host}/{what}/{index}/{name}")
    } else if ends(&["email", "emailaddress"]) {
        email(index)
    } else if ends(&["phone", "phonenumber", "mobile"]) {
        format!("+1 555 01{:02} {:04}", index % 100, seed % 10_000)
    } else if is(&["firstname", "givenname"]) {
        first(index).to_owned()
    } else if is(&["lastname", "familyname", "surname"]) {
        last(index).to_owned()
    } else if ends(&["login", "username", "handle", "screenname", "nickname"]) {
        format!("{}-{}-{index}", first(index), last(index)).to_lowercase()
    } else if ends(&["slug"]) {
        format!("{}-{index}", pick(&COMPANIES, seed).to_lowercase())
    } else if ends(&["company", "companyname", "organization", "organisation", "accountname"]) {
        format!("{} {index}", pick(&COMPANIES, index))
    } else if ends(&["filename"]) {
        format!("{what}-{index}.txt")
    } else if ends(&["name", "displayname", "label"]) && !ends(&["domainname", "hostname"]) {
        name_of(place)
    } else if ends(&["title", "subject", "summary", "topic", "headline"]) {
        format!("{} {} {}", pick(&COMPANIES, seed), pick(&TOPICS, index), index + 1)
    } else if ends(&[
        "description",
        "body",
        "content",
        "text",
        "note",
        "comment",
        "message",
        "html",
    ]) {
        pick(&SENTENCES, seed).to_owned()
    } else {
        technical(place, moment)
    }
}

/// Texts that machines read.
fn technical(place: Place<'_>, moment: u64) -> String {
    let name = place.plain;
    let Place { connector, entity, index, seed, .. } = place;
    let is = |all: &[&str]| all.contains(&name);
    let ends = |all: &[&str]| all.iter().any(|end| name.ends_with(end));
    let what = what(entity);
    if is(&["ts"]) || ends(&["threadts", "latestts"]) {
        format!("{}.{index:06}", dates::created(index))
    } else if ends(&["date", "birthday"]) {
        dates::day(moment)
    } else if ends(&["createdat", "updatedat", "modifiedat", "closedat", "timestamp", "datetime"])
        || (ends(&["at", "time", "on"]) && dated(place.name))
        || is(&["created", "updated", "modified", "started", "ended", "lastmodified"])
    {
        dates::instant(moment)
    } else if ends(&["currency", "currencycode"]) {
        pick(&["usd", "eur", "gbp"], index).to_owned()
    } else if ends(&["countrycode", "country"]) {
        pick(&COUNTRIES, index).to_owned()
    } else if ends(&["city"]) {
        pick(&CITIES, index).to_owned()
    } else if ends(&["timezone"]) {
        pick(&["Europe/Berlin", "America/Denver", "Asia/Tokyo"], index).to_owned()
    } else if ends(&["language", "locale", "lang"]) {
        pick(&["en", "de", "fr", "ja"], index).to_owned()
    } else if ends(&["postalcode", "zip", "zipcode"]) {
        format!("{:05}", 10_000 + seed % 90_000)
    } else if ends(&["line1", "street", "address1"]) {
        format!("{} Main Street", index + 1)
    } else if is(&["last4"]) {
        format!("{:04}", seed.wrapping_add(index) % 10_000)
    } else if is(&["state"]) && entity.ends_with("address") {
        pick(&["BE", "RA", "CO"], index).to_owned()
    } else if ends(&["status", "state"]) {
        pick(&["open", "closed", "pending"], index).to_owned()
    } else if ends(&["color", "colour"]) {
        hex(seed, 6)
    } else if ends(&["sha", "oid", "hash", "md5", "checksum"]) {
        hex(seed, 40)
    } else if ends(&["domain", "host", "hostname", "domainname"]) {
        format!("{}{index}.example.com", pick(&COMPANIES, seed).to_lowercase())
    } else if ends(&["ip", "ipaddress"]) {
        format!("192.0.2.{}", index % 254 + 1)
    } else if ends(&["mimetype", "contenttype", "mediatype"]) {
        "text/plain".to_owned()
    } else if ends(&["version"]) {
        format!("1.{}.{}", index % 20, seed % 10)
    } else if is(&["key"]) {
        format!("{}-{}", what.chars().take(3).collect::<String>().to_uppercase(), index + 1)
    } else if is(&["object", "type", "kind", "sobjecttype"]) {
        what
    } else if is_identifier(name) {
        identifier(connector, entity, index)
    } else if ends(&["id", "gid", "key", "token", "cursor", "code", "number"]) {
        base36(mix(seed.wrapping_add(index)), 12)
    } else {
        format!("{} {}", pick(&COMPANIES, seed.wrapping_add(index)), pick(&TOPICS, seed))
    }
}

/// Whether a name that ends like an instant is one: `created_at`, `startTime`, not `format`.
fn dated(name: &str) -> bool {
    ["_at", "At", "_time", "Time", "_on", "On"].iter().any(|end| name.ends_with(end))
}

fn first(index: u64) -> &'static str {
    pick(&FIRST, index)
}

fn last(index: u64) -> &'static str {
    pick(&LAST, index)
}

fn email(index: u64) -> String {
    format!("{}.{}{index}@example.com", first(index), last(index)).to_lowercase()
}

fn name_of(place: Place<'_>) -> String {
    let Place { entity, index, seed, .. } = place;
    let plain = place.plain;
    if is_person(entity) || is_person(&plain.replace("name", "")) {
        return format!("{} {}", first(index), last(index));
    }
    // Names of things identify them at some vendors, so they carry the number of the record.
    match plain {
        "name" => format!("{}-{}", pick(&COMPANIES, index).to_lowercase(), index + 1),
        _ => format!("{} {} {}", pick(&COMPANIES, index), pick(&TOPICS, seed), index + 1),
    }
}

/// An integer for this place.
pub(crate) fn integer(place: Place<'_>, format: &str) -> i64 {
    let Place { index, seed, .. } = place;
    let name = place.plain;
    let ends = |all: &[&str]| all.iter().any(|end| name.ends_with(end));
    let small = mix(seed.wrapping_add(index));
    let seconds = moment(place);
    let instant = ["created", "updated", "modified", "timestamp", "date", "started", "canceled"];
    let value = if dated(place.name) || ends(&instant) || ends(&["periodstart", "periodend"]) {
        let in_millis = format == "int64-millis" || ends(&["ms", "millis", "milliseconds"]);
        if in_millis { seconds * 1_000 } else { seconds }
    } else if ends(&["amount", "price", "balance", "cents", "total", "cost", "spend"]) {
        small % 90_000 + 1_000
    } else if name == "number" {
        index + 1
    } else if ends(&["bytes", "size"]) {
        small % 900_000 + 1_000
    } else if ends(&["month"]) {
        small % 12 + 1
    } else if ends(&["year"]) {
        2_020 + small % 6
    } else if ends(&["duration", "seconds"]) {
        small % 3_600 + 60
    } else if ends(&["id"]) {
        small % 900_000_000 + 100_000
    } else {
        small % 50
    };
    i64::try_from(value).unwrap_or(0)
}

/// A boolean for this place.
pub(crate) fn boolean(place: Place<'_>) -> bool {
    let name = place.plain;
    let ends = |all: &[&str]| all.iter().any(|end| name.ends_with(end));
    let draw = mix(place.seed.wrapping_add(place.index));
    if ends(&["success", "ok", "enabled", "active"]) {
        name == "success" || name == "ok" || !draw.is_multiple_of(10)
    } else if ends(&["private", "archived", "deleted", "trashed", "disabled", "locked", "draft"]) {
        draw.is_multiple_of(11)
    } else {
        draw.is_multiple_of(2)
    }
}

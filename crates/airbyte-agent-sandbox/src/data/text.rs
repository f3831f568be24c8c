//! Texts of records, chosen by the name of their property.

use super::dates;
use super::identifier::{identifier, is_identifier};
use super::property::{Property, is_dated, moment};
use super::vocabulary::{CITIES, COMPANIES, COUNTRIES, FIRST, LAST, SENTENCES, TOPICS, pick};
use crate::hash::{base36, hex, mix, uuid};

/// Whether records of this entity are people.
fn is_person(entity: &str) -> bool {
    let entity = super::singular(&super::plain(entity));
    let words = ["user", "contact", "lead", "member", "customer", "person", "agent", "admin"];
    let more = ["candidate", "profile", "visitor", "employee", "owner", "author", "subscriber"];
    let roles = ["assignee", "party", "participant", "creator", "reviewer", "requester", "viewer"];
    words.iter().chain(&more).chain(&roles).any(|word| entity.ends_with(word))
}

/// The word for a record: the singular of its entity, or the last part of the path to a nested object.
fn kind_of_record(entity: &str) -> String {
    super::singular(entity.rsplit('.').next().unwrap_or(entity))
}

/// A text that suits the property; `format` is that of its schema.
pub(super) fn text(property: Property<'_>, format: &str) -> String {
    let Property { connector, entity, index, seed, .. } = property;
    let moment = moment(property);
    match format {
        "date-time" => return dates::format_instant(moment),
        "date" => return dates::format_day(moment),
        "time" => return dates::format_instant(moment)[11..19].to_owned(),
        "uuid" => return uuid(mix(seed.wrapping_add(index))),
        "ipv4" => return format!("192.0.2.{}", index % 254 + 1),
        "email" => return email(index),
        _ => {}
    }
    let name = property.plain;
    let is = |all: &[&str]| all.contains(&name);
    let ends = |all: &[&str]| all.iter().any(|end| name.ends_with(end));
    let host = format!("https://{connector}.example.com");
    let kind = kind_of_record(entity);
    if format == "uri" || ends(&["url", "uri", "link", "href", "website", "permalink", "avatar"]) {
        format!("{host}/{kind}/{index}/{name}")
    } else if ends(&["email", "emailaddress"]) {
        email(index)
    } else if ends(&["phone", "phonenumber", "mobile"]) {
        format!("+1 555 01{:02} {:04}", index % 100, seed % 10_000)
    } else if is(&["firstname", "givenname"]) {
        first_name(index).to_owned()
    } else if is(&["lastname", "familyname", "surname"]) {
        last_name(index).to_owned()
    } else if ends(&["login", "username", "handle", "screenname", "nickname"]) {
        format!("{}-{}-{index}", first_name(index), last_name(index)).to_lowercase()
    } else if ends(&["slug"]) {
        format!("{}-{index}", pick(&COMPANIES, seed).to_lowercase())
    } else if ends(&["company", "companyname", "organization", "organisation", "accountname"]) {
        format!("{} {index}", pick(&COMPANIES, index))
    } else if ends(&["filename"]) {
        format!("{kind}-{index}.txt")
    } else if ends(&["name", "displayname", "label"]) && !ends(&["domainname", "hostname"]) {
        display_name(property)
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
        technical(property, moment)
    }
}

/// A text that programs read: an instant, a code, an identifier.
fn technical(property: Property<'_>, moment: u64) -> String {
    let name = property.plain;
    let Property { connector, entity, index, seed, .. } = property;
    let is = |all: &[&str]| all.contains(&name);
    let ends = |all: &[&str]| all.iter().any(|end| name.ends_with(end));
    let kind = kind_of_record(entity);
    if is(&["ts"]) || ends(&["threadts", "latestts"]) {
        format!("{}.{index:06}", dates::created(index))
    } else if ends(&["date", "birthday"]) {
        dates::format_day(moment)
    } else if ends(&["createdat", "updatedat", "modifiedat", "closedat", "timestamp", "datetime"])
        || (ends(&["at", "time", "on"]) && is_dated(property.name))
        || is(&["created", "updated", "modified", "started", "ended", "lastmodified"])
    {
        dates::format_instant(moment)
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
        format!("{}-{}", kind.chars().take(3).collect::<String>().to_uppercase(), index + 1)
    } else if is(&["object", "type", "kind", "sobjecttype"]) {
        kind
    } else if is_identifier(name) {
        identifier(connector, entity, index)
    } else if ends(&["id", "gid", "key", "token", "cursor", "code", "number"]) {
        base36(mix(seed.wrapping_add(index)), 12)
    } else {
        format!("{} {}", pick(&COMPANIES, seed.wrapping_add(index)), pick(&TOPICS, seed))
    }
}

fn first_name(index: u64) -> &'static str {
    pick(&FIRST, index)
}

fn last_name(index: u64) -> &'static str {
    pick(&LAST, index)
}

fn email(index: u64) -> String {
    format!("{}.{}{index}@example.com", first_name(index), last_name(index)).to_lowercase()
}

fn display_name(property: Property<'_>) -> String {
    let Property { entity, index, seed, .. } = property;
    let plain = property.plain;
    if is_person(entity) || is_person(&plain.replace("name", "")) {
        return format!("{} {}", first_name(index), last_name(index));
    }
    // At some vendors a name identifies its record, so it contains the number of the record.
    match plain {
        "name" => format!("{}-{}", pick(&COMPANIES, index).to_lowercase(), index + 1),
        _ => format!("{} {} {}", pick(&COMPANIES, index), pick(&TOPICS, seed), index + 1),
    }
}

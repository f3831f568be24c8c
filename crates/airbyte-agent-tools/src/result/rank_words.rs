//! Words in the names of fields, by what they say about the field.

/// Members that hold the fields of the record itself.
pub(super) const CONTAINERS: &[&str] = &["fields", "properties", "attributes", "node"];

/// Names of fields that identify a record.
pub(super) const IDENTIFIERS: &[&str] =
    &["id", "gid", "key", "number", "uuid", "guid", "sid", "sha", "code", "ts", "iid", "value"];

/// Last words of fields that name a record for people.
pub(super) const NAMES: &[&str] = &[
    "name",
    "title",
    "subject",
    "summary",
    "label",
    "login",
    "username",
    "email",
    "slug",
    "filename",
    "headline",
    "handle",
    "domain",
    "firstname",
    "lastname",
    "displayname",
];

/// Last words of fields that say in what state or of what kind a record is.
pub(super) const STATES: &[&str] = &[
    "state",
    "status",
    "stage",
    "type",
    "kind",
    "priority",
    "severity",
    "category",
    "outcome",
    "result",
    "role",
    "direction",
    "visibility",
    "phase",
    "level",
    "conclusion",
    "resolution",
    "reason",
    "dealstage",
    "pipeline",
    "plan",
];

/// Names of fields that hold the text of a record.
pub(super) const TEXTS: &[&str] = &[
    "text",
    "body",
    "description",
    "content",
    "message",
    "comment",
    "snippet",
    "note",
    "notes",
    "question",
    "answer",
    "transcript",
];

/// Last words of fields that say when something happened or will happen.
pub(super) const TIMES: &[&str] = &[
    "at",
    "date",
    "time",
    "timestamp",
    "datetime",
    "until",
    "deadline",
    "expires",
    "created",
    "updated",
    "modified",
    "closed",
    "started",
    "due",
    "completed",
    "published",
    "closedate",
    "createdate",
];

/// Last words of fields that say how much or how many.
pub(super) const AMOUNTS: &[&str] = &[
    "amount",
    "total",
    "price",
    "currency",
    "balance",
    "quantity",
    "size",
    "duration",
    "cost",
    "revenue",
    "probability",
    "score",
    "points",
    "estimate",
    "budget",
];

/// Last words of fields that refer to other records.
pub(super) const REFERENCES: &[&str] = &[
    "id",
    "ids",
    "owner",
    "assignee",
    "assignees",
    "author",
    "user",
    "creator",
    "reporter",
    "customer",
    "account",
    "company",
    "contact",
    "requester",
    "organization",
    "team",
    "project",
    "parent",
    "channel",
    "workspace",
    "labels",
    "tags",
    "members",
    "sender",
    "recipient",
    "from",
    "to",
    "group",
    "list",
    "milestone",
];

/// Names of fields that hold the address of a web page.
pub(super) const PAGES: &[&str] =
    &["url", "html_url", "permalink", "web_url", "web_view_link", "permalink_url", "link"];

/// First and last words of fields that tell a reader nothing.
pub(super) const NOISE: &[&str] = &[
    "avatar",
    "gravatar",
    "icon",
    "thumbnail",
    "image",
    "photo",
    "logo",
    "signature",
    "hash",
    "checksum",
    "etag",
    "html",
    "links",
    "self",
    "object",
    "uri",
    "href",
    "url",
    "link",
    "schema",
    "livemode",
    "expand",
    "_links",
    "node",
];

//! The names that APIs give to the parts of an error, in lower case and without punctuation, in the
//! order in which the parts are written into a message.

/// Members that say what is wrong.
pub(super) const TEXTS: &[&str] = &[
    "title",
    "error",
    "message",
    "msg",
    "errormessage",
    "errmsg",
    "detail",
    "details",
    "description",
    "errordescription",
    "errordetail",
    "errordetails",
    "errorsummary",
    "errorusertitle",
    "errorusermsg",
    "errorusermessage",
    "userpresentablemessage",
    "usermessage",
    "developermessage",
    "longmessage",
    "statusmessage",
    "faultstring",
    "explanation",
    "errors",
    "hint",
];

/// Members that say what the error is about.
pub(super) const FIELDS: &[&str] = &[
    "resource",
    "source",
    "field",
    "fieldname",
    "fieldpath",
    "fields",
    "property",
    "propertyname",
    "propertypath",
    "param",
    "params",
    "parameter",
    "parametername",
    "argument",
    "attribute",
    "pointer",
    "instancepath",
    "path",
    "loc",
    "location",
    "name",
];

/// Members that say what is wrong by a word or a number.
pub(super) const CODES: &[&str] = &[
    "code",
    "errorcode",
    "errortype",
    "type",
    "status",
    "reason",
    "category",
    "subcategory",
    "errorsubcode",
    "declinecode",
];

/// Members that say what would be right.
pub(super) const FACTS: &[&str] = &[
    "needed",
    "provided",
    "required",
    "missing",
    "expected",
    "actual",
    "allowed",
    "allowedvalues",
    "validvalues",
    "missingscopes",
    "requiredscopes",
    "requiredgranularscopes",
    "lowerlimit",
    "upperlimit",
];

/// Members that contain further errors.
pub(super) const CONTAINERS: &[&str] = &[
    "error",
    "errormessages",
    "messages",
    "errors",
    "responsemetadata",
    "extensions",
    "exception",
    "exceptions",
    "fault",
    "detail",
    "details",
    "errordetails",
    "fielderrors",
    "fieldviolations",
    "violations",
    "validationerrors",
    "validation",
    "invalidfields",
    "invalidparams",
    "invalidparameters",
    "issues",
    "problems",
    "cause",
    "causes",
    "innererror",
    "innererrors",
    "errordata",
    "errorinfo",
    "context",
    "constraints",
    "fields",
    "faults",
];

/// Members that may be objects whose members have the names of fields.
pub(super) const MAPS: &[&str] = &[
    "errors",
    "messages",
    "detail",
    "details",
    "errordetails",
    "fielderrors",
    "validationerrors",
    "validation",
    "invalidfields",
    "invalidparams",
    "invalidparameters",
    "errordata",
    "context",
    "constraints",
    "fields",
];

/// Whether a member of this name is a message wherever it stands.
pub(super) fn is_message(name: &str) -> bool {
    matches!(name, "message" | "msg" | "errormessage" | "errmsg" | "errordescription")
}

/// Whether a list or an object of this name is told as what it is, or says nothing about a failure.
pub(super) fn is_told_elsewhere(name: &str) -> bool {
    let known = CONTAINERS.iter().chain(FIELDS).chain(FACTS);
    known
        .chain(&["links", "meta", "help", "documentation", "data", "request"])
        .any(|known| name == *known)
}

/// A name in lower case and without punctuation except `@`.
pub(super) fn squash(name: &str) -> String {
    // `@type` names the form of an object, not the kind of an error.
    name.chars().filter(|c| c.is_alphanumeric() || *c == '@').flat_map(char::to_lowercase).collect()
}

/// Whether a code adds nothing to the message.
pub(super) fn is_noise(code: &str) -> bool {
    let word = squash(code);
    let is_status = |number: u16| (400..600).contains(&number);
    word.is_empty()
        || code.contains("://")
        || word.parse().is_ok_and(is_status)
        || matches!(
            word.as_str(),
            "error"
                | "errors"
                | "errorlist"
                | "fail"
                | "failed"
                | "failure"
                | "false"
                | "none"
                | "null"
        )
}

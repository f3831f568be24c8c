//! The names that APIs give to the parts of an error, without case and punctuation, in the order in which
//! the parts are told.

/// Say what is wrong.
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

/// Say what it is about.
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

/// Say it in a word or a number.
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

/// Say what would be right.
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
];

/// Hold further errors.
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

/// May be objects whose members are named by fields.
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

/// A name without case and punctuation, `@` excepted.
pub(super) fn squash(name: &str) -> String {
    // `@type` names the form of an object, not the kind of an error.
    name.chars().filter(|c| c.is_alphanumeric() || *c == '@').flat_map(char::to_lowercase).collect()
}

/// Whether a code says nothing that the message does not say anyway.
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

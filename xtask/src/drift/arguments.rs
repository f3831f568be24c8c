//! Compares the arguments of an operation with what the vendor's request takes.

use airbyte_agent_description::{
    ApiKeyLocation, AuthKind, Body, Connector, Location, Operation, Parameter,
};

use super::finding::{Findings, Kind};
use super::path;
use super::values::{Values, deprecated, needed, standard};
use airbyte_agent_document::{self as vendor, Opener, Place, Schema, Shape};

/// Headers that every client sends, which documents may mention or not.
const COMMON_HEADERS: [&str; 5] = ["accept", "authorization", "content-type", "user-agent", "host"];

/// Both sides of a comparison of requests.
#[derive(Debug)]
pub(super) struct Request<'a, 'd> {
    pub(super) connector: &'a Connector,
    pub(super) operation: &'a Operation,
    pub(super) theirs: &'d vendor::Operation,
    pub(super) opener: &'a Opener<'d>,
}

impl<'d> Request<'_, 'd> {
    pub(super) fn compare(&self, out: &mut Findings) {
        let (body, is_form) = match self.body(out) {
            Some((body, is_form)) => (Some(body), is_form),
            None => (None, false),
        };
        let mut found: Vec<&'d str> = Vec::new();
        for parameter in self.operation.parameters.iter() {
            match parameter.location {
                Location::Path => self.piece_of_path(parameter, out),
                Location::Query => found.extend(self.parameter(parameter, Place::Query, out)),
                Location::Header => found.extend(self.parameter(parameter, Place::Header, out)),
                Location::Body => self.member(parameter, body.as_ref(), is_form, out),
                Location::File | Location::GraphQl => {}
            }
        }
        for theirs in &self.theirs.parameters {
            let is_known = found.contains(&theirs.name.as_str()) || self.is_credential(theirs);
            if theirs.required && theirs.place != Place::Path && !is_known {
                let detail = "The vendor requires it, and callers cannot pass it.";
                out.add(Kind::ArgumentMissing, &theirs.name, detail);
            }
        }
        if let Some(body) = &body {
            self.missing_members(body, out);
        }
    }

    fn piece_of_path(&self, parameter: &Parameter, out: &mut Findings) {
        let own = path::shown(&self.operation.path);
        let Some(name) = path::counterpart(&own, &self.theirs.path, &parameter.name) else {
            return;
        };
        let theirs = self.theirs.parameters.iter().find(|theirs| theirs.name == name);
        if let Some(theirs) = theirs.filter(|theirs| theirs.place == Place::Path) {
            self.values(true, parameter, &Schema::One(&theirs.schema), out);
        }
    }

    /// Compares a query parameter or header; the name of the vendor's, if there is one.
    fn parameter(&self, own: &Parameter, place: Place, out: &mut Findings) -> Option<&'d str> {
        let wire = own.wire_name();
        let Some(theirs) = self.find(wire, place) else {
            if let Some((name, schema)) = self.member_of_deep_object(wire) {
                self.values(true, own, &schema, out);
                return Some(name);
            }
            let is_common = COMMON_HEADERS.contains(&wire.to_ascii_lowercase().as_str());
            if place != Place::Header || !is_common {
                self.unknown(own, out);
            }
            return None;
        };
        if !self.is_credential(theirs) {
            needed(own, theirs.required, out);
        }
        deprecated(&own.name, &own.description, theirs.deprecated, out);
        let schema = Schema::One(&theirs.schema);
        self.values(true, own, &schema, out);
        self.page_size(own, &schema, out);
        Some(&theirs.name)
    }

    fn find(&self, wire: &str, place: Place) -> Option<&'d vendor::Parameter> {
        let plain = |name: &str| name.trim_end_matches("[]").to_ascii_lowercase();
        let all = || self.theirs.parameters.iter().filter(|theirs| theirs.place == place);
        let is_header = place == Place::Header;
        all().find(|theirs| theirs.name == wire).or_else(|| {
            all().find(|theirs| {
                plain(&theirs.name) == plain(wire)
                    && (is_header
                        || theirs.name.trim_end_matches("[]") == wire.trim_end_matches("[]"))
            })
        })
    }

    /// `filter[name]`, where the vendor describes `filter` as an object.
    fn member_of_deep_object(&self, wire: &str) -> Option<(&'d str, Schema<'d>)> {
        let (object, member) = wire.split_once('[')?;
        let member = member.split(']').next()?;
        let theirs = self.find(object, Place::Query)?;
        let shape = self.opener.open(&Schema::One(&theirs.schema));
        let schema = shape.members.get(member).cloned().or(shape.values)?;
        Some((&theirs.name, schema))
    }

    fn unknown(&self, own: &Parameter, out: &mut Findings) {
        let wire = own.wire_name();
        if self
            .theirs
            .parameters
            .iter()
            .any(|theirs| theirs.name == wire && theirs.place != Place::Path)
        {
            let detail = "The vendor expects it in another part of the request.";
            out.add(Kind::ArgumentMisplaced, &own.name, detail);
        } else {
            let detail = "The vendor knows no such argument; it is ignored or refused.";
            out.add(Kind::ArgumentUnknown, &own.name, detail);
        }
    }

    /// What the vendor's body may contain, and whether one side sends it as a form, in which all
    /// values are texts. `None` if the document does not say.
    fn body(&self, out: &mut Findings) -> Option<(Shape<'d>, bool)> {
        let wanted = match &self.operation.body {
            Body::None | Body::Json { .. } => "json",
            Body::Form => "x-www-form-urlencoded",
            Body::Multipart { .. } => "multipart/form-data",
            Body::Related { .. } => "multipart/related",
            Body::Value { .. } | Body::Raw(_) | Body::GraphQl(_) => return None,
        };
        let theirs = self.theirs.body.as_ref()?;
        let fitting = theirs.contents.iter().find(|content| content.media_type.contains(wanted));
        let content = fitting.or_else(|| theirs.contents.first())?;
        let is_other = fitting.is_none() && content.media_type != "*/*";
        if is_other && self.operation.body != Body::None {
            let detail = format!("The vendor takes the body as {}.", content.media_type);
            out.add(Kind::MediaType, "", detail);
        }
        let mut shape = self.opener.open(&Schema::One(content.schema.as_ref()?));
        if let (Body::Json { in_array: true, .. }, Some(items)) =
            (&self.operation.body, &shape.items)
        {
            shape = self.opener.open(&items.clone());
        }
        // A body that has to be sent and has one member needs the member, whatever the schema says.
        if theirs.required && shape.members.len() == 1 {
            shape.required = shape.members.keys().copied().collect();
        }
        let is_optional = self.operation.body == Body::None && !theirs.required;
        let is_form = wanted.contains("form") || content.media_type.contains("form");
        Some((shape, is_form)).filter(|_| !is_optional)
    }

    fn member(&self, own: &Parameter, body: Option<&Shape<'d>>, is_form: bool, out: &mut Findings) {
        let wire = own.wire_name();
        // A file and its type are a separate part of the body.
        if let Body::Related { file } = &self.operation.body
            && (*file == own.name || own.name == "file_mime_type")
        {
            return;
        }
        let Some(body) = body else {
            if self.theirs.body.is_none() {
                self.unknown(own, out);
            }
            return;
        };
        let Some(theirs) = body.members.get(wire) else {
            if !body.members.is_empty() && !body.open {
                self.unknown(own, out);
            }
            return;
        };
        needed(own, body.required.contains(&wire), out);
        deprecated(&own.name, &own.description, self.opener.open(theirs).deprecated, out);
        self.values(is_form, own, theirs, out);
        self.page_size(own, theirs, out);
    }

    fn missing_members(&self, body: &Shape<'d>, out: &mut Findings) {
        if matches!(self.operation.body, Body::Json { open: true, .. }) {
            return;
        }
        let is_known = |name: &str| {
            let mut own = self.operation.parameters.iter();
            own.any(|own| own.location == Location::Body && own.wire_name() == name)
        };
        for name in &body.required {
            if !is_known(name) && body.members.contains_key(name) {
                let detail = "The vendor requires it in the body, and callers cannot pass it.";
                out.add(Kind::ArgumentMissing, name, detail);
            }
        }
    }

    fn values(&self, as_text: bool, own: &Parameter, theirs: &Schema<'d>, out: &mut Findings) {
        standard(own, &self.opener.open(theirs), out);
        let values = Values { opener: self.opener, as_text };
        // An argument with only one value, which is always sent, defines the operation and is not a
        // choice. A header that is always sent names the version that the spec describes.
        let is_sent = own.send_default && own.default.is_some();
        let is_constant =
            is_sent && (own.schema.choices.len() == 1 || own.location == Location::Header);
        if !is_constant {
            values.compare(&own.name, &own.schema, theirs, out);
            return;
        }
        let mut found = Findings::new(self.operation.place());
        values.compare(&own.name, &own.schema, theirs, &mut found);
        for finding in found.into_list() {
            if finding.kind == Kind::EnumUnknown {
                out.add(finding.kind, &finding.place, finding.detail);
            }
        }
    }

    /// Compares the sizes of pages that the paginator declares.
    fn page_size(&self, own: &Parameter, theirs: &Schema<'d>, out: &mut Findings) {
        let sizes = self.operation.paging.styles().filter_map(|style| style.size.as_ref());
        let Some(size) = sizes.into_iter().find(|size| size.parameter == own.name) else { return };
        let shape = self.opener.open(theirs);
        let default = shape.default.and_then(|value| {
            value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok()))
        });
        if let (Some(own), Some(theirs)) = (size.default, default)
            && own != theirs
        {
            let detail = format!("The standard size is {own}, and the vendor's is {theirs}.");
            out.add(Kind::PageDefault, &size.parameter, detail);
        }
        #[expect(clippy::cast_precision_loss, reason = "no page has so many records")]
        if let (Some(own), Some(theirs)) = (size.maximum, shape.maximum)
            && own as f64 > theirs
        {
            let detail =
                format!("Pages of {own} records are requested, and the vendor serves {theirs}.");
            out.add(Kind::PageSize, &size.parameter, detail);
        }
    }

    /// Whether the engine sends the value as a credential, so that it is no argument.
    fn is_credential(&self, theirs: &vendor::Parameter) -> bool {
        let name = theirs.name.as_str();
        let is_header = theirs.place == Place::Header;
        let is_common = is_header && COMMON_HEADERS.contains(&name.to_ascii_lowercase().as_str());
        is_common
            || self.connector.auth.iter().any(|scheme| {
                let is_key = match &scheme.kind {
                    AuthKind::ApiKey { location, name: own } => match location {
                        ApiKeyLocation::Header => is_header && own.eq_ignore_ascii_case(name),
                        ApiKeyLocation::Query => theirs.place == Place::Query && own == name,
                        ApiKeyLocation::Cookie => theirs.place == Place::Cookie && own == name,
                    },
                    AuthKind::OAuth2 { header, .. } => {
                        is_header && header.eq_ignore_ascii_case(name)
                    }
                    AuthKind::Bearer | AuthKind::Basic => false,
                };
                let mut headers = scheme.headers.iter();
                is_key || is_header && headers.any(|own| own.name.eq_ignore_ascii_case(name))
            })
    }
}

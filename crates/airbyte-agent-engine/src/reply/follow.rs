//! Lists that continue by an address in the response.

use std::borrow::Cow;

use serde_json::Value;
use url::Url;

use super::next::Paginator;
use crate::cursor::NextPage;
use crate::description::{ApiKeyLocation, AuthKind, Text};
use crate::http::{has_user_info, same_origin};

impl Paginator<'_> {
    pub(super) fn follow(&self, address: &str, feed: &[(Text, Text)], page: &mut NextPage) {
        // A relative address also has a query.
        let base = Url::parse("https://relative.invalid/").ok();
        let url = Url::options().base_url(base.as_ref()).parse(address).ok();
        let mut missing = Vec::new();
        for (query, into) in feed {
            let value = url.as_ref().and_then(|url| {
                let mut pairs = url.query_pairs();
                pairs.find(|(name, _)| name == query.as_ref()).map(|(_, value)| value.into_owned())
            });
            match value.filter(|value| !value.is_empty()) {
                Some(value) => {
                    let value = self.typed(into, Value::String(value));
                    page.set.insert(into.to_string(), value);
                }
                None => missing.push(into.to_string()),
            }
        }
        if page.set.is_empty() {
            page.follow = Some(self.without_credentials(address));
            return;
        }
        // Arguments of the caller apply to the first page only.
        let given = missing.into_iter().filter(|name| self.argument(name).is_some());
        page.set.extend(given.map(|name| (name, Value::Null)));
    }

    /// Whether an address is on another host than the response. It is then not requested.
    pub(super) fn is_elsewhere(&self, address: &str) -> bool {
        let Some(base) = self.server else { return false };
        base.join(address).is_ok_and(|next| !same_origin(&next, base))
    }

    /// An address without the credentials that the vendor repeats in it, as user name and password
    /// or in its query. They are added again when the page is requested, and a cursor must not
    /// contain them. The fragment is never sent and is removed as well.
    fn without_credentials(&self, address: &str) -> String {
        let address = without_user_info(address);
        let address = address.split_once('#').map_or(&*address, |(sent, _)| sent);
        let Some((before, query)) = address.split_once('?') else { return address.to_owned() };
        let is_key = |name: &str| {
            self.connector.auth.iter().any(|scheme| {
                matches!(&scheme.kind, AuthKind::ApiKey { location: ApiKeyLocation::Query, name: key }
                    if key == name)
            })
        };
        let is_secret = |pair: &str| {
            let mut parsed = form_urlencoded::parse(pair.as_bytes());
            parsed.any(|(name, value)| is_key(&name) || (self.redact)(&value) != value)
        };
        let public: Vec<&str> = query.split('&').filter(|pair| !is_secret(pair)).collect();
        if public.is_empty() { before.to_owned() } else { format!("{before}?{}", public.join("&")) }
    }
}

/// An address, relative or not, without user name and password.
fn without_user_info(address: &str) -> Cow<'_, str> {
    let base = Url::parse("https://relative.invalid/").ok();
    match Url::options().base_url(base.as_ref()).parse(address) {
        Ok(mut url) if has_user_info(&url) => {
            // Both succeed for every address that has a user name or a password.
            let _ = url.set_username("");
            let _ = url.set_password(None);
            String::from(url).into()
        }
        _ => address.into(),
    }
}

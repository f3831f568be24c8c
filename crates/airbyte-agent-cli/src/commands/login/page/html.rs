//! The pages, as HTML without scripts. Everything that is put into them is escaped.

use airbyte_agent_core::description::{AuthScheme, Connector, CredentialField, OAuthEndpoints};
use http::{HeaderValue, Response, StatusCode, header};
use http_body_util::Full;
use hyper::body::Bytes;

use super::form;

/// A page that the browser shows.
pub(super) struct Page {
    status: StatusCode,
    title: String,
    /// HTML.
    body: String,
}

/// What the form is for.
pub(super) struct FormContext<'c> {
    pub(super) connector: &'c Connector,
    pub(super) account: &'c str,
    /// Where the form is sent.
    pub(super) action: &'c str,
    /// The second secret, which only the form has.
    pub(super) csrf: &'c str,
    /// The settings that are asked for, for each scheme.
    pub(super) settings: &'c dyn Fn(&AuthScheme) -> Vec<String>,
    /// Where the vendor sends the browser back.
    pub(super) redirect: &'c str,
}

impl Page {
    /// A page with a sentence.
    pub(super) fn told(status: StatusCode, title: &str, text: &str) -> Self {
        Self { status, title: title.to_owned(), body: format!("<p>{}", escape(text)) }
    }

    /// The page for everything that is not there.
    pub(super) fn not_found() -> Self {
        Self::told(StatusCode::NOT_FOUND, "Nothing here", "")
    }

    /// The page that leads to the vendor.
    pub(super) fn lead(title: &str, url: &str) -> Self {
        let body = format!(
            "<p>The next step is on the vendor's own page, which sends you back here.\n\
             <p><a rel=\"noreferrer\" href=\"{}\">Continue at {}</a>",
            escape(url),
            escape(title)
        );
        Self { status: StatusCode::OK, title: format!("Sign in at {title}"), body }
    }

    /// The form for the credentials, with what was wrong with those that were sent before.
    pub(super) fn form(context: &FormContext<'_>, problem: Option<&str>) -> Self {
        let title = &context.connector.title;
        let mut body = format!(
            "<p>airbyte-agent keeps what you enter on this machine, as the account <b>{}</b>. It is sent to {} only, and \
             shown to no model.\n",
            escape(context.account),
            escape(title)
        );
        if let Some(problem) = problem {
            body.push_str(&format!("<p role=\"alert\"><b>{}</b>\n", escape(problem)));
        }
        for scheme in context.connector.auth.iter() {
            body.push_str(&scheme_form(context, scheme));
        }
        let status = if problem.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
        Self { status, title: format!("Sign in to {title}"), body }
    }

    /// The page as a response.
    pub(super) fn into_response(self) -> Response<Full<Bytes>> {
        let html = format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\"><title>{0}</title>\
             <style>body{{font-family:sans-serif;margin:3em auto;max-width:40em;padding:0 1em}}\
             label{{display:block;margin:1em 0 .2em}}input{{width:100%;padding:.4em;box-sizing:border-box}}\
             small{{color:#555}}button{{margin-top:1em;padding:.5em 1em}}</style>\
             <h1>{0}</h1>\n{1}\n</html>\n",
            escape(&self.title),
            self.body
        );
        let mut response = Response::new(Full::new(Bytes::from(html)));
        *response.status_mut() = self.status;
        // The address is a secret, and nothing of the page may be in another one.
        for (name, value) in [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            (header::REFERRER_POLICY, "same-origin"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::X_FRAME_OPTIONS, "DENY"),
            (
                header::CONTENT_SECURITY_POLICY,
                "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; \
                 frame-ancestors 'none'; base-uri 'none'",
            ),
        ] {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

fn scheme_form(context: &FormContext<'_>, scheme: &AuthScheme) -> String {
    let signs_in = scheme.oauth.as_ref().is_some_and(OAuthEndpoints::has_sign_in);
    let mut html = format!(
        "<form method=\"post\" action=\"{}\" autocomplete=\"off\"><h2>{}</h2>\n<p>{}\n",
        escape(context.action),
        escape(&scheme.title),
        escape(&scheme.description)
    );
    for (name, value) in [("csrf", context.csrf), ("scheme", &scheme.name)] {
        html.push_str(&format!(
            "<input type=\"hidden\" name=\"{name}\" value=\"{}\">\n",
            escape(value)
        ));
    }
    if signs_in {
        html.push_str(&format!(
            "<p>Leave the tokens empty to sign in at {}. The app must allow the address {}, to which you are sent \
             back.\n",
            escape(&context.connector.title),
            escape(context.redirect)
        ));
    }
    for name in (context.settings)(scheme) {
        let variables = &context.connector.server_of(scheme, |_| false).variables;
        let variable = variables.iter().find(|variable| variable.name == name);
        let hint = variable.map_or("", |variable| variable.description.as_ref());
        let example = variable.map_or("", |variable| variable.example.as_ref());
        let hint =
            if example.is_empty() { hint.to_owned() } else { format!("{hint} Such as {example}.") };
        html.push_str(&input(&form::setting(&name), &name, &hint, (false, true)));
    }
    for field in scheme.fields.iter() {
        let is_required = field.required && !signs_in;
        html.push_str(&field_input(field, is_required));
    }
    for (name, title) in form::app_fields(scheme) {
        html.push_str(&input(&form::field(name), title, "", (name == "client_secret", false)));
    }
    html.push_str("<button>Go on</button></form>\n");
    html
}

fn field_input(field: &CredentialField, is_required: bool) -> String {
    let title = if field.title.is_empty() { &field.name } else { &field.title };
    let hint = format!("{} {}", field.description, field.obtain);
    input(&form::field(&field.name), title, hint.trim(), (field.secret, is_required))
}

fn input(name: &str, title: &str, hint: &str, (is_secret, is_required): (bool, bool)) -> String {
    let kind = if is_secret { "password" } else { "text" };
    let required = if is_required { " required" } else { "" };
    format!(
        "<label for=\"{0}\">{1}</label><input id=\"{0}\" name=\"{0}\" type=\"{kind}\" autocomplete=\"off\" \
         spellcheck=\"false\"{required}><small>{2}</small>\n",
        escape(name),
        escape(title),
        escape(hint)
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_into_a_page_is_text() {
        let page = Page::told(StatusCode::OK, "<b>", "\"'&<script>");
        assert_eq!(page.body, "<p>&quot;&#39;&amp;&lt;script&gt;");
        let response = page.into_response();
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors"));
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    }
}

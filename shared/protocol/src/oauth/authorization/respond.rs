//! The response, success and error alike: to the redirect URI, by the asked mode, with `state` and `iss` (RFC 6749 §4.1.2, RFC 9207,
//! OAuth 2.0 Form Post Response Mode, JARM).

use http::{StatusCode, header};
use serde_json::{Map, Value, json};

use super::{AuthorizationRequest, AuthorizeError, Refusal, ResponseMode, jarm};
use crate::app::App;
use crate::app::function::Reply;
use crate::http::{ContentSecurity, Problem, RequestContext, Response};
use crate::keys::Handle;
use crate::page::{Field, FormPost, Link, Locale, Page};

/// A response on its way to the client.
///
/// INVARIANT: it is made of a redirect URI that was matched with the registered ones, so that it cannot go astray.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationResponse {
    redirect_uri: String,
    mode: ResponseMode,
    params: Vec<(&'static str, String)>,
    /// The hash of the code that it carries, signed or not.
    code: Option<String>,
}

/// Where a response goes, known before the rest of the request is.
#[derive(Clone, Debug)]
pub(super) struct ReturnAddress {
    pub(super) client: String,
    pub(super) redirect_uri: String,
    pub(super) mode: ResponseMode,
    pub(super) state: Option<String>,
}

impl ReturnAddress {
    pub(super) async fn refuse(
        &self,
        app: &App,
        refusal: &Refusal,
    ) -> Result<AuthorizationResponse, AuthorizeError> {
        let description: String = refusal.detail.chars().map(plain).collect();
        let said = vec![("error", refusal.code.name().to_owned()), ("error_description", description)];
        self.answer(app, said).await
    }

    async fn answer(
        &self,
        app: &App,
        said: Vec<(&'static str, String)>,
    ) -> Result<AuthorizationResponse, AuthorizeError> {
        let mut params = said;
        params.extend(self.state.clone().map(|state| ("state", state)));
        params.push(("iss", app.config.issuer.clone()));
        if self.mode.is_jwt() {
            params = jarm::pack(app, &self.client, params).await?;
        }
        Ok(AuthorizationResponse {
            redirect_uri: self.redirect_uri.clone(),
            mode: self.mode,
            params,
            code: None,
        })
    }
}

/// The characters that RFC 6749 §4.1.2.1 allows in a description.
fn plain(char: char) -> char {
    if matches!(char, ' '..='~') && !matches!(char, '"' | '\\') { char } else { '\'' }
}

impl AuthorizationRequest {
    fn return_address(&self) -> ReturnAddress {
        ReturnAddress {
            client: self.client_id.clone(),
            redirect_uri: self.redirect_uri.clone(),
            mode: self.response_mode,
            state: self.state.clone(),
        }
    }

    /// The response that refuses: the customer withheld consent, or `prompt` is `none` and something would have to be asked.
    ///
    /// # Errors
    /// When it is to be signed and cannot be.
    pub async fn refuse(
        &self,
        app: &App,
        refusal: &Refusal,
    ) -> Result<AuthorizationResponse, AuthorizeError> {
        self.return_address().refuse(app, refusal).await
    }

    pub(super) async fn answer_with(
        &self,
        app: &App,
        said: Vec<(&'static str, String)>,
    ) -> Result<AuthorizationResponse, AuthorizeError> {
        self.return_address().answer(app, said).await
    }
}

impl AuthorizationResponse {
    /// The redirect, or the page whose form posts itself; for who asks for JSON, what it would post.
    ///
    /// # Errors
    /// A fault of ours, when the page cannot be rendered.
    pub fn respond(self, app: &App, context: &RequestContext) -> Reply {
        match self.mode {
            ResponseMode::Query
            | ResponseMode::Fragment
            | ResponseMode::QueryJwt
            | ResponseMode::FragmentJwt => Response::see_other(&self.location()),
            ResponseMode::FormPost | ResponseMode::FormPostJwt if context.wants_json => {
                Response::json(StatusCode::OK, &self.to_json())
            }
            ResponseMode::FormPost | ResponseMode::FormPostJwt => self.form(app, context.locale),
        }
    }

    /// The response as data, for who goes through a sign-in by JSON: where to go, or what to post where.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let fields = || self.params.iter().map(|(name, value)| ((*name).to_owned(), json!(value)));
        match self.mode {
            ResponseMode::Query
            | ResponseMode::Fragment
            | ResponseMode::QueryJwt
            | ResponseMode::FragmentJwt => json!({ "location": self.location() }),
            ResponseMode::FormPost | ResponseMode::FormPostJwt => {
                json!({ "action": self.redirect_uri, "fields": fields().collect::<Map<_, _>>() })
            }
        }
    }

    /// As the one that carries this code.
    pub(super) fn carrying(mut self, code: Option<&Handle>) -> Self {
        self.code = code.map(Handle::hash);
        self
    }

    /// The hash of the code that it carries, even within a signed answer.
    #[must_use]
    pub fn code_hash(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The code that it carries.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.params.iter().find(|(name, _)| *name == "code").map(|(_, value)| value.as_str())
    }

    /// The error that it carries, as members of a JSON object (RFC 6749 §5.2).
    pub fn error(&self) -> impl Iterator<Item = (String, Value)> {
        let told = self.params.iter().filter(|(name, _)| name.starts_with("error"));
        told.map(|(name, value)| ((*name).to_owned(), json!(value)))
    }

    fn location(&self) -> String {
        match self.mode {
            ResponseMode::Fragment | ResponseMode::FragmentJwt => {
                format!("{}#{}", self.redirect_uri, encode(&self.params))
            }
            ResponseMode::Query
            | ResponseMode::QueryJwt
            | ResponseMode::FormPost
            | ResponseMode::FormPostJwt => with_query(&self.redirect_uri, &self.params),
        }
    }

    fn form(self, app: &App, locale: Locale) -> Reply {
        let action = Link::parse(&self.redirect_uri)
            .ok_or_else(|| Problem::internal("a form cannot be posted to this redirect URI"))?;
        let fields =
            self.params.into_iter().map(|(name, value)| Field { name: name.to_owned(), value }).collect();
        let page = Page::FormPost(FormPost { action, fields, client: None });
        let html = app.pages.render(locale, &page).map_err(Problem::internal)?;
        // Our other pages send no referrer, for which browsers write `Origin: null`; clients that look whose form it is need ours.
        Ok(Response::html(StatusCode::OK, html, ContentSecurity::Scripted)
            .header(header::REFERRER_POLICY, "origin"))
    }
}

/// `uri` with `params` after those that it has already.
///
/// INVARIANT: registered addresses have no fragment, so what is appended is of the query.
pub(in crate::oauth) fn with_query<V: AsRef<str>>(uri: &str, params: &[(&str, V)]) -> String {
    let separator = if uri.contains('?') { '&' } else { '?' };
    format!("{uri}{separator}{}", encode(params))
}

fn encode<V: AsRef<str>>(params: &[(&str, V)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish()
}

//! One request, as every host hands it to a function: read whole, bounded.

use std::collections::HashMap;
use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, Method, header};
use serde::de::DeserializeOwned;

use super::{ClientCertificate, Cookies, Params, Problem, proxy};
use crate::app::App;
use crate::id::RequestId;
use crate::page::Locale;
use crate::secret::Secret;

/// The largest body that any endpoint reads, in bytes.
const BODY_LIMIT: usize = 128 * 1024;
/// The longest query string that any endpoint reads, in bytes.
const QUERY_LIMIT: usize = 32 * 1024;
/// The longest user agent that is kept, in characters.
const USER_AGENT_LIMIT: usize = 256;

/// One request.
#[derive(Debug)]
pub struct Request {
    /// Its id: in the response, the log line and the audit record.
    pub id: RequestId,
    /// The method.
    pub method: Method,
    /// The path, without the query.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The caller's address, as the gateway saw it, or the proxy before it.
    pub address: IpAddr,
    /// The certificate that the caller came with, where the deployment takes some.
    pub client_certificate: Option<ClientCertificate>,
    query: String,
    body: Bytes,
    path_params: HashMap<String, String>,
}

/// What outlives the request: for the response, the log line and the audit record.
#[derive(Clone, Debug)]
pub struct RequestContext {
    /// The request's id.
    pub id: RequestId,
    /// The method.
    pub method: Method,
    /// The caller's address.
    pub address: IpAddr,
    /// The caller's `User-Agent`, at most 256 characters.
    pub user_agent: String,
    /// Whether the caller asks for JSON rather than a page.
    pub wants_json: bool,
    /// The language of pages and messages.
    pub locale: Locale,
}

impl Request {
    /// A request that came to the gateway from `address`. The host has matched the route, hence `path_params`.
    #[must_use]
    pub fn new(
        app: &App,
        request: http::Request<Bytes>,
        address: IpAddr,
        path_params: HashMap<String, String>,
    ) -> Self {
        let (parts, body) = request.into_parts();
        Self {
            id: RequestId::sortable(app),
            client_certificate: ClientCertificate::of_gateway(&app.config, &parts),
            method: parts.method,
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers,
            body,
            address,
            path_params,
        }
    }

    /// Behind a proxy, reads from it whose request this is. What did not come through the proxy is refused, before anything else is looked
    /// at; but for who came with a certificate to the gateway's own domain, which has no proxy before it and lets nobody in without one.
    ///
    /// # Errors
    /// 403, or 503 when the proxy's secret cannot be read.
    pub(crate) async fn find_caller(&mut self, app: &App) -> Result<(), Problem> {
        let Some(proxy) = &app.config.proxy else { return Ok(()) };
        if self.client_certificate.is_some() {
            return Ok(());
        }
        let refused = || {
            Problem::forbidden("forbidden", "this host is not reached directly, but by the issuer's address")
        };
        let secrets = proxy::secrets(app, &proxy.secret).await?;
        if !proxy::came_through(&secrets, &self.headers) {
            return Err(refused());
        }
        self.address = proxy::caller(proxy.kind, &self.headers, self.address).ok_or_else(refused)?;
        self.client_certificate = ClientCertificate::of_proxy(&app.config, &self.headers);
        Ok(())
    }

    /// A header's value, if it is there and plain text.
    #[must_use]
    pub fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// A variable of the route's path, e.g. `client_id` of `/oauth2/register/{client_id}`.
    ///
    /// # Errors
    /// 404 when the host did not match one.
    pub fn path_param(&self, name: &str) -> Result<&str, Problem> {
        self.path_params
            .get(name)
            .map(String::as_str)
            .ok_or_else(|| Problem::not_found("not_found", "there is no such resource"))
    }

    /// The parameters of the query string.
    ///
    /// # Errors
    /// 400 when it is too long, has too many parameters, or repeats one.
    pub fn query(&self) -> Result<Params, Problem> {
        if self.query.len() > QUERY_LIMIT {
            return Err(Problem::invalid_request("the query string is too long"));
        }
        Params::parse(self.query.as_bytes())
    }

    /// The parameters of a form body (`application/x-www-form-urlencoded`).
    ///
    /// # Errors
    /// 400 when the body is of another type, too long, has too many parameters, or repeats one.
    pub fn form(&self) -> Result<Params, Problem> {
        // Nothing is of no type: what is missing is told by its name.
        if self.media_type() != "application/x-www-form-urlencoded" && !self.body()?.is_empty() {
            return Err(Problem::invalid_request("the body must be `application/x-www-form-urlencoded`"));
        }
        Params::parse(self.body()?)
    }

    /// The parameters of the query for GET, of the form for POST: endpoints that take both.
    ///
    /// # Errors
    /// 400 as [`Self::query`] and [`Self::form`].
    pub fn params(&self) -> Result<Params, Problem> {
        if self.method == Method::POST { self.form() } else { self.query() }
    }

    /// The parameters of a form, or the members (texts alone) of a JSON object: steps of a flow take both.
    ///
    /// # Errors
    /// 400 when the body is neither.
    pub fn form_or_json(&self) -> Result<Params, Problem> {
        if self.media_type() == "application/json" { Params::from_json(self.body()?) } else { self.form() }
    }

    /// The JSON body, as `T`.
    ///
    /// # Errors
    /// 400 with the path of the member that is wrong.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let media_type = self.media_type();
        if media_type != "application/json" && !media_type.ends_with("+json") {
            return Err(Problem::invalid_request("the body must be `application/json`"));
        }
        let mut deserializer = serde_json::Deserializer::from_slice(self.body()?);
        serde_path_to_error::deserialize(&mut deserializer)
            .map_err(|error| Problem::invalid_request(format!("the body is not what is expected: {error}")))
    }

    /// The whole body.
    ///
    /// # Errors
    /// 413 when it is longer than any endpoint reads.
    pub fn body(&self) -> Result<&[u8], Problem> {
        if self.body.len() > BODY_LIMIT {
            return Err(Problem::too_large(format!("the body is longer than {BODY_LIMIT} bytes")));
        }
        Ok(&self.body)
    }

    /// The cookies that came with it.
    #[must_use]
    pub fn cookies(&self) -> Cookies {
        Cookies::of(&self.headers)
    }

    /// The access token of `Authorization: Bearer` (RFC 6750 §2.1).
    #[must_use]
    pub fn bearer_token(&self) -> Option<&str> {
        let (scheme, token) = self.header(header::AUTHORIZATION)?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim()).filter(|token| !token.is_empty())
    }

    /// What outlives the request.
    #[must_use]
    pub fn context(&self) -> RequestContext {
        let accept = self.header(header::ACCEPT).unwrap_or_default();
        RequestContext {
            id: self.id.clone(),
            method: self.method.clone(),
            address: self.address,
            user_agent: self
                .header(header::USER_AGENT)
                .unwrap_or_default()
                .chars()
                .take(USER_AGENT_LIMIT)
                .collect(),
            wants_json: self.is_api() || (accept.contains("json") && !accept.contains("text/html")),
            locale: Locale::negotiate(None, self.header(header::ACCEPT_LANGUAGE)),
        }
    }

    /// Whether a browser asks ahead, before anybody goes there (`Sec-Purpose: prefetch`, also of what is rendered ahead).
    #[must_use]
    pub fn is_fetched_ahead(&self) -> bool {
        let purposes = ["sec-purpose", "purpose", "x-moz"].into_iter().filter_map(|name| self.header(name));
        purposes.flat_map(|value| value.split(';')).any(|token| token.trim().eq_ignore_ascii_case("prefetch"))
    }

    /// Whether it is for our own API rather than for a page: one Lambda may serve both faces of a resource.
    #[must_use]
    pub fn is_api(&self) -> bool {
        self.path.starts_with("/v1/")
    }

    fn media_type(&self) -> String {
        let value = self.header(header::CONTENT_TYPE).unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }
}

/// The user name and password of `Authorization: Basic`, percent-decoded as RFC 6749 §2.3.1 has it.
///
/// # Errors
/// 400 when the header is Basic but malformed.
pub fn basic_credentials(request: &Request) -> Result<Option<(String, Secret<String>)>, Problem> {
    let Some((scheme, value)) = request.header(header::AUTHORIZATION).and_then(|text| text.split_once(' '))
    else {
        return Ok(None);
    };
    if !scheme.eq_ignore_ascii_case("basic") {
        return Ok(None);
    }
    let malformed = || Problem::invalid_request("the `Authorization: Basic` header is malformed");
    let decoded = STANDARD.decode(value.trim()).map_err(|_| malformed())?;
    let decoded = String::from_utf8(decoded).map_err(|_| malformed())?;
    let (name, password) = decoded.split_once(':').ok_or_else(malformed)?;
    let decode = |text: &str| {
        url::form_urlencoded::parse(format!("v={}", text.replace('&', "%26")).as_bytes())
            .next()
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    };
    Ok(Some((decode(name), Secret::new(decode(password)))))
}

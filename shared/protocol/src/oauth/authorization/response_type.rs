//! `response_type` and `response_mode` (OAuth 2.0 Multiple Response Type Encoding Practices §2, §3, §5): `code` alone (RFC 9700
//! §2.1.2), unless the deployment and the client's registration allow more.

use super::{ErrorCode, Refusal, ResponseMode};
use crate::client::{Client, GrantType, ResponseType};
use crate::http::Params;
use crate::page::Link;
use crate::settings::OAuthSettings;

/// How the answer travels. Always a mode, since a refusal needs one as well: the refusal comes beside it.
pub(super) fn mode(client: &Client, params: &Params, redirect_uri: &str) -> (ResponseMode, Option<Refusal>) {
    // What would put tokens into the response must not put them into a query, which is logged and sent on (§5).
    let tokens = params.get("response_type").unwrap_or_default().split(' ');
    let fragment = tokens.into_iter().any(|one| matches!(one, "token" | "id_token"));
    let default = if fragment { ResponseMode::Fragment } else { ResponseMode::Query };
    let refused = |detail: &'static str| (default, Some(Refusal::invalid(detail)));
    let mode = match params.get("response_mode") {
        None => default,
        Some("query") => ResponseMode::Query,
        Some("fragment") => ResponseMode::Fragment,
        Some("form_post") => ResponseMode::FormPost,
        Some("jwt") if fragment => ResponseMode::FragmentJwt,
        Some("jwt" | "query.jwt") => ResponseMode::QueryJwt,
        Some("fragment.jwt") => ResponseMode::FragmentJwt,
        Some("form_post.jwt") => ResponseMode::FormPostJwt,
        Some(_) => {
            return refused("`response_mode` must be query, fragment, form_post, or one of these with .jwt");
        }
    };
    match mode {
        ResponseMode::Query | ResponseMode::QueryJwt if fragment => {
            refused("`response_mode` query is not for responses with tokens")
        }
        ResponseMode::FormPost | ResponseMode::FormPostJwt if Link::parse(redirect_uri).is_none() => {
            refused("`form_post` needs an http or https `redirect_uri`")
        }
        mode if client.compliance.signs_messages() && !mode.is_jwt() => {
            (mode, Some(Refusal::invalid("the client's answers are signed: `response_mode` must be jwt")))
        }
        mode => (mode, None),
    }
}

/// What the answer brings, if it may.
pub(super) fn check(
    settings: &OAuthSettings,
    client: &Client,
    params: &Params,
) -> Result<ResponseType, Refusal> {
    let unsupported = |detail| Refusal::new(ErrorCode::UnsupportedResponseType, detail);
    let unauthorized = |detail| Refusal::new(ErrorCode::UnauthorizedClient, detail);
    let Some(text) = params.get("response_type") else {
        return Err(Refusal::invalid("the parameter `response_type` is missing"));
    };
    let asked = ResponseType::parse(text)
        .ok_or_else(|| unsupported("`response_type` must be code, or one of OpenID Connect with id_token"))?;
    if !asked.is_code_alone() && !settings.hybrid_and_implicit {
        return Err(unsupported("`response_type` must be code"));
    }
    if asked.has_code() && !client.may_use(GrantType::AuthorizationCode) {
        return Err(unauthorized("the client is not registered for authorization codes"));
    }
    if !client.response_types.contains(&asked) {
        return Err(unauthorized("the client is not registered for this `response_type`"));
    }
    if asked.has_access_token() && client.must_bind() {
        return Err(unauthorized(
            "the client's access tokens are bound to a key, and the browser proves none",
        ));
    }
    Ok(asked)
}

//! `response_type` and `response_mode` (OAuth 2.0 Multiple Response Type Encoding Practices §2, RFC 9700 §2.1.2: `code` alone).

use super::{ErrorCode, Refusal, ResponseMode};
use crate::client::{Client, GrantType};
use crate::http::Params;

/// How the answer travels. Always a mode, since a refusal needs one as well: the refusal comes beside it.
pub(super) fn mode(params: &Params, redirect_uri: &str) -> (ResponseMode, Option<Refusal>) {
    let default = match params.get("response_type") {
        // The default of types that would put tokens into the response (§5).
        Some(types) if types.split(' ').any(|one| matches!(one, "token" | "id_token")) => {
            ResponseMode::Fragment
        }
        _ => ResponseMode::Query,
    };
    match params.get("response_mode") {
        None => (default, None),
        Some("query") => (ResponseMode::Query, None),
        Some("fragment") => (ResponseMode::Fragment, None),
        Some("form_post") if redirect_uri.starts_with("http") => (ResponseMode::FormPost, None),
        Some("form_post") => {
            (default, Some(Refusal::invalid("`form_post` needs an http or https `redirect_uri`")))
        }
        Some(_) => (default, Some(Refusal::invalid("`response_mode` must be query, fragment or form_post"))),
    }
}

pub(super) fn check(client: &Client, params: &Params) -> Result<(), Refusal> {
    match params.get("response_type") {
        None => Err(Refusal::invalid("the parameter `response_type` is missing")),
        Some("code") if client.may_use(GrantType::AuthorizationCode) => Ok(()),
        Some("code") => Err(Refusal::new(
            ErrorCode::UnauthorizedClient,
            "the client is not registered for authorization codes",
        )),
        Some(_) => Err(Refusal::new(ErrorCode::UnsupportedResponseType, "`response_type` must be code")),
    }
}

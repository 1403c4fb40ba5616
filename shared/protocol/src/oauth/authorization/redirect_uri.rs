//! `redirect_uri` (RFC 6749 §3.1.2.3, Core §3.1.2.1, RFC 9700 §2.1): exactly a registered one, ports of loopback addresses aside.

use super::AuthorizeError;
use crate::client::Client;
use crate::http::Params;

/// The address, and whether the request named it. Without one the client's only address counts, for plain OAuth requests; but those of
/// FAPI clients always name it (FAPI 2.0 Security Profile §5.3.2.2, 6).
pub(super) fn check(
    client: &Client,
    params: &Params,
    is_openid: bool,
) -> Result<(String, bool), AuthorizeError> {
    match (params.get("redirect_uri"), client.redirect_uris.as_slice()) {
        (Some(uri), _) if client.may_redirect_to(uri) => Ok((uri.to_owned(), true)),
        (Some(_), _) => {
            Err(AuthorizeError::RedirectUri("the `redirect_uri` is not registered for this client"))
        }
        (None, [only]) if !is_openid && !client.compliance.is_fapi2() => Ok((only.clone(), false)),
        (None, _) => Err(AuthorizeError::RedirectUri("the parameter `redirect_uri` is missing")),
    }
}

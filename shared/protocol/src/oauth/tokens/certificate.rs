//! A token that is bound to a certificate comes over a connection of that certificate (RFC 8705 §3).

use super::claims::AccessClaims;
use super::error::TokensError;
use crate::http::{ClientCertificate, Request};

/// Checks that the token which says `claims` came with `request` as it must. A thumbprint is no secret.
pub(super) fn check(request: &Request, claims: &AccessClaims) -> Result<(), TokensError> {
    let Some(bound) = claims.x5t() else { return Ok(()) };
    let presented = request.client_certificate.as_ref().map(ClientCertificate::thumbprint);
    if presented.as_deref() == Some(bound) { Ok(()) } else { Err(TokensError::Certificate) }
}

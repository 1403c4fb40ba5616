//! A token that is bound to a key comes with a proof of that key, and any other as a bearer token (RFC 9449 §7.1, §7.2): neither is
//! taken for the other. Either may be bound to a certificate besides.

use super::certificate;
use super::error::TokensError;
use super::presented::LiveToken;
use super::scheme::{Scheme, Sent};
use crate::app::App;
use crate::http::Request;
use crate::oauth::dpop::{self, DpopError, Proven, Purpose};

/// Checks that `token`, which was `sent` with `request`, came as it must.
pub(super) async fn check(
    app: &App,
    request: &Request,
    sent: &Sent,
    token: &LiveToken,
) -> Result<Option<Proven>, TokensError> {
    certificate::check(request, &token.claims)?;
    match (sent.scheme, token.claims.jkt()) {
        (Scheme::Bearer, None) => Ok(None),
        (Scheme::Bearer, Some(_)) => Err(TokensError::Bound),
        (Scheme::Dpop, None) => Err(TokensError::Unbound),
        (Scheme::Dpop, Some(jkt)) => {
            let purpose = Purpose::Presenting { token: &sent.text, jkt };
            let proven = dpop::prove(app, request, &token.client, purpose).await?;
            Ok(Some(proven.ok_or(DpopError::Absent)?))
        }
    }
}

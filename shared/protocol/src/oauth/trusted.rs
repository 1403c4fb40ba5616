//! JWTs of issuers whom the deployment trusts for something: verified with their keys as they are now.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::client;
use crate::keys::Algorithm;
use crate::keys::jws::{Jws, JwsError};
use crate::settings::TrustedIssuer;

/// Why such a JWT is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum TrustError {
    /// Nobody trusts its issuer.
    #[error("its issuer is not trusted here")]
    Stranger,
    /// It says that it is a JWT of another kind (RFC 8725 §3.11).
    #[error("its `typ` must be JWT, or absent")]
    Type,
    /// The issuer's keys cannot be had.
    #[error("the keys of its issuer cannot be had")]
    Keys,
    /// It is malformed, or not signed by its issuer.
    #[error(transparent)]
    Jws(#[from] JwsError),
}

#[derive(Deserialize)]
struct Named {
    iss: String,
}

/// Who signed `text`, of at most `longest` bytes, and its claims: the first of `issuers` that has the name it gives itself.
pub(super) async fn verify<'a, I: AsRef<TrustedIssuer> + 'a, T: DeserializeOwned>(
    app: &App,
    issuers: impl IntoIterator<Item = &'a I>,
    (text, longest): (&str, usize),
) -> Result<(&'a I, T), TrustError> {
    let jws = Jws::parse(text, longest)?;
    if jws.header().typ.is_some() && !jws.is_typ("JWT") {
        return Err(TrustError::Type);
    }
    let named: Named = jws.unverified()?;
    let trusted =
        issuers.into_iter().find(|one| one.as_ref().iss == named.iss).ok_or(TrustError::Stranger)?;
    let TrustedIssuer { jwks, jwks_uri, .. } = trusted.as_ref();
    let kid = jws.header().kid.as_deref();
    let keys = client::keys_of(app, (jwks.as_ref(), jwks_uri.as_deref()), kid).await;
    let keys = keys.map_err(|_| TrustError::Keys)?;
    Ok((trusted, jws.verify(&keys, &Algorithm::ALL)?))
}

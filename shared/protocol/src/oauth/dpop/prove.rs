//! The proof of a request: found, checked and used up. A request without one costs nothing, one with a proof one write.

use super::error::NONCE;
use super::nonce::{self, Worth};
use super::proof::{Expected, Proof};
use super::{DpopError, replay};
use crate::app::App;
use crate::client::Client;
use crate::http::{Request, Response};
use crate::keys::sealer;
use crate::settings;

/// What a request with a proof wants.
#[derive(Clone, Copy, Debug)]
pub enum Purpose<'a> {
    /// Something that is to be bound to the key: tokens, or a code.
    Asking,
    /// To use an access token that is bound to a key.
    Presenting {
        /// The token.
        token: &'a str,
        /// The thumbprint of that key.
        jkt: &'a str,
    },
}

/// What was proven.
#[derive(Debug)]
pub struct Proven {
    /// The thumbprint of the key that the client holds (RFC 7638).
    pub jkt: String,
    /// The nonce for its next proofs, where a new one is due.
    nonce: Option<String>,
}

/// Tells the client its next nonce (RFC 9449 §8.2), where one is due.
#[must_use]
pub fn attach_nonce(proven: Option<&Proven>, response: Response) -> Response {
    match proven.and_then(|proven| proven.nonce.as_ref()) {
        Some(nonce) => response.header(NONCE, nonce),
        None => response,
    }
}

/// The thumbprint of the key that a code will be bound to: the one that its request `named` (`dpop_jkt`), or that was `proven` with it,
/// which must be the same (RFC 9449 §10.1).
///
/// # Errors
/// When they differ.
pub fn key_of_code<'a>(
    named: Option<&'a str>,
    proven: Option<&'a str>,
) -> Result<Option<&'a str>, DpopError> {
    match (named, proven) {
        (Some(named), Some(proven)) if named != proven => {
            Err(DpopError::Invalid("its key is not that of `dpop_jkt`"))
        }
        (named, proven) => Ok(named.or(proven)),
    }
}

/// The key that `client` holds, which sent `request`; `None` where there is no proof.
///
/// # Errors
/// What is wrong with the proof, or a fault of ours.
pub async fn prove(
    app: &App,
    request: &Request,
    client: &Client,
    purpose: Purpose<'_>,
) -> Result<Option<Proven>, DpopError> {
    let Some(text) = header(request)? else { return Ok(None) };
    let proof = Proof::parse(text, client.compliance.algorithms())?;
    let issuers = app.config.url(&request.path);
    let endpoint =
        app.config.urls(&request.path).into_iter().find(|url| proof.is_for(url)).unwrap_or(issuers);
    let token = match purpose {
        Purpose::Asking => None,
        Purpose::Presenting { token, .. } => Some(token),
    };
    let method = request.method.as_str();
    proof.check(&Expected { method, endpoint: &endpoint, now: app.clock.now(), token })?;
    if let Purpose::Presenting { jkt, .. } = purpose
        && proof.jkt != jkt
    {
        return Err(DpopError::Invalid("its key is not the one that the access token is bound to"));
    }
    let nonce = check_nonce(app, proof.nonce.as_deref()).await?;
    replay::spend(app, &proof, &endpoint).await?;
    Ok(Some(Proven { jkt: proof.jkt, nonce }))
}

/// The one header (RFC 9449 §4.3, 1). A gateway may have joined several to a list, which is then no JWT.
fn header(request: &Request) -> Result<Option<&str>, DpopError> {
    let mut headers = request.headers.get_all("dpop").iter();
    match (headers.next(), headers.next()) {
        (None, _) => Ok(None),
        (Some(_), Some(_)) => Err(DpopError::Repeated),
        (Some(one), None) => {
            one.to_str().map(Some).map_err(|_| DpopError::Invalid("it must be one signed JWT"))
        }
    }
}

/// Where nonces are asked for, that this one is good (RFC 9449 §4.3, 10); and the next one, where that is due.
async fn check_nonce(app: &App, nonce: Option<&str>) -> Result<Option<String>, DpopError> {
    if !settings::load(app).await?.oauth.dpop_nonce {
        return Ok(None);
    }
    let (sealer, now) = (sealer(app).await?, app.clock.now());
    let fresh = || nonce::fresh(&sealer, now);
    match nonce.map_or(Worth::Nothing, |nonce| nonce::judge(&sealer, nonce, now)) {
        Worth::Good => Ok(None),
        Worth::Ageing => Ok(Some(fresh())),
        Worth::Nothing => Err(DpopError::Nonce { fresh: fresh() }),
    }
}

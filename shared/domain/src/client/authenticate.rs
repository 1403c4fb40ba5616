//! Client authentication (RFC 6749 §2.3, RFC 7523 §2.2, RFC 8705 §2, OpenID Connect Core §9): exactly one method in a request, and it
//! must be the one that the client is registered for.

use std::sync::Arc;

use super::error::Tried;
use super::{AuthMethod, Client, ClientError, Status, assertion, find, secret, tls};
use crate::app::App;
use crate::http::{Params, Problem, Request, basic_credentials};
use crate::keys::sealer;
use crate::limit::{self, Bucket};
use crate::secret::Secret;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What a request brings as proof.
enum Proof {
    Basic(String, Secret<String>),
    Post(String, Secret<String>),
    Assertion(String, Secret<String>),
    /// Nothing but a name; what the connection proves comes beside it.
    Nothing(String),
}

impl Proof {
    /// Reads it; more than one is refused (RFC 6749 §2.3).
    fn of(request: &Request, params: &Params) -> Result<Self, Problem> {
        let basic = basic_credentials(request)?;
        let named = params.get("client_id").map(str::to_owned);
        let posted = params.get("client_secret").map(|text| Secret::new(text.to_owned()));
        let assertion = params.get("client_assertion").map(|text| Secret::new(text.to_owned()));
        let differs = |id: &str| named.as_deref().is_some_and(|named| named != id);
        match (basic, posted, assertion) {
            (Some((id, _)), None, None) if differs(&id) => {
                Err(malformed("`client_id` is not the client that authenticates"))
            }
            (Some((id, text)), None, None) => Ok(Self::Basic(id, text)),
            (None, Some(text), None) => Ok(Self::Post(named.ok_or_else(unnamed)?, text)),
            (None, None, Some(text)) => {
                if params.get("client_assertion_type") != Some(ASSERTION_TYPE) {
                    return Err(malformed("`client_assertion_type` must be the JWT bearer type"));
                }
                let id = assertion::maker_of_assertion(text.expose())
                    .ok_or_else(|| malformed("`client_assertion` is not a JWT with an `iss`"))?;
                if differs(&id) {
                    return Err(malformed("`client_id` is not the client that authenticates"));
                }
                Ok(Self::Assertion(id, text))
            }
            (None, None, None) => named.map(Self::Nothing).ok_or_else(unnamed),
            _ => Err(malformed("the client authenticates in more than one way")),
        }
    }

    fn id(&self) -> &str {
        match self {
            Self::Basic(id, _) | Self::Post(id, _) | Self::Assertion(id, _) | Self::Nothing(id) => id,
        }
    }

    /// Whether it is of `method`.
    const fn is_of(&self, method: AuthMethod) -> bool {
        match method {
            AuthMethod::ClientSecretBasic => matches!(self, Self::Basic(..)),
            AuthMethod::ClientSecretPost => matches!(self, Self::Post(..)),
            AuthMethod::ClientSecretJwt | AuthMethod::PrivateKeyJwt => matches!(self, Self::Assertion(..)),
            AuthMethod::None | AuthMethod::TlsClientAuth | AuthMethod::SelfSignedTlsClientAuth => {
                matches!(self, Self::Nothing(_))
            }
        }
    }

    const fn tried(&self) -> Tried {
        match self {
            Self::Basic(..) => Tried::Basic,
            Self::Post(..) => Tried::Secret,
            Self::Assertion(..) => Tried::Assertion,
            Self::Nothing(_) => Tried::Name,
        }
    }
}

fn malformed(detail: &'static str) -> Problem {
    ClientError::Malformed(detail).into()
}

fn unnamed() -> Problem {
    Problem::from(ClientError::Unproven(Tried::Nothing))
}

/// The client that sent `request`, which has proven it in the way it is registered for. Unknown clients, wrong proofs and other
/// methods are answered alike; who made an assertion and made it wrong is told how. A warm process with a client of known secret calls nothing.
///
/// # Errors
/// 400 for a malformed request, 401 `invalid_client`, 429 for an address that keeps failing, or a fault of ours.
pub async fn authenticate(app: &App, request: &Request, params: &Params) -> Result<Arc<Client>, Problem> {
    let proof = Proof::of(request, params)?;
    let found = find(app, proof.id()).await?;
    // What a document said long ago, its keys above all, proves nobody: its client has to be met anew.
    let now = app.clock.now();
    let counts = |client: &Client| client.document.is_none_or(|origin| origin.counts(now));
    let client = found.filter(|client| {
        client.status == Status::Active && proof.is_of(client.auth_method) && counts(client)
    });
    let mut tried = proof.tried();
    let proven = match &proof {
        Proof::Basic(id, text) | Proof::Post(id, text) => {
            let sealer = sealer(app).await?;
            match &client {
                Some(client) => client.knows_secret(&sealer, text),
                None => {
                    secret::pretend(&sealer, id, text);
                    false
                }
            }
        }
        Proof::Assertion(_, text) => match &client {
            Some(client) => {
                let made = assertion::check(app, client, text.expose()).await?;
                tried = made.err().unwrap_or(tried);
                made.is_ok()
            }
            None => false,
        },
        Proof::Nothing(_) => match &client {
            Some(client) if client.auth_method.needs_certificate() => {
                tls::check(app, client, request.client_certificate.as_ref()).await?
            }
            Some(_) => true,
            None => false,
        },
    };
    match client {
        Some(client) if proven => match client.compliance_fault() {
            Some(fault) => Err(ClientError::Noncompliant(fault).into()),
            None => Ok(client),
        },
        _ => {
            limit::take(app, Bucket::ClientAuthentication, &limit::of_address(request.address)).await?;
            Err(ClientError::Unproven(tried).into())
        }
    }
}

//! The clients that the measurements act as: registered anew each time (RFC 7591).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::connection::{Call, Connection};
use crate::error::BenchError;

/// Where codes are sent to; nothing listens there.
pub(crate) const REDIRECT_URI: &str = "http://localhost:9/callback";
/// An API of the test profile.
const SCOPE: &str = "demo.read";

/// Its identifier.
const API: &str = "urn:latchkey:demo";
const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A registered client.
#[derive(Clone, Debug)]
pub(crate) struct Registered {
    pub(crate) id: String,
    secret: String,
}

impl Registered {
    /// Its `Authorization` header (RFC 6749 §2.3.1; neither id nor secret needs escaping).
    pub(crate) fn basic(&self) -> String {
        format!("Basic {}", STANDARD.encode(format!("{}:{}", self.id, self.secret)))
    }
}

/// A service whose access tokens are signed with `algorithm`.
pub(crate) async fn service(connection: &mut Connection, algorithm: &str) -> Result<Registered, BenchError> {
    let metadata = json!({
        "client_name": format!("bench {algorithm}"),
        "grant_types": ["client_credentials"],
        "response_types": [],
        "token_endpoint_auth_method": "client_secret_basic",
        "latchkey_access_token_signed_response_alg": algorithm,
        "id_token_signed_response_alg": algorithm,
        "scope": SCOPE,
    });
    let client = register(connection, &metadata).await?;
    let answer = connection.ask(&credentials(&client)).await?;
    let token = text(&answer, "access_token")?;
    let header = token.split('.').next().and_then(|header| URL_SAFE_NO_PAD.decode(header).ok());
    let header: Value = serde_json::from_slice(&header.unwrap_or_default()).unwrap_or_default();
    if header["alg"] == algorithm {
        Ok(client)
    } else {
        Err(BenchError::Lacks("a token request", format!("`{algorithm}` in {header}")))
    }
}

/// An application that customers sign in to.
pub(crate) async fn application(connection: &mut Connection) -> Result<Registered, BenchError> {
    let metadata = json!({
        "client_name": "bench application",
        "redirect_uris": [REDIRECT_URI],
        "grant_types": ["authorization_code", "refresh_token", EXCHANGE],
        "response_types": ["code"],
        "token_endpoint_auth_method": "client_secret_basic",
        // What clients have that nobody registers by the protocol, which says RS256 where nothing is said.
        "id_token_signed_response_alg": "ES256",
        "scope": format!("openid profile email offline_access {SCOPE}"),
        "latchkey_token_exchange": [{
            "subject_audiences": [API], "audiences": [API], "scopes": [SCOPE], "kind": "delegation",
        }],
    });
    register(connection, &metadata).await
}

/// An exchange of its customer's token for one with less (RFC 8693 §2.1).
pub(crate) fn exchange(client: &Registered, token: &str) -> Call {
    let fields = [
        ("grant_type", EXCHANGE),
        ("subject_token", token),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
    ];
    Call::form("/oauth2/token", &fields).authorized(&client.basic())
}

/// An authorization request that it pushes (RFC 9126 §2.1).
pub(crate) fn push(client: &Registered) -> Call {
    let fields = [
        ("response_type", "code"),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid profile email"),
        ("state", "bench"),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ("code_challenge_method", "S256"),
    ];
    Call::form("/oauth2/par", &fields).authorized(&client.basic())
}

/// A device that customers sign in on elsewhere.
pub(crate) async fn device(connection: &mut Connection) -> Result<Registered, BenchError> {
    let metadata = json!({
        "client_name": "bench device",
        "grant_types": [DEVICE],
        "response_types": [],
        "token_endpoint_auth_method": "client_secret_basic",
        "scope": "openid profile",
    });
    register(connection, &metadata).await
}

/// Its question whether the customer has decided, who has not (RFC 8628 §3.4).
pub(crate) async fn poll(connection: &mut Connection, device: &Registered) -> Result<Call, BenchError> {
    let begin = Call::form("/oauth2/device_authorization", &[("scope", "openid profile")]);
    let begun = connection.ask(&begin.authorized(&device.basic())).await?;
    let code = text(&begun, "device_code")?;
    let fields = [("grant_type", DEVICE), ("device_code", code.as_str())];
    Ok(Call::form("/oauth2/token", &fields).authorized(&device.basic()))
}

async fn register(connection: &mut Connection, metadata: &Value) -> Result<Registered, BenchError> {
    let answer = connection.ask(&Call::json("/oauth2/register", metadata)).await?;
    Ok(Registered { id: text(&answer, "client_id")?, secret: text(&answer, "client_secret")? })
}

/// A request for a token of the client's own (RFC 6749 §4.4).
pub(crate) fn credentials(client: &Registered) -> Call {
    Call::form("/oauth2/token", &[("grant_type", "client_credentials"), ("scope", SCOPE)])
        .authorized(&client.basic())
}

/// A text member of an answer.
pub(crate) fn text(answer: &Value, name: &'static str) -> Result<String, BenchError> {
    answer[name].as_str().map(str::to_owned).ok_or_else(|| BenchError::Lacks(name, answer.to_string()))
}

//! The logout token (Back-Channel Logout 1.0 §2.4): what a client is told of the end of a session, signed, and encrypted, as its ID
//! tokens are, so that it needs nothing else to read it.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::client::{self, Client, ClientError, Seal};
use crate::clock::Timestamp;
use crate::id::{SessionId, TokenId, UserId};
use crate::keys::Typ;
use crate::oauth::subject::Naming;

/// It is made for one attempt to deliver it: two minutes at most (§4).
const LIFETIME: Duration = Duration::from_secs(2 * 60);
/// The event that makes a JWT a logout token.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Both subject and session: a client may look for either. There is never a `nonce`, so that it cannot pass for an ID token.
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: String,
    aud: &'a str,
    iat: Timestamp,
    exp: Timestamp,
    jti: TokenId,
    events: Value,
    sid: String,
}

/// A token that tells `client` of the end of a session. Each attempt has one of its own: a client that knows an id already would
/// refuse it, though only its answer was lost.
pub(super) async fn logout_token(
    app: &App,
    client: &Client,
    (user, session): (&UserId, &SessionId),
) -> Result<String, ClientError> {
    let (now, naming) = (app.clock.now(), Naming::of(app, client).await?);
    let claims = Claims {
        iss: &app.config.issuer,
        sub: naming.name(user),
        aud: &client.id,
        iat: now,
        exp: now.plus(LIFETIME),
        jti: TokenId::new(app),
        events: json!({ EVENT: {} }),
        sid: naming.session(session),
    };
    let encryption = client.encryption.id_token;
    let seal = Seal { typ: Typ::LogoutToken, algorithm: client.id_token_algorithm, encryption };
    client::seal(app, client, &claims, seal).await
}

//! JWT Secured Authorization Response Mode (JARM): the answer, refusals too, as a JWT that we sign for the
//! client, and encrypt to it where it wants that.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::AuthorizeError;
use crate::app::App;
use crate::client::{self, Client, Seal};
use crate::keys::{Algorithm, Typ};

/// So long an answer may be on its way (JARM §2.1).
const LIFETIME: Duration = Duration::from_secs(10 * 60);

/// `params` as the one parameter `response` for the client of this id.
pub(super) async fn pack(
    app: &App,
    client: &str,
    params: Vec<(&'static str, String)>,
) -> Result<Vec<(&'static str, String)>, AuthorizeError> {
    let client = client::find(app, client).await?.ok_or(AuthorizeError::UnknownClient)?;
    let mut claims: Map<String, Value> =
        params.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    claims.insert("aud".to_owned(), json!(client.id));
    claims.insert("exp".to_owned(), json!(app.clock.now().plus(LIFETIME)));
    let (algorithm, encryption) = (algorithm(&client), client.encryption.authorization);
    let seal = Seal { typ: Typ::Jwt, algorithm, encryption };
    Ok(vec![("response", client::seal(app, &client, &claims, seal).await?)])
}

/// What the answers to `client` are signed with: RS256 where it does not say (JARM §3), or what its profile allows.
fn algorithm(client: &Client) -> Algorithm {
    client.authorization_algorithm.unwrap_or(client.compliance.default_algorithm())
}

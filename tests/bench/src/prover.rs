//! A service that proves a key with each request for a token (RFC 9449).

use std::sync::Arc;
use std::time::Instant;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderName, StatusCode};
use serde_json::{Value, json};

use crate::clients::{self, Registered, text};
use crate::connection::Connection;
use crate::error::BenchError;
use crate::load::Actor;

const DPOP: HeaderName = HeaderName::from_static("dpop");
/// As long as a proof is good, and more than two actors ever need between them.
const SPACE: u64 = 1 << 32;

/// The service. Its proofs are numbered, so that none comes twice.
#[derive(Clone)]
pub(crate) struct Prover {
    client: Registered,
    key: Arc<EcdsaKeyPair>,
    endpoint: String,
    /// The time of the platform when it began, in seconds, and when that was.
    began: (u64, Instant),
    number: u64,
}

impl Prover {
    /// One whose numbers begin with those of `actor`.
    pub(crate) async fn new(
        connection: &mut Connection,
        (client, issuer): (Registered, &str),
        actor: u64,
    ) -> Result<Self, BenchError> {
        let lacks = || BenchError::Lacks("the system", "a key pair".to_owned());
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| lacks())?;
        let answer = connection.ask(&clients::credentials(&client)).await?;
        let token = text(&answer, "access_token")?;
        let claims = token.split('.').nth(1).and_then(|claims| URL_SAFE_NO_PAD.decode(claims).ok());
        let claims: Value = serde_json::from_slice(&claims.unwrap_or_default()).unwrap_or_default();
        let now = claims["iat"].as_u64().ok_or_else(|| BenchError::Lacks("iat", claims.to_string()))?;
        let endpoint = format!("{issuer}/oauth2/token");
        let began = (now, Instant::now());
        Ok(Self { client, key: Arc::new(key), endpoint, began, number: actor * SPACE })
    }

    fn proof(&mut self) -> Result<String, BenchError> {
        self.number += 1;
        let point = self.key.public_key().as_ref();
        let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
        let header = json!({
            "typ": "dpop+jwt", "alg": "ES256", "jwk": { "kty": "EC", "crv": "P-256", "x": x, "y": y },
        });
        let (began, since) = self.began;
        let claims = json!({
            "htm": "POST", "htu": self.endpoint, "iat": began + since.elapsed().as_secs(),
            "jti": self.number.to_string(),
        });
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", encode(&header), encode(&claims));
        let signature = self.key.sign(&SystemRandom::new(), message.as_bytes());
        let signature = signature.map_err(|_| BenchError::Lacks("the system", "a signature".to_owned()))?;
        Ok(format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

impl Actor for Prover {
    async fn act(&mut self, connection: &mut Connection) -> Result<(), BenchError> {
        let call = clients::credentials(&self.client).header(DPOP, &self.proof()?);
        connection.expect(&call, StatusCode::OK).await.map(|_| ())
    }
}

//! Who holds a key, and proves it with each request (DPoP, RFC 9449).

use std::sync::atomic::{AtomicU64, Ordering};

use aws_lc_rs::digest;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};
use shared::clock::Timestamp;
use shared::keys::PublicJwk;

/// The holder of a P-256 key.
pub struct Holder {
    key: EcdsaKeyPair,
    made: AtomicU64,
}

impl Default for Holder {
    fn default() -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self { key, made: AtomicU64::new(0) }
    }
}

impl Holder {
    /// The public key.
    pub fn jwk(&self) -> Value {
        let point = self.key.public_key().as_ref();
        let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
        json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y })
    }

    /// Its thumbprint.
    pub fn jkt(&self) -> String {
        serde_json::from_value::<PublicJwk>(self.jwk()).unwrap().thumbprint()
    }

    /// The header of a good proof.
    pub fn header(&self) -> Value {
        json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk() })
    }

    /// The claims of a good proof, each of another `jti`.
    pub fn claims(&self, method: &str, url: &str, now: Timestamp) -> Value {
        let jti = format!("proof-{}", self.made.fetch_add(1, Ordering::Relaxed));
        json!({ "jti": jti, "htm": method, "htu": url, "iat": now.0 })
    }

    /// A proof.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", encode(header), encode(claims));
        let signature = self.key.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// A good proof for a request.
    pub fn proof(&self, method: &str, url: &str, now: Timestamp) -> String {
        self.sign(&self.header(), &self.claims(method, url, now))
    }

    /// A good proof for a request that presents an access token.
    pub fn proof_with(&self, token: &str, method: &str, url: &str, now: Timestamp) -> String {
        let mut claims = self.claims(method, url, now);
        claims["ath"] = URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, token.as_bytes())).into();
        self.sign(&self.header(), &claims)
    }

    /// The request with a good proof for it.
    pub fn prove(&self, mut request: Request<Bytes>, issuer: &str, now: Timestamp) -> Request<Bytes> {
        let url = format!("{issuer}{}", request.uri().path());
        let proof = self.proof(request.method().as_str(), &url, now);
        request.headers_mut().insert("dpop", proof.parse().unwrap());
        request
    }
}

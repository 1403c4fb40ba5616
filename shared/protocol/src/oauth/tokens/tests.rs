//! What tokens promise.

use serde_json::json;

use super::mint::half_hash;
use super::*;
use crate::http::Problem;
use crate::keys::Algorithm;

#[test]
fn an_audience_of_one_is_a_text() {
    let one = Audience::from(vec!["a".to_owned()]);
    let two = Audience::from(vec!["a".to_owned(), "b".to_owned()]);
    assert_eq!(serde_json::to_value(&one).unwrap(), json!("a"));
    assert_eq!(serde_json::to_value(&two).unwrap(), json!(["a", "b"]));
    assert!(two.contains("b") && !one.contains("b"));
}

/// The example of OpenID Connect Core appendix A.3.
#[test]
fn at_hash_is_the_left_half() {
    let token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
    assert_eq!(half_hash(Algorithm::RS256, token), "77QmUPtjPfzWtF2AnpK9RQ");
    assert_eq!(half_hash(Algorithm::ES384, token).len(), 32);
    assert_eq!(half_hash(Algorithm::EdDSA, token).len(), 43);
}

#[test]
fn refusals_challenge_as_rfc_6750_says() {
    let problem = |error: TokensError| {
        let problem = Problem::from(error);
        (problem.status().as_u16(), problem.code())
    };
    assert_eq!(problem(TokensError::Absent), (401, "invalid_token"));
    assert_eq!(problem(TokensError::Repeated), (400, "invalid_request"));
    assert_eq!(problem(TokensError::Foreign), (401, "invalid_token"));
    assert_eq!(problem(TokensError::Expired), (401, "invalid_token"));
    assert_eq!(problem(TokensError::Revoked), (401, "invalid_token"));
    assert_eq!(problem(TokensError::Audience), (401, "invalid_token"));
    assert_eq!(problem(TokensError::Scope("account")), (403, "insufficient_scope"));
}

#[test]
fn a_scope_is_allowed_by_its_whole_name() {
    let claims: AccessClaims = serde_json::from_value(json!({
        "iss": "https://id.example", "sub": "client", "aud": "urn:api", "exp": 2, "iat": 1,
        "jti": crate::id::TokenId::from_bytes([7; 16]), "client_id": "client", "scope": "demo.read openid",
    }))
    .unwrap();
    assert!(claims.allows("openid") && claims.allows("demo.read"));
    assert!(!claims.allows("demo") && !claims.allows(""));
}

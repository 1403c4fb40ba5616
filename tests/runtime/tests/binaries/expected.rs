//! What each binary answers its sample event with, on a freshly seeded deployment.

use serde_json::Value;

/// The right answer.
pub(crate) enum Expected {
    /// This status, and a JSON body with a value at this pointer (RFC 6901).
    Json(u64, &'static str),
    /// This status, and a body that holds this text.
    Text(u64, &'static str),
    /// 303, to a place that holds this text.
    SeeOther(&'static str),
    /// An answer of no importance: the work is done.
    Done,
    /// A batch without failures.
    Batch,
    /// A batch whose one record is handed back to its queue: another deployment has sealed it.
    HandedBack,
}

use Expected::{Batch, Done, HandedBack, Json, SeeOther, Text};

/// Every function, in the order of `functions::ALL`.
pub(crate) const EXPECTED: &[(&str, Expected)] = &[
    ("account-grants", Json(401, "/code")),
    ("account-password", Json(401, "/code")),
    ("account-profile", Json(401, "/code")),
    ("account-sessions", Json(401, "/code")),
    ("events-audit", Batch),
    ("events-backchannel_logout", Batch),
    ("events-backchannel_notification", Batch),
    ("events-dispatch", Batch),
    ("events-message", HandedBack),
    ("jobs-initial_access", Done),
    ("jobs-rotate_keys", Done),
    ("jobs-rotate_secret", Done),
    ("jobs-seed", Done),
    ("oauth-approve", Text(400, "<h1>")),
    ("oauth-authorize", SeeOther("/signin?tx=lk_tx_")),
    ("oauth-backchannel_authentication", Json(200, "/auth_req_id")),
    ("oauth-challenge", Json(400, "/auth_session")),
    ("oauth-device", Text(200, "WDJB-MJHT")),
    ("oauth-device_authorization", Json(200, "/user_code")),
    ("oauth-discovery", Json(200, "/issuer")),
    ("oauth-introspect", Json(200, "/active")),
    ("oauth-jwks", Json(200, "/keys/0/kid")),
    ("oauth-logout", Text(200, "")),
    ("oauth-par", Json(201, "/request_uri")),
    ("oauth-register", Json(201, "/client_id")),
    ("oauth-revoke", Text(200, "")),
    ("oauth-token", Json(200, "/access_token")),
    ("oauth-userinfo", Text(401, "")),
    ("pages-assets", Text(200, "")),
    ("pages-health", Json(200, "/status")),
    ("pages-openapi", Json(200, "/openapi")),
    ("signin-account", Json(403, "/code")),
    ("signin-consent", Json(403, "/code")),
    ("signin-identify", Json(403, "/code")),
    ("signin-page", SeeOther("/signin?tx=lk_tx_")),
    ("signin-password", Json(403, "/code")),
    ("signin-recover", Text(200, "<form")),
    ("signin-reset", Text(400, "<h1>")),
    ("signin-signup", SeeOther("/signup?tx=lk_tx_")),
    ("signin-verify", SeeOther("/signin?tx=lk_tx_")),
];

impl Expected {
    /// Panics unless `answer` is as expected.
    pub(crate) fn check(&self, name: &str, answer: &Value) {
        match self {
            Json(status, pointer) => {
                assert_eq!(answer["statusCode"], *status, "{name}: {answer}");
                let body = runtime::cold::body(answer);
                assert!(body.pointer(pointer).is_some_and(|value| !value.is_null()), "{name}: {answer}");
            }
            Text(status, text) => {
                assert_eq!(answer["statusCode"], *status, "{name}: {answer}");
                assert!(answer["body"].as_str().unwrap_or_default().contains(text), "{name}: {answer}");
            }
            SeeOther(place) => {
                assert_eq!(answer["statusCode"], 303, "{name}: {answer}");
                let location = answer["headers"]["location"].as_str().unwrap_or_default();
                assert!(location.contains(place), "{name}: {answer}");
            }
            Done => {}
            Batch => assert_eq!(failures(answer), 0, "{name}: {answer}"),
            HandedBack => assert_eq!(failures(answer), 1, "{name}: {answer}"),
        }
    }
}

fn failures(answer: &Value) -> usize {
    answer["batchItemFailures"].as_array().map_or(0, Vec::len)
}

//! The signature of a request to a service that takes JSON by `X-Amz-Target` (AWS Signature Version 4), whose key is made once a day and
//! not with each request. That it is the one that the SDK's own library makes is tested.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_lc_rs::{digest, hmac};
use aws_sigv4::sign::v4;
use data_encoding::HEXLOWER;
use time::OffsetDateTime;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// A service that takes JSON by `X-Amz-Target`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Service {
    /// Its name in hosts and signatures.
    pub(super) name: &'static str,
    /// What stands before the operation in `X-Amz-Target`.
    pub(super) target: &'static str,
    /// The type of all bodies.
    pub(super) content_type: &'static str,
}

pub(super) const DYNAMODB: Service =
    Service { name: "dynamodb", target: "DynamoDB_20120810", content_type: "application/x-amz-json-1.0" };
pub(super) const SECRETS_MANAGER: Service =
    Service { name: "secretsmanager", target: "secretsmanager", content_type: "application/x-amz-json-1.1" };

/// What is signed of a request.
pub(super) struct Signed<'a> {
    pub(super) host: &'a str,
    /// `X-Amz-Target`.
    pub(super) target: &'a str,
    pub(super) body: &'a [u8],
    /// When.
    pub(super) at: OffsetDateTime,
}

/// The headers that a signature adds.
pub(super) struct Signature {
    /// `X-Amz-Date`.
    pub(super) date: String,
    /// `Authorization`.
    pub(super) authorization: String,
}

/// Signs with the credentials of the role.
pub(super) struct Signer {
    service: Service,
    credentials: Credentials,
    region: String,
    /// The key of a day.
    key: RwLock<Option<(String, Arc<hmac::Key>)>>,
}

impl Signer {
    pub(super) fn new(service: Service, credentials: Credentials, region: &str) -> Self {
        Self { service, credentials, region: region.to_owned(), key: RwLock::default() }
    }

    /// What goes with each request beside the signature, where the role is borrowed.
    pub(super) fn session_token(&self) -> Option<&str> {
        self.credentials.session_token()
    }

    /// Signs a `POST` to `/` with `Content-Type`, `Host`, `X-Amz-Date`, `X-Amz-Target`, and `X-Amz-Security-Token` where there is one.
    pub(super) fn sign(&self, request: &Signed<'_>) -> Signature {
        let Signed { host, target, body, at } = request;
        let Service { name: service, content_type, .. } = self.service;
        let day = format!("{:04}{:02}{:02}", at.year(), u8::from(at.month()), at.day());
        let date = format!("{day}T{:02}{:02}{:02}Z", at.hour(), at.minute(), at.second());
        let (token, named) = match self.session_token() {
            Some(token) => (format!("x-amz-security-token:{token}\n"), "x-amz-security-token;"),
            None => (String::new(), ""),
        };
        let names = format!("content-type;host;x-amz-date;{named}x-amz-target");
        let canonical = format!(
            "POST\n/\n\ncontent-type:{content_type}\nhost:{host}\nx-amz-date:{date}\n{token}x-amz-target:{target}\n\n{names}\n{}",
            sha256(body)
        );
        let scope = format!("{day}/{}/{service}/aws4_request", self.region);
        let text = format!("{ALGORITHM}\n{date}\n{scope}\n{}", sha256(canonical.as_bytes()));
        let signature = HEXLOWER.encode(hmac::sign(&self.key_of(&day, *at), text.as_bytes()).as_ref());
        let id = self.credentials.access_key_id();
        let authorization =
            format!("{ALGORITHM} Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}");
        Signature { date, authorization }
    }

    fn key_of(&self, day: &str, at: OffsetDateTime) -> Arc<hmac::Key> {
        let known = self.key.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, key)) = known.as_ref().filter(|(known, _)| known == day) {
            return Arc::clone(key);
        }
        drop(known);
        let secret = self.credentials.secret_access_key();
        let key = v4::generate_signing_key(secret, SystemTime::from(at), &self.region, self.service.name);
        let key = Arc::new(hmac::Key::new(hmac::HMAC_SHA256, key.as_ref()));
        *self.key.write().unwrap_or_else(PoisonError::into_inner) = Some((day.to_owned(), Arc::clone(&key)));
        key
    }
}

fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(digest::digest(&digest::SHA256, bytes).as_ref())
}

#[cfg(test)]
mod tests {
    use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
    use proptest::prelude::*;

    use super::*;

    /// The same by the SDK's library.
    fn theirs(
        service: Service,
        credentials: &Credentials,
        region: &str,
        request: &Signed<'_>,
    ) -> Vec<(String, String)> {
        let identity = credentials.clone().into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(service.name)
            .time(request.at.into())
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let url = format!("https://{}/", request.host);
        let headers = [("content-type", service.content_type), ("x-amz-target", request.target)];
        let signable =
            SignableRequest::new("POST", &url, headers.into_iter(), SignableBody::Bytes(request.body));
        let (instructions, _) = sign(signable.unwrap(), &params).unwrap().into_parts();
        instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    proptest! {
        #[test]
        fn a_signature_is_that_of_the_sdk(
            body in proptest::collection::vec(any::<u8>(), 0..2000),
            (id, secret) in ("[A-Z0-9]{16,20}", "[A-Za-z0-9/+]{40}"),
            token in proptest::option::of("[A-Za-z0-9/+=]{1,400}"),
            (region, host) in ("[a-z]{2}-[a-z]{4,9}-[1-9]", "[a-z0-9.-]{1,40}[a-z](:[1-35-9][0-9]{0,3})?"),
            operation in "[A-Z][a-zA-Z]{1,20}",
            at in 0_i64..4_000_000_000,
            service in proptest::sample::select(vec![DYNAMODB, SECRETS_MANAGER]),
        ) {
            let credentials = Credentials::new(id, secret, token.clone(), None, "test");
            let target = format!("{}.{operation}", service.target);
            let at = OffsetDateTime::from_unix_timestamp(at).unwrap();
            let request = Signed { host: &host, target: &target, body: &body, at };
            let signer = Signer::new(service, credentials.clone(), &region);
            // The second signature is made with the key that is kept.
            for _ in 0..2 {
                let Signature { date, authorization } = signer.sign(&request);
                let mut ours = vec![("x-amz-date".to_owned(), date), ("authorization".to_owned(), authorization)];
                ours.extend(token.clone().map(|token| ("x-amz-security-token".to_owned(), token)));
                let mut theirs = theirs(service, &credentials, &region, &request);
                ours.sort();
                theirs.sort();
                prop_assert_eq!(ours, theirs);
            }
        }
    }

    #[test]
    fn each_day_has_its_key() {
        let credentials = Credentials::new("AKID", "secret", None, None, "test");
        let signer = Signer::new(DYNAMODB, credentials, "eu-central-1");
        let signed = |at| {
            let at = OffsetDateTime::from_unix_timestamp(at).unwrap();
            let request = Signed { host: "db.example", target: "x", body: b"{}", at };
            (
                signer.sign(&request).authorization,
                theirs(DYNAMODB, &signer.credentials, "eu-central-1", &request),
            )
        };
        for at in [0, 86_399, 86_400, 0] {
            let (ours, theirs) = signed(at);
            assert!(theirs.iter().any(|(_, value)| *value == ours), "{at}");
        }
    }
}

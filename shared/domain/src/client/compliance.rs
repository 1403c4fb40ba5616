//! The security profiles that a client may keep: each switches all its rules on, whatever else the client is registered with.
//!
//! FAPI 2.0 Security Profile (Final) §5.3.2.1 and §5.3.2.2 and §5.4, FAPI 2.0 Message Signing §5.3 to §5.5, OAuth 2.1 (draft 13).

use std::time::Duration;

use url::Url;

use super::{ApplicationType, AuthMethod, Client, GrantType, Pkce};
use crate::keys::Algorithm;

names! {
    /// Which rules a client keeps beyond those that are everybody's.
    #[derive(Default)]
    Compliance {
        /// None.
        #[default]
        None "none",
        /// OAuth 2.1: codes alone, always with PKCE.
        Oauth21 "oauth21",
        /// The FAPI 2.0 Security Profile.
        Fapi2 "fapi2",
        /// That, and everything signed that passes between client and us (FAPI 2.0 Message Signing).
        Fapi2MessageSigning "fapi2_message_signing",
    }
}

/// What may be signed with (FAPI 2.0 Security Profile §5.4.1).
const FAPI2_ALGORITHMS: [Algorithm; 3] = [Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA];

/// The longest that a code may live.
const FAPI2_CODE: Duration = Duration::from_secs(60);
/// The longest that a pushed request may live: less than 600 seconds.
const FAPI2_PUSHED: Duration = Duration::from_secs(599);

impl Compliance {
    /// Whether the rules of FAPI 2.0 hold.
    #[must_use]
    pub const fn is_fapi2(self) -> bool {
        matches!(self, Self::Fapi2 | Self::Fapi2MessageSigning)
    }

    /// Whether requests and answers are signed.
    #[must_use]
    pub const fn signs_messages(self) -> bool {
        matches!(self, Self::Fapi2MessageSigning)
    }

    /// What may be signed with, by the client and for it.
    #[must_use]
    pub const fn algorithms(self) -> &'static [Algorithm] {
        if self.is_fapi2() { &FAPI2_ALGORITHMS } else { &Algorithm::ALL }
    }

    /// How long a code lives that would live for `lifetime` (FAPI 2.0 Security Profile §5.3.2.1, 11).
    #[must_use]
    pub fn code_lifetime(self, lifetime: Duration) -> Duration {
        if self.is_fapi2() { lifetime.min(FAPI2_CODE) } else { lifetime }
    }

    /// How long a pushed request lives that would live for `lifetime` (§5.3.2.2, 13).
    #[must_use]
    pub fn pushed_lifetime(self, lifetime: Duration) -> Duration {
        if self.is_fapi2() { lifetime.min(FAPI2_PUSHED) } else { lifetime }
    }

    /// What is signed with for clients that do not say: what the specifications name, where that is allowed.
    #[must_use]
    pub const fn default_algorithm(self) -> Algorithm {
        if self.is_fapi2() { Algorithm::ES256 } else { Algorithm::RS256 }
    }
}

impl Client {
    /// Whether it must push its authorization requests (§5.3.2.2, 3).
    #[must_use]
    pub const fn must_push(&self) -> bool {
        self.require_pushed || self.compliance.is_fapi2()
    }

    /// Whether it must sign them (Message Signing §5.3.1).
    #[must_use]
    pub const fn must_sign_requests(&self) -> bool {
        self.require_signed_request || self.compliance.signs_messages()
    }

    /// Whether its access tokens must be bound to a key by DPoP: of FAPI clients all that are not to their certificate (§5.3.2.1, 4).
    #[must_use]
    pub const fn must_use_dpop(&self) -> bool {
        self.dpop_bound || (self.compliance.is_fapi2() && !self.certificate_bound)
    }

    /// Whether its access tokens must be bound to anything.
    #[must_use]
    pub const fn must_bind(&self) -> bool {
        self.must_use_dpop() || self.certificate_bound
    }

    /// Whether its requests must use PKCE.
    #[must_use]
    pub fn must_use_pkce(&self) -> bool {
        self.pkce == Pkce::Required || self.is_held_to_pkce()
    }

    /// Whether no setting of its own lifts that: public clients (RFC 9700 §2.1.1), and those with a profile.
    #[must_use]
    pub fn is_held_to_pkce(&self) -> bool {
        self.auth_method.is_public() || self.compliance != Compliance::None
    }

    /// What of its registration is against its profile, if anything is: such a client is not let in.
    #[must_use]
    pub fn compliance_fault(&self) -> Option<&'static str> {
        if self.compliance == Compliance::None {
            return None;
        }
        let codes_alone = self.response_types.iter().all(|one| one.is_code_alone());
        if !codes_alone || self.may_use(GrantType::Implicit) {
            return Some("`response_types` must be code alone");
        }
        if !self.compliance.is_fapi2() {
            return None;
        }
        let keyed =
            [AuthMethod::PrivateKeyJwt, AuthMethod::TlsClientAuth, AuthMethod::SelfSignedTlsClientAuth];
        if !keyed.contains(&self.auth_method) {
            return Some(
                "`token_endpoint_auth_method` must be private_key_jwt, tls_client_auth or self_signed_tls_client_auth",
            );
        }
        if !self.redirect_uris.iter().all(|uri| self.is_safe_address(uri)) {
            return Some("`redirect_uris` must be https, or http on the loopback of a native application");
        }
        if self.challenge {
            return Some(
                "`latchkey_challenge` must be false: requests are pushed and go through the browser",
            );
        }
        let signed = [
            self.auth_algorithm,
            Some(self.id_token_algorithm),
            Some(self.access_token_algorithm),
            self.userinfo_algorithm,
            self.introspection_algorithm,
            self.authorization_algorithm,
            self.request_object_algorithm,
            self.backchannel.as_ref().and_then(|own| own.request_algorithm),
        ];
        let allowed = |algorithm: &Algorithm| self.compliance.algorithms().contains(algorithm);
        (!signed.iter().flatten().all(allowed))
            .then_some("each signing algorithm must be PS256, ES256 or EdDSA")
    }

    fn is_safe_address(&self, uri: &str) -> bool {
        let plain = Url::parse(uri).is_ok_and(|url| url.scheme() == "http");
        !plain || self.application_type == ApplicationType::Native
    }
}

//! What is registered of a client, as it is told of itself (RFC 7591 §3.2.1).

use serde_json::Map;

use super::{EncryptionMembers, Metadata};
use crate::client::{ASSERTION_MACS, AuthMethod, Client, Compliance, Pkce, TlsMembers};

impl Metadata {
    /// What is registered of `client`.
    #[must_use]
    pub fn of(client: &Client) -> Self {
        let text = |name: &'static str| Some(name.to_owned());
        Self {
            client_name: client.name.clone(),
            application_type: text(client.application_type.name()),
            redirect_uris: Some(client.redirect_uris.clone()),
            post_logout_redirect_uris: Some(client.post_logout_redirect_uris.clone()),
            frontchannel_logout_uri: client.frontchannel_logout_uri.clone(),
            frontchannel_logout_session_required: Some(client.frontchannel_logout_session_required),
            backchannel_logout_uri: client.backchannel_logout_uri.clone(),
            backchannel_logout_session_required: Some(client.backchannel_logout_session_required),
            backchannel_token_delivery_mode: client
                .backchannel
                .as_ref()
                .map(|own| own.delivery.name().to_owned()),
            backchannel_client_notification_endpoint: client
                .backchannel
                .as_ref()
                .and_then(|own| own.notification_endpoint.clone()),
            backchannel_authentication_request_signing_alg: client
                .backchannel
                .as_ref()
                .and_then(|own| own.request_algorithm)
                .map(|algorithm| algorithm.name().to_owned()),
            backchannel_user_code_parameter: client.backchannel.as_ref().map(|_| false),
            token_endpoint_auth_method: text(client.auth_method.name()),
            token_endpoint_auth_signing_alg: match client.auth_method {
                AuthMethod::ClientSecretJwt => ASSERTION_MACS.first().map(|mac| mac.name().to_owned()),
                _ => client.auth_algorithm.map(|algorithm| algorithm.name().to_owned()),
            },
            grant_types: Some(client.grant_types.iter().map(|grant| grant.name().to_owned()).collect()),
            response_types: Some(client.response_types.iter().map(|one| one.name().to_owned()).collect()),
            scope: Some(client.scopes.join(" ")),
            authorization_details_types: Some(client.authorization_details_types.clone())
                .filter(|types| !types.is_empty()),
            jwks: client.jwks.as_ref().and_then(|keys| serde_json::to_value(keys).ok()),
            jwks_uri: client.jwks_uri.clone(),
            subject_type: text(client.subject_type.name()),
            sector_identifier_uri: client.sector_identifier_uri.clone(),
            id_token_signed_response_alg: text(client.id_token_algorithm.name()),
            userinfo_signed_response_alg: client
                .userinfo_algorithm
                .map(|algorithm| algorithm.name().to_owned()),
            introspection_signed_response_alg: client
                .introspection_algorithm
                .map(|algorithm| algorithm.name().to_owned()),
            encryption: EncryptionMembers::of(client),
            request_object_signing_alg: match client.unsigned_request_objects {
                true => text("none"),
                false => client.request_object_algorithm.map(|one| one.name().to_owned()),
            },
            request_uris: Some(client.request_uris.clone()).filter(|uris| !uris.is_empty()),
            require_signed_request_object: client.must_sign_requests().then_some(true),
            dpop_bound_access_tokens: client.must_use_dpop().then_some(true),
            authorization_signed_response_alg: client
                .authorization_algorithm
                .map(|algorithm| algorithm.name().to_owned()),
            require_pushed_authorization_requests: client.must_push().then_some(true),
            tls_client_certificate_bound_access_tokens: client.certificate_bound.then_some(true),
            tls: TlsMembers::of(client.tls.as_ref()),
            default_max_age: client.default_max_age,
            default_acr_values: Some(client.default_acr_values.clone()).filter(|values| !values.is_empty()),
            contacts: Some(client.contacts.clone()).filter(|contacts| !contacts.is_empty()),
            software_id: client.software_id.clone(),
            software_version: client.software_version.clone(),
            software_statement: client.software_statement.clone(),
            links: client.links.clone(),
            compliance: Some(client.compliance)
                .filter(|compliance| *compliance != Compliance::None)
                .map(|compliance| compliance.name().to_owned()),
            pkce: text(if client.must_use_pkce() { Pkce::Required.name() } else { Pkce::Optional.name() }),
            access_token_format: text(client.access_token_format.name()),
            access_token_algorithm: text(client.access_token_algorithm.name()),
            exchange: Some(client.exchange.clone()).filter(|policies| !policies.is_empty()),
            challenge: client.challenge.then_some(true),
            others: Map::new(),
        }
    }
}

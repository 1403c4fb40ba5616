//! OAuth 2.0 and OpenID Connect, under the standards' own names.

pub mod approve;
pub mod authorize;
pub mod backchannel_authentication;
pub mod challenge;
pub mod device;
pub mod device_authorization;
pub mod discovery;
pub mod introspect;
pub mod jwks;
pub mod logout;
pub mod par;
pub mod register;
pub mod revoke;
pub mod token;
pub mod userinfo;

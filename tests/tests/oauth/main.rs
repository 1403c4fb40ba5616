//! Clients end to end: how they prove who they are, what they get for codes and refresh tokens, how they register, give tokens back
//! and sign their customers out.

#![expect(clippy::unwrap_used, reason = "tests")]

mod assurance;
mod authorize;
mod challenge;
mod client_documents;
mod client_keys;
mod clients;
mod consent;
mod details;
mod dpop;
mod dpop_binding;
mod dpop_nonce;
mod encrypted;
mod fapi2;
mod hybrid;
mod jarm;
mod jobs;
mod jwt_bearer;
mod logout;
mod mtls;
mod pairwise;
mod pushed;
mod refresh;
mod registration;
mod request_object;
mod resource;
mod signed_backchannel;
mod signer;
mod statements;
mod token;
mod token_exchange;
mod world;

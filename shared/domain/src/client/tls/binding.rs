//! Which certificate a client's access tokens are bound to (RFC 8705 §3): that of the connection on which they are asked for, however the
//! client proves who it is.

use crate::client::{Client, ClientError};
use crate::http::Request;

/// The thumbprint of the certificate that tokens of `client` are to be bound to; none where they are not to be.
///
/// # Errors
/// [`ClientError::Malformed`] when they are to be, and `request` came without one.
pub fn certificate_to_bind(client: &Client, request: &Request) -> Result<Option<String>, ClientError> {
    if !client.certificate_bound {
        return Ok(None);
    }
    let certificate = request.client_certificate.as_ref().ok_or(ClientError::Malformed(
        "this client's tokens are bound to its certificate: connect with one, at the endpoint of `mtls_endpoint_aliases`",
    ))?;
    Ok(Some(certificate.thumbprint()))
}

//! Mutual TLS on a port of its own, as API Gateway's second domain: whoever comes is asked for a certificate and need not have one. What
//! a certificate is worth is the functions' business; here it is only seen that its owner holds the key.

mod identity;
mod verifier;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use rustls::crypto::aws_lc_rs;
use rustls::{ServerConfig, ServerConnection};
use shared::clock::Timestamp;
use shared::http::{Chain, ClientCertificate};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::gateway::{self, Caller};
use identity::Identity;
use verifier::AnyCertificate;

/// So long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Why there is no mutual TLS.
#[derive(Debug, thiserror::Error)]
pub enum MtlsError {
    /// The host's own certificate was not made.
    #[error("the certificate of the mutual TLS port could not be made: {0}")]
    Certificate(#[from] rcgen::Error),
    /// The configuration does not hold together.
    #[error("mutual TLS could not be configured: {0}")]
    Tls(#[from] rustls::Error),
}

/// The TLS side of the port.
pub(crate) struct MutualTls {
    acceptor: TlsAcceptor,
    chain: Chain,
    authority: String,
}

impl MutualTls {
    /// Makes the host's own certificate, good from `now`. `chain` is what the functions are told of the chains of clients.
    ///
    /// # Errors
    /// When the certificate cannot be made.
    pub(crate) fn new(now: Timestamp, chain: Chain) -> Result<Self, MtlsError> {
        let Identity { certificates, key, authority } = Identity::make(now)?;
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(Arc::new(AnyCertificate::new(provider)))
            .with_single_cert(certificates, key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), chain, authority })
    }

    /// The certificate, as PEM, of the authority that issued the host's own: for `curl --cacert`.
    #[must_use]
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }
}

/// Serves until the task is dropped.
///
/// # Errors
/// When the listener fails for good.
pub(crate) async fn serve(
    gateway: Arc<gateway::Shared>,
    tls: Arc<MutualTls>,
    listener: TcpListener,
) -> std::io::Result<()> {
    loop {
        let (stream, peer) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (gateway, tls) = (Arc::clone(&gateway), Arc::clone(&tls));
        tokio::spawn(async move { converse(gateway, &tls, (stream, peer)).await });
    }
}

async fn converse(gateway: Arc<gateway::Shared>, tls: &MutualTls, (stream, peer): (TcpStream, SocketAddr)) {
    match tokio::time::timeout(HANDSHAKE, tls.acceptor.accept(stream)).await {
        Ok(Ok(stream)) => {
            let certificate = certificate_of(stream.get_ref().1, tls.chain);
            gateway::converse(gateway, stream, Caller { peer, certificate }).await;
        }
        Ok(Err(error)) => tracing::debug!(%error, "a handshake failed"),
        Err(_) => tracing::debug!("a handshake took too long"),
    }
}

fn certificate_of(connection: &ServerConnection, chain: Chain) -> Option<ClientCertificate> {
    let (leaf, issuers) = connection.peer_certificates()?.split_first()?;
    let issuers = issuers.iter().map(|der| Bytes::copy_from_slice(der));
    Some(ClientCertificate::new(leaf.to_vec(), chain)?.with_issuers(issuers))
}

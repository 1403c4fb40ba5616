//! Names to addresses. The connector connects to exactly what is answered here, so a name cannot mean another machine between the
//! check and the connection (DNS rebinding).

use std::net::IpAddr;

use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};

use super::address::is_public;
use super::target::LOCALHOST;

/// The system's resolver, of whose answers only public ones are taken.
#[derive(Clone, Debug)]
pub(super) struct PublicNames;

/// A name that leads to where nobody may be sent.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` has an address that is not public")]
pub(super) struct NotPublic(String);

impl ResolveDns for PublicNames {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            let found = tokio::net::lookup_host((name, 0)).await.map_err(ResolveDnsError::new)?;
            judge(name, found.map(|address| address.ip()).collect()).map_err(ResolveDnsError::new)
        })
    }
}

/// All of the addresses, if each may be connected to: a name that has a private one as well is somebody's trick. Of `localhost` it was
/// decided before that it may be reached, so it must be what it says.
pub(super) fn judge(name: &str, found: Vec<IpAddr>) -> Result<Vec<IpAddr>, NotPublic> {
    let sound =
        |address: &IpAddr| if name == LOCALHOST { address.is_loopback() } else { is_public(*address) };
    if found.iter().all(sound) { Ok(found) } else { Err(NotPublic(name.to_owned())) }
}

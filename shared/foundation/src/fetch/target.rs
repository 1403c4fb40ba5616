//! What may be asked for: an https URL of a public host. Hosts that are written as addresses are judged here, since no resolver is
//! asked about them; the `url` crate reads every spelling of one as browsers do (decimal, octal, hexadecimal, short).

use std::net::IpAddr;

use http::Uri;
use url::{Host, Url};

use super::Reach;
use super::address::is_public;

/// The longest URL, in bytes.
const LONGEST: usize = 2048;
/// The one name that stands for this machine.
pub(super) const LOCALHOST: &str = "localhost";

/// Why a URL is not asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetFault {
    /// It is not one.
    #[error("it is not an absolute URL of at most 2048 bytes")]
    Malformed,
    /// It is not https.
    #[error("it must be https")]
    Insecure,
    /// It has a user name or a password in it.
    #[error("it must not have a user name or password")]
    UserInfo,
    /// It has a fragment.
    #[error("it must not have a fragment")]
    Fragment,
    /// Its host is an address of this machine or of a private network.
    #[error("its host must have a public address")]
    Private,
}

/// Whether `url` may be asked for, as far as can be told without asking a name server.
///
/// # Errors
/// What is wrong with it.
pub fn check(url: &str, reach: Reach) -> Result<(), TargetFault> {
    read(url, reach).map(|_| ())
}

pub(super) fn read(text: &str, reach: Reach) -> Result<Uri, TargetFault> {
    if text.len() > LONGEST {
        return Err(TargetFault::Malformed);
    }
    let url = Url::parse(text).map_err(|_| TargetFault::Malformed)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(TargetFault::UserInfo);
    }
    if url.fragment().is_some() {
        return Err(TargetFault::Fragment);
    }
    let local = check_host(&url, reach)?;
    match url.scheme() {
        "https" => {}
        "http" if local => {}
        _ => return Err(TargetFault::Insecure),
    }
    let uri: Uri = url.as_str().parse().map_err(|_| TargetFault::Malformed)?;
    // Two readers of one text: what the connector connects to is what was checked here, or nothing.
    if uri.host() == url.host_str() { Ok(uri) } else { Err(TargetFault::Malformed) }
}

/// Whether the host is this machine, where that may be reached. Names are judged by what they resolve to.
fn check_host(url: &Url, reach: Reach) -> Result<bool, TargetFault> {
    let (public, local) = match url.host().ok_or(TargetFault::Malformed)? {
        Host::Domain(name) => (name != LOCALHOST, name == LOCALHOST),
        Host::Ipv4(address) => (is_public(IpAddr::V4(address)), address.is_loopback()),
        Host::Ipv6(address) => (is_public(IpAddr::V6(address)), address.is_loopback()),
    };
    match reach {
        Reach::PublicAndLocal if local => Ok(true),
        Reach::Public | Reach::PublicAndLocal if public => Ok(false),
        Reach::Public | Reach::PublicAndLocal => Err(TargetFault::Private),
    }
}

//! The sector of a client with pairwise names (OpenID Connect Core §8.1, Registration §5): the host that its addresses share, or that of
//! the document which lists them.

use url::Url;

use super::{Client, ClientError, fetch_document};
use crate::app::App;

/// The longest document, in bytes.
const LONGEST: usize = 128 * 1024;

/// The host that names are made for; `None` where the client has none of its own. Then it is a sector by itself: an application's
/// own scheme is nobody else's, and loopback addresses are everybody's.
pub(super) fn choose(client: &Client) -> Result<Option<String>, ClientError> {
    if let Some(uri) = &client.sector_identifier_uri {
        return Ok(host(uri));
    }
    let mut hosts: Vec<_> = client.redirect_uris.iter().map(|uri| host(uri)).collect();
    if hosts.is_empty() {
        // A client that never redirects is known by where it publishes its keys (CIBA Core §4).
        return Ok(client.jwks_uri.as_deref().and_then(host));
    }
    hosts.sort_unstable();
    hosts.dedup();
    match hosts.as_slice() {
        [only] => Ok(only.clone()),
        _ => Err(refused("pairwise names for more than one host need `sector_identifier_uri`")),
    }
}

fn host(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok().filter(|url| url.scheme() == "https")?;
    url.host_str().map(str::to_owned)
}

/// Reads the document at the client's `sector_identifier_uri`, if it has one: it must list all redirect URIs, or anybody could claim to
/// belong to somebody else's sector.
///
/// # Errors
/// [`ClientError::InvalidMetadata`] where it does not, or a fault of ours.
pub async fn check_sector(app: &App, client: &Client) -> Result<(), ClientError> {
    let Some(uri) = &client.sector_identifier_uri else { return Ok(()) };
    let document = match fetch_document(app, uri, LONGEST).await {
        Err(ClientError::Fetch(fault)) => return Err(refused(&format!("`sector_identifier_uri`: {fault}"))),
        outcome => outcome?,
    };
    let listed: Vec<String> = serde_json::from_slice(&document.body)
        .map_err(|_| refused("the document at `sector_identifier_uri` is not a JSON array of texts"))?;
    match client.redirect_uris.iter().find(|uri| !listed.contains(uri)) {
        Some(_) => Err(refused("the document at `sector_identifier_uri` does not list all redirect URIs")),
        None => Ok(()),
    }
}

fn refused(detail: &str) -> ClientError {
    ClientError::InvalidMetadata(detail.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;

    fn sector(redirect_uris: &[&str]) -> Result<Option<String>, ClientError> {
        let mut client = Client::new("acme", Timestamp(1_800_000_000));
        client.redirect_uris = redirect_uris.iter().map(|uri| (*uri).to_owned()).collect();
        choose(&client)
    }

    #[test]
    fn the_host_of_all_addresses_is_the_sector() {
        let one = sector(&["https://acme.example/cb", "https://ACME.example:8443/other"]);
        assert_eq!(one.unwrap().as_deref(), Some("acme.example"));
        assert!(sector(&["https://acme.example/cb", "https://shop.acme.example/cb"]).is_err());
        assert!(sector(&["https://acme.example/cb", "com.acme.app:/cb"]).is_err());
    }

    #[test]
    fn who_shares_an_address_with_everybody_is_a_sector_by_itself() {
        for shared in ["http://127.0.0.1/cb", "http://localhost:3000/cb", "com.acme.app:/cb"] {
            assert_eq!(sector(&[shared]).unwrap(), None, "{shared}");
        }
        assert_eq!(sector(&[]).unwrap(), None);
    }
}
